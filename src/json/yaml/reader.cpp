// The only file that includes libfyaml.

#include "json/yaml/reader.hpp"

#include "json/error.hpp"
#include "json/yaml/scalar.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <libfyaml.h>

namespace json::yaml {
namespace {

struct DestroyParser {
    void operator()(fy_parser* parser) const { fy_parser_destroy(parser); }
};
struct DestroyDiagnostics {
    void operator()(fy_diag* diagnostics) const { fy_diag_destroy(diagnostics); }
};

std::string_view text_of(fy_token* token) {
    std::size_t size = 0;
    const char* text = token == nullptr ? nullptr : fy_token_get_text(token, &size);
    return text == nullptr ? std::string_view() : std::string_view(text, size);
}

// The name after "tag:yaml.org,2002:" of a tag of the core schema, else empty. A verbatim tag is
// never taken for one.
std::string_view core_tag(fy_token* tag) {
    constexpr std::string_view kPrefix = "tag:yaml.org,2002:";
    std::size_t handle_size = 0;
    if (tag == nullptr || fy_tag_token_handle(tag, &handle_size) == nullptr || handle_size == 0) {
        return {};
    }
    std::string_view text = text_of(tag);
    return text.starts_with(kPrefix) ? text.substr(kPrefix.size()) : std::string_view();
}

// Hands the parts of a document on to the events, and keeps those of anchored nodes so that an
// alias can repeat them.
class Builder {
public:
    Builder(std::string_view text, Events& events, const Limits& limits)
        : text_(text), events_(events), limits_(limits) {}

    base::Result<void> scalar(std::string_view text, Scalar scalar, Span span) {
        Part part{Part::Scalar, span, std::string(text), std::move(scalar)};
        return add(std::move(part));
    }
    base::Result<void> begin(bool is_object, Span span) {
        return add({is_object ? Part::BeginObject : Part::BeginArray, span, {}, {}});
    }
    base::Result<void> end(Span span) {
        Part part{open_.back().is_object ? Part::EndObject : Part::EndArray, span, {}, {}};
        part.span.begin = open_.back().begin;
        return add(std::move(part));
    }

    // The node that comes next bears this name.
    // An anchor is known from its end on: `&a [*a]` would be a value without end, and finds no
    // anchor.
    void anchor(std::string_view name) {
        open_anchors_.push_back({std::string(name), log_.size(), open_.size()});
        anchors_.erase(open_anchors_.back().name);
    }

    base::Result<void> alias(std::string_view name, Span span) {
        auto found = anchors_.find(name);
        if (found == anchors_.end()) {
            return syntax_error(text_, span, "unknown anchor '" + std::string(name) + "'");
        }
        auto [begin, end] = found->second;
        // Repeated part by part, and counted: ten aliases in each of nine levels ("billion
        // laughs") are 10^9 nodes out of a few hundred bytes.
        for (std::size_t i = begin; i < end; ++i) {
            if (++expanded_ > limits_.max_expanded_nodes) {
                return base::Error(base::Code::Exhausted,
                                   "the aliases expand to more than " +
                                       std::to_string(limits_.max_expanded_nodes) + " nodes");
            }
            expanded_bytes_ += log_[i].text.size();
            if (expanded_bytes_ > limits_.max_expanded_bytes) {
                return base::Error(base::Code::Exhausted,
                                   "the aliases expand to more than " +
                                       std::to_string(limits_.max_expanded_bytes) + " bytes");
            }
            // A copy: add() may append to `log_`, which moves it.
            Part part = log_[i];
            TRY(add(std::move(part)));
        }
        return {};
    }

    bool expects_key() const {
        return !open_.empty() && open_.back().is_object && open_.back().expects_key;
    }

