#include "providers/aws/protocol/xml.hpp"

#include <fmt/core.h>

#include <charconv>

namespace providers::aws {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool ends_name(char c) { return is_blank(c) || c == '/' || c == '>' || c == '=' || c == '<'; }

void add_utf8(std::string& out, std::uint32_t code) {
    const auto byte = [&](std::uint32_t bits) { out += static_cast<char>(bits); };
    if (code < 0x80) return byte(code);
    if (code < 0x800) {
        byte(0xc0 | (code >> 6));
    } else if (code < 0x10000) {
        byte(0xe0 | (code >> 12));
        byte(0x80 | ((code >> 6) & 0x3f));
    } else {
        byte(0xf0 | (code >> 18));
        byte(0x80 | ((code >> 12) & 0x3f));
        byte(0x80 | ((code >> 6) & 0x3f));
    }
    byte(0x80 | (code & 0x3f));
}

class Reader {
public:
    Reader(std::string_view text, const XmlLimits& limits) : text_(text), limits_(limits) {}

    base::Result<XmlElement> read() {
        if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
        std::vector<XmlElement> open(1);   // the first holds the root
        while (at_ < text_.size()) {
            if (text_[at_] != '<') {
                TRY(read_text(open.back()));
            } else if (starts("<!--")) {
                TRY(skip_to("-->"));
            } else if (starts("<![CDATA[")) {
                TRY(read_cdata(open.back()));
            } else if (starts("<?")) {
                TRY(skip_to("?>"));
            } else if (starts("<!")) {
                return wrong("a DTD, which is not read");
            } else if (starts("</")) {
                TRY(close(open));
            } else {
                TRY(begin(open));
            }
        }
        if (open.size() != 1) return wrong(fmt::format("<{}> without an end", open.back().name));
        if (open[0].children.size() != 1) return wrong("not one element at the top");
        if (!open[0].text.empty()) return wrong("text outside of all elements");
        return std::move(open[0].children[0]);
    }

private:
    bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }
    base::Error wrong(std::string what) const {
        return base::invalid_argument(fmt::format("at byte {}: {}", at_, what));
    }
    void skip_blanks() {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    }

    base::Result<void> skip_to(std::string_view end) {
        const std::size_t found = text_.find(end, at_);
        if (found == std::string_view::npos) return wrong(fmt::format("no {} follows", end));
        at_ = found + end.size();
        return {};
    }

    base::Result<std::string_view> read_name() {
        const std::size_t start = at_;
        while (at_ < text_.size() && !ends_name(text_[at_])) ++at_;
        if (at_ == start) return wrong("no name");
        return text_.substr(start, at_ - start);
    }

    static std::string_view without_prefix(std::string_view name) {
        const std::size_t colon = name.rfind(':');
        return colon == std::string_view::npos ? name : name.substr(colon + 1);
    }

    // Of a character that is told by its name or number, behind the `&`.
    base::Result<void> read_entity(std::string& out) {
        const std::size_t end = text_.find(';', at_);
        constexpr std::size_t kLongest = 10;
        if (end == std::string_view::npos || end - at_ > kLongest) return wrong("`&` alone");
        std::string_view name = text_.substr(at_ + 1, end - at_ - 1);
        constexpr std::pair<std::string_view, char> kNamed[] = {
            {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
        for (const auto& [known, character] : kNamed) {
            if (known != name) continue;
            out += character;
            at_ = end + 1;
            return {};
        }
        if (!name.starts_with('#')) return wrong("an entity that is not one of XML's own");
        const bool is_hexadecimal = name.starts_with("#x");
        name.remove_prefix(is_hexadecimal ? 2 : 1);
        std::uint32_t code = 0;
        const char* const last = name.data() + name.size();
        const auto read = std::from_chars(name.data(), last, code, is_hexadecimal ? 16 : 10);
        const bool is_character = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
        if (read.ec != std::errc() || read.ptr != last || !is_character) {
            return wrong("a character of no number");
        }
        add_utf8(out, code);
        at_ = end + 1;
        return {};
    }

    base::Result<void> read_text(XmlElement& into) {
        std::string text;
        while (at_ < text_.size() && text_[at_] != '<') {
            if (text_[at_] == '&') {
                TRY(read_entity(text));
                continue;
            }
            const std::size_t end = std::min(text_.find_first_of("<&", at_), text_.size());
            text.append(text_, at_, end - at_);
            at_ = end;
        }
        // Blanks that set elements apart are not kept; those that are all of a text are.
        const bool is_blank_text = text.find_first_not_of(" \t\r\n") == std::string::npos;
        const bool is_all = starts("</") && into.children.empty() && !into.name.empty();
        if (is_blank_text && !is_all) return {};
        into.text += text;
        return {};
    }

    base::Result<void> read_cdata(XmlElement& into) {
        constexpr std::size_t kHead = 9;
        const std::size_t start = at_ + kHead;
        TRY(skip_to("]]>"));
        into.text.append(text_, start, at_ - 3 - start);
        return {};
    }

    base::Result<void> close(std::vector<XmlElement>& open) {
        at_ += 2;
        const std::string_view name = without_prefix(TRY(read_name()));
        skip_blanks();
        if (!starts(">")) return wrong("no > at the end of a tag");
        ++at_;
        if (open.size() < 2 || open.back().name != name) {
            return wrong(fmt::format("</{}> without a beginning", name));
        }
        XmlElement done = std::move(open.back());
        open.pop_back();
        open.back().children.push_back(std::move(done));
        return {};
    }

    // Attributes say nothing that we read; they have to be well formed.
    base::Result<void> skip_attributes() {
        for (;;) {
            skip_blanks();
            if (at_ >= text_.size()) return wrong("a tag without an end");
            if (text_[at_] == '>' || text_[at_] == '/') return {};
            TRY(read_name());
            skip_blanks();
            if (!starts("=")) return wrong("an attribute without a value");
            ++at_;
            skip_blanks();
            if (!starts("\"") && !starts("'")) return wrong("a value without quotes");
            const char quote = text_[at_++];
            TRY(skip_to(std::string_view(&quote, 1)));
        }
    }

    base::Result<void> begin(std::vector<XmlElement>& open) {
        if (++elements_ > limits_.max_elements) return wrong("too many elements");
        if (open.size() > limits_.max_depth) return wrong("elements nest too deep");
        ++at_;
        XmlElement element;
        element.name = without_prefix(TRY(read_name()));
        TRY(skip_attributes());
        if (text_[at_] == '>') {
            ++at_;
            open.push_back(std::move(element));
            return {};
        }
        ++at_;
        if (!starts(">")) return wrong("no > behind /");
        ++at_;
        open.back().children.push_back(std::move(element));
        return {};
    }

    std::string_view text_;
    const XmlLimits& limits_;
    std::size_t at_ = 0;
    std::size_t elements_ = 0;
};

}

const XmlElement* XmlElement::child(std::string_view named) const {
    for (const XmlElement& one : children) {
        if (one.name == named) return &one;
    }
    return nullptr;
}

std::string_view XmlElement::text_of(std::string_view child_name) const {
    const XmlElement* found = child(child_name);
    return found != nullptr ? std::string_view(found->text) : std::string_view();
}

base::Result<XmlElement> read_xml(std::string_view text, const XmlLimits& limits) {
    return Reader(text, limits).read();
}

}
