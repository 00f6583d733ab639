#include "providers/local/template_text.hpp"

#include "base/text.hpp"
#include "value/number/rational.hpp"

#include <fmt/core.h>

namespace providers::local {
namespace {

using value::Value;

// A variable may be put in as often as the template likes: small inputs can make a text without
// bounds.
constexpr std::size_t kMaxRendered = std::size_t{64} << 20;

struct Hole {
    std::size_t at = 0;   // of its first byte inside the braces
    bool is_literal = false;
    std::string_view literal;
    std::vector<std::string_view> names;
    std::vector<std::string_view> filters;
};

bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

// Both quotes as well, so that it is safe within an attribute.
std::string html(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += c;
        }
    }
    return out;
}

// Walks over a template. Stops at the first error.
class Renderer {
public:
    Renderer(std::string_view name, std::string_view text, const Value* variables)
        : name_(name), text_(text), variables_(variables) {}

    base::Result<Value> run() {
        while (at_ < text_.size()) {
            const std::size_t open = text_.find("{{", at_);
            // One pass, and what is put in is never read again: a variable with braces in it is
            // only text.
            out_ += text_.substr(at_, open - at_);
            if (open == std::string_view::npos) break;
            at_ = open + 2;
            const Hole hole = TRY(read_hole(open));
            // The walk goes on also when a value is unknown: mistakes behind it are told while
            // planning.
            TRY(fill(hole));
            if (out_.size() > kMaxRendered) {
                return error(open,
                             "the text becomes larger than " + base::format_bytes(kMaxRendered));
            }
        }
        Value result = unknown_ ? Value::unknown(value::ValueType::String) : Value(std::move(out_));
        if (secret_) result.mark_secret();
        return result;
    }

private:
    base::Error error(std::size_t at, std::string_view message) const {
        const std::string_view before = text_.substr(0, at);
        std::size_t line = 1;
        for (const char c : before) line += c == '\n' ? 1 : 0;
        const std::size_t start = before.rfind('\n');
        // In bytes, as editors count when they jump there.
        const std::size_t column = start == std::string_view::npos ? at + 1 : at - start;
        return base::invalid_argument(fmt::format("{}:{}:{}: {}", name_, line, column, message));
    }

    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    }

    std::string_view take_name() {
        const std::size_t start = at_;
        while (at_ < text_.size() && is_name_char(text_[at_])) ++at_;
        return text_.substr(start, at_ - start);
    }

    base::Result<Hole> read_hole(std::size_t open) {
        skip_blanks();
        Hole hole;
        hole.at = at_;
        if (at_ < text_.size() && text_[at_] == '"') {
            const std::size_t end = text_.find('"', at_ + 1);
            if (end == std::string_view::npos) return error(at_, "this text has no closing quote");
            hole.is_literal = true;
            hole.literal = text_.substr(at_ + 1, end - at_ - 1);
            at_ = end + 1;
        } else {
            TRY(read_names(hole));
        }
        for (;;) {
            skip_blanks();
            if (text_.substr(at_, 2) == "}}") break;
            if (at_ >= text_.size() || text_[at_] != '|') {
                // Of the two mistakes this is the likelier one, and what stands after it would only
                // confuse.
                if (text_.find("}}", at_) == std::string_view::npos) {
                    return error(open, "this \"{{\" has no \"}}\"");
                }
                return error(at_, "expected \"}}\", or \"|\" and a filter");
            }
            ++at_;
            skip_blanks();
            const std::size_t filter_at = at_;
            const std::string_view filter = take_name();
            // A filter that is mistyped must not let text through as it is: they are there for
            // safety.
            if (filter != "html" && filter != "json" && filter != "shell") {
                return error(filter_at, fmt::format("there is no filter \"{}\"; there are html, "
                                                    "json and shell",
                                                    filter));
            }
            if (hole.filters.size() == kMaxTemplateNames) return error(at_, "too many filters");
            hole.filters.push_back(filter);
        }
        at_ += 2;
        return hole;
    }

    base::Result<void> read_names(Hole& hole) {
        for (;;) {
            const std::size_t start = at_;
            const std::string_view part = take_name();
            if (part.empty()) {
                return error(start, "expected the name of a variable, as in \"{{ title }}\"");
            }
            if (hole.names.size() == kMaxTemplateNames) return error(start, "too many names");
            hole.names.push_back(part);
            if (at_ >= text_.size() || text_[at_] != '.') return {};
            ++at_;
        }
    }

    base::Result<void> fill(const Hole& hole) {
        if (hole.is_literal) {
            Value value{hole.literal};
            return append(hole, value);
        }
        // Without variables it is a look at the syntax alone, before they are known.
        if (variables_ == nullptr) return {};
        const Value* value = variables_;
        std::string path;
        for (const std::string_view part : hole.names) {
            if (value->is_secret()) secret_ = true;
            if (value->is_unknown()) {
                unknown_ = true;
                return {};
            }
            const Value::Record* record = value->as_record();
            if (record == nullptr) {
                return error(hole.at, fmt::format("\"{}\" has no fields", path));
            }
            const Value* next = value->find(part);
            if (next == nullptr) return missing(hole, path, part, *record);
            path += path.empty() ? std::string(part) : "." + std::string(part);
            value = next;
        }
        if (value->is_secret()) secret_ = true;
        if (value->is_unknown()) {
            unknown_ = true;
            return {};
        }
        return append(hole, *value);
    }

    base::Error missing(const Hole& hole, const std::string& path, std::string_view part,
                        const Value::Record& record) const {
        std::vector<std::string> names;
        for (const auto& member : record) names.push_back(member.first);
        std::string message = path.empty() ? fmt::format("there is no variable \"{}\"", part)
                                           : fmt::format("\"{}\" has no field \"{}\"", path, part);
        if (const std::string hint = base::did_you_mean(part, names); !hint.empty()) {
            message += "; " + hint;
        }
        return error(hole.at, message);
    }

    base::Result<void> append(const Hole& hole, const Value& value) {
        std::string out;
        bool is_string = false;
        if (const std::string* found = value.as_string()) {
            out = *found;
            is_string = true;
        } else if (const std::int64_t* whole = value.as_integer()) {
            out = std::to_string(*whole);
        } else if (const value::Rational* exact = value.as_rational()) {
            out = exact->to_string();
        } else if (const bool* truth = value.as_bool()) {
            out = *truth ? "true" : "false";
        } else {
            // A record or a list has no one text; `null` put in as "null" would be a mistake that
            // nobody sees.
            return error(hole.at, "only strings, numbers and booleans have a text");
        }
        // From left to right: `| json | html` is JSON that stands in HTML.
        for (const std::string_view filter : hole.filters) {
            if (filter == "html") out = html(out);
            if (filter == "shell") out = base::quote_shell(out);
            // Numbers and booleans are JSON already; after another filter it is a text.
            if (filter == "json" && is_string) out = base::quote_json(out);
            is_string = true;
        }
        out_ += out;
        return {};
    }

    std::string_view name_;
    std::string_view text_;
    const Value* variables_;   // none: only the syntax is looked at
    std::size_t at_ = 0;
    std::string out_;
    bool unknown_ = false;
    bool secret_ = false;
};

}

base::Result<Value> render_template(std::string_view name, std::string_view text,
                                    const Value& variables) {
    return Renderer(name, text, &variables).run();
}

base::Result<void> check_template(std::string_view name, std::string_view text) {
    TRY(Renderer(name, text, nullptr).run());
    return {};
}

}