    // Anchors belong to one document (section 3.2.2.2).
    void end_document() {
        anchors_.clear();
        log_.clear();
    }

private:
    struct Part {
        enum Kind : unsigned char { Scalar, BeginArray, EndArray, BeginObject, EndObject } kind;
        Span span;
        std::string text;
        yaml::Scalar scalar;
    };
    struct Open {
        bool is_object;
        bool expects_key;
        std::uint32_t begin;
    };
    struct OpenAnchor {
        std::string name;
        std::size_t first;
        std::size_t depth;
    };

    base::Result<void> add(Part part) {
        TRY(emit(part));
        // Kept only while an anchor is open: a document without anchors is never in memory twice.
        if (!open_anchors_.empty()) log_.push_back(std::move(part));
        // One part may end several: in `&a [&b x]` the bracket ends `a`, the scalar before it `b`.
        // "depth" is that of where the anchor stood; behind the parts of its node the stack is as
        // high again.
        while (!open_anchors_.empty() && open_anchors_.back().depth == open_.size() &&
               log_.size() > open_anchors_.back().first) {
            OpenAnchor& done = open_anchors_.back();
            anchors_[std::move(done.name)] = {done.first, log_.size()};
            open_anchors_.pop_back();
        }
        return {};
    }

    base::Result<void> emit(const Part& part) {
        bool is_end = part.kind == Part::EndArray || part.kind == Part::EndObject;
        if (!is_end && !open_.empty() && open_.back().is_object) {
            bool is_key = open_.back().expects_key;
            open_.back().expects_key = !is_key;
            if (is_key && part.kind != Part::Scalar) {
                // In YAML any node may be a key; records have texts.
                return syntax_error(text_, part.span, "a key must be a string");
            }
            if (is_key) return events_.key(part.text, part.span);
        }
        switch (part.kind) {
            case Part::Scalar: return emit_scalar(part);
            case Part::BeginArray:
            case Part::BeginObject: {
                if (open_.size() >= limits_.max_depth) {
                    return syntax_error(text_, part.span,
                                        "nested deeper than " + std::to_string(limits_.max_depth) +
                                            " levels");
                }
                bool is_object = part.kind == Part::BeginObject;
                open_.push_back({is_object, true, part.span.begin});
                return is_object ? events_.begin_object(part.span) : events_.begin_array(part.span);
            }
            case Part::EndArray: open_.pop_back(); return events_.end_array(part.span);
            case Part::EndObject: open_.pop_back(); return events_.end_object(part.span);
        }
        UNREACHABLE();
    }

    base::Result<void> emit_scalar(const Part& part) {
        switch (part.scalar.kind) {
            case Scalar::Kind::Null: return events_.null(part.span);
            case Scalar::Kind::True: return events_.boolean(true, part.span);
            case Scalar::Kind::False: return events_.boolean(false, part.span);
            case Scalar::Kind::Number: return events_.number(part.scalar.number, part.span);
            case Scalar::Kind::String: return events_.string(part.text, part.span);
            case Scalar::Kind::NotFinite: break;
        }
        return syntax_error(text_, part.span, "a number can be neither infinite nor NaN");
    }

    std::string_view text_;
    Events& events_;
    const Limits& limits_;
    std::vector<Open> open_;
    std::vector<OpenAnchor> open_anchors_;
    std::vector<Part> log_;   // everything since the outermost open anchor began, and before
    std::map<std::string, std::pair<std::size_t, std::size_t>, std::less<>> anchors_;
    std::size_t expanded_ = 0;         // nodes
    std::size_t expanded_bytes_ = 0;   // of text in them
};

class Reader {
public:
    Reader(std::string_view text, Events& events, const Limits& limits)
        : text_(text), events_(events), builder_(text, events, limits) {
        fy_diag_cfg diagnostics_options;
        fy_diag_cfg_default(&diagnostics_options);
        // Some messages are not collected but printed: they become the text of the error.
        diagnostics_options.output_fn = [](fy_diag*, void* user, const char* text, size_t size) {
            auto& printed = *static_cast<std::string*>(user);
            if (printed.size() < 200) printed.append(text, size);
        };
        diagnostics_options.fp = nullptr;
        diagnostics_options.user = &printed_;
        diagnostics_options.show_source = false;
        diagnostics_options.show_position = false;
        diagnostics_options.show_type = false;
        diagnostics_options.show_module = false;
        diagnostics_.reset(fy_diag_create(&diagnostics_options));
        fy_diag_set_collect_errors(diagnostics_.get(), true);
        fy_parse_cfg options{};
        options.flags = static_cast<fy_parse_cfg_flags>(
            // The depth is limited by our own Limits, which say so in words; JSON's special rules
            // are not wanted for files that happen to be JSON.
            FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 | FYPCF_DISABLE_DEPTH_LIMIT | FYPCF_JSON_NONE);
        options.diag = diagnostics_.get();
        parser_.reset(fy_parser_create(&options));
    }

    base::Result<void> run(bool as_array) {
        CHECK(parser_ != nullptr);
        CHECK(fy_parser_set_string(parser_.get(), text_.data(), text_.size()) == 0);
        if (as_array) TRY(events_.begin_array({0, 0}));
        std::size_t documents = 0;
        for (;;) {
            fy_event* event = fy_parser_parse(parser_.get());
            if (event == nullptr) break;
            auto free_event = [this](fy_event* done) { fy_parser_event_free(parser_.get(), done); };
            std::unique_ptr<fy_event, decltype(free_event)> owned(event, free_event);
            if (event->type == FYET_STREAM_END) break;
            if (event->type == FYET_DOCUMENT_START) ++documents;
            // An event is freed on every way out, an error of a receiver as well; libfyaml counts
            // on it.
            TRY(handle(event));
        }
        if (fy_parser_get_stream_error(parser_.get())) return error();
        auto size = static_cast<std::uint32_t>(text_.size());
        if (as_array) return events_.end_array({0, size});
        if (documents == 0) return events_.null({size, size});
        return {};
    }

    // Documents, or 2 if there are more than one.
    base::Result<std::size_t> count() {
        CHECK(fy_parser_set_string(parser_.get(), text_.data(), text_.size()) == 0);
        std::size_t documents = 0;
        while (fy_event* event = fy_parser_parse(parser_.get())) {
            bool at_end = event->type == FYET_STREAM_END;
            if (event->type == FYET_DOCUMENT_START) ++documents;
            fy_parser_event_free(parser_.get(), event);
            if (at_end || documents == 2) return documents;
        }
        if (fy_parser_get_stream_error(parser_.get())) return error();
        return documents;
    }

private:
    Span span_of(fy_event* event) const {
        const fy_mark* begin = fy_event_start_mark(event);
        const fy_mark* end = fy_event_end_mark(event);
        // The marks are counted by the library; what it says must not become an offset outside the
        // text.
        auto size = text_.size();
        auto from = begin == nullptr ? 0 : std::min(begin->input_pos, size);
        auto to = end == nullptr ? from : std::clamp(end->input_pos, from, size);
        return {static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)};
    }

    base::Result<void> handle(fy_event* event) {
        Span span = span_of(event);
        switch (event->type) {
            case FYET_MAPPING_START:
                if (auto* name = event->mapping_start.anchor) builder_.anchor(text_of(name));
                return builder_.begin(true, span);
            case FYET_SEQUENCE_START:
                if (auto* name = event->sequence_start.anchor) builder_.anchor(text_of(name));
                return builder_.begin(false, span);
            case FYET_MAPPING_END:
            case FYET_SEQUENCE_END: return builder_.end(span);
            case FYET_SCALAR: return scalar(event->scalar, span);
            case FYET_ALIAS:
                if (span.begin > 0) --span.begin;   // with the star
                return builder_.alias(text_of(event->alias.anchor), span);
            case FYET_DOCUMENT_END: builder_.end_document(); return {};
            default: return {};
        }
    }

    base::Result<void> scalar(const fy_event_scalar_data& data, Span span) {
        std::string_view text = text_of(data.value);
        // An empty block at the end of the text comes with the byte behind it.
        if (text == std::string_view("\0", 1) && data.value != nullptr) {
            const auto block = fy_token_scalar_style(data.value);
            if (block == FYSS_LITERAL || block == FYSS_FOLDED) text = {};
        }
        if (data.anchor != nullptr) builder_.anchor(text_of(data.anchor));
        auto style = data.value == nullptr ? FYSS_PLAIN : fy_token_scalar_style(data.value);
        bool is_plain = style == FYSS_PLAIN;
        if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) {   // with the quotes
            if (span.begin > 0) --span.begin;
            if (span.end < text_.size()) ++span.end;
        }
        // An empty node is null, unless it has a name or a tag.
        // Section 10.3.2: an empty plain scalar is null.
        bool is_null = is_plain && text.empty() && data.anchor == nullptr && data.tag == nullptr;
        if (is_null) return builder_.scalar("~", {Scalar::Kind::Null, {}}, span);
        // A quoted scalar is a text, whatever it looks like. Keys are their text too: `1: x` has
        // the key "1".
        if (!is_plain || builder_.expects_key()) return builder_.scalar(text, {}, span);
        std::string_view tag = core_tag(data.tag);
        if (!tag.empty()) {
            std::string problem;
            Scalar scalar = resolve_tagged(text, tag, problem);
            if (!problem.empty()) return syntax_error(text_, span, std::move(problem));
            return builder_.scalar(text, std::move(scalar), span);
        }
        return builder_.scalar(text, resolve(text), span);
    }

    base::Error error() const {
        void* previous = nullptr;
        const fy_diag_error* found = fy_diag_errors_iterate(diagnostics_.get(), &previous);
        if (found == nullptr) {
            std::string message = printed_.substr(0, printed_.find('\n'));
            return syntax_error(text_, {0, 0}, message.empty() ? "invalid YAML" : message);
        }
        std::size_t at = 0;
        // The library tells a line and a column; errors here carry bytes.
        for (int line = 0; line < found->line - 1 && at < text_.size(); ++line) {
            at = std::min(text_.find('\n', at), text_.size() - 1) + 1;
        }
        for (int column = 1; column < found->column && at < text_.size(); ++column) {
            do ++at;
            while (at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xC0) == 0x80);
        }
        auto offset = static_cast<std::uint32_t>(std::min(at, text_.size()));
        std::string message = found->msg == nullptr ? "invalid YAML" : found->msg;
        return syntax_error(text_, {offset, offset}, std::move(message));
    }

    std::string_view text_;
    Events& events_;
    Builder builder_;
    std::string printed_;
    std::unique_ptr<fy_diag, DestroyDiagnostics> diagnostics_;
    std::unique_ptr<fy_parser, DestroyParser> parser_;
};

// Whether a line begins like a document marker: only then can there be several documents.
// Counting needs a first pass over everything, only to know whether an array is to be begun.
// Nearly all files have one document and no marker, and are read once.
bool may_have_documents(std::string_view text) {
    for (std::string_view marker : {"---", "..."}) {
        for (std::size_t at = text.find(marker); at != std::string_view::npos;
             at = text.find(marker, at + 1)) {
            if (at == 0 || text[at - 1] == '\n' || text[at - 1] == '\r') return true;
        }
    }
    return false;
}

}

base::Result<void> read(std::string_view text, Events& events, const Limits& limits) {
    TRY(check_text(text, limits));
    bool several = false;
    if (may_have_documents(text)) several = TRY(Reader(text, events, limits).count()) > 1;
    return Reader(text, events, limits).run(several);
}

base::Result<void> read_documents(std::string_view text, Events& events, const Limits& limits) {
    TRY(check_text(text, limits));
    return Reader(text, events, limits).run(true);
}

}
