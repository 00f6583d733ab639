#include "json/toml/strings.hpp"

#include "json/error.hpp"

#include <utility>

namespace json::toml {
namespace {

base::Result<std::uint32_t> code_point(Cursor& in, std::size_t digits) {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < digits; ++i, in.advance()) {
        const char c = in.peek();
        const char lower = static_cast<char>(c | 0x20);
        const bool is_hex = (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'f');
        if (!is_hex) return in.error("expected a hexadecimal digit");
        out = out * 16 + static_cast<std::uint32_t>(c <= '9' ? c - '0' : lower - 87);
    }
    return out;
}

base::Result<void> escape(Cursor& in, std::string& out) {
    const std::size_t begin = in.at();
    in.advance();
    std::size_t digits = 0;
    switch (in.peek()) {
        case 'b': out += '\b'; break;
        case 't': out += '\t'; break;
        case 'n': out += '\n'; break;
        case 'f': out += '\f'; break;
        case 'r': out += '\r'; break;
        case 'e': out += '\x1B'; break;
        case '"': out += '"'; break;
        case '\\': out += '\\'; break;
        case 'x': digits = 2; break;
        case 'u': digits = 4; break;
        case 'U': digits = 8; break;
        default: return in.error_at(in.since(begin), "unknown escape in a string");
    }
    in.advance();
    if (digits == 0) return {};
    const std::uint32_t character = TRY(code_point(in, digits));
    if (character > 0x10FFFF || (character >= 0xD800 && character < 0xE000)) {
        return in.error_at(in.since(begin), "the escape is no character");
    }
    append_utf8(out, character);
    return {};
}

// Up to two quotes may stand before the three that close.
bool take_closing(Cursor& in, char quote, std::string& out) {
    std::size_t count = 0;
    while (count < 5 && in.peek(count) == quote) ++count;
    if (count < 3) return false;
    in.advance(count);
    out.append(count - 3, quote);
    return true;
}

base::Result<void> multiline_character(Cursor& in, std::string& out) {
    if (in.is_at_end()) return in.error("expected three closing quotes");
    if (in.take("\r\n")) {
        out += "\r\n";
        return {};
    }
    if (in.is_at_control() && in.peek() != '\n') return in.error("invalid character in a string");
    out += in.peek();
    in.advance();
    return {};
}

// A backslash at the end of a line swallows it and the space that follows.
bool line_continues(Cursor& in) {
    const std::size_t begin = in.at();
    in.advance();
    in.skip_space();
    if (!in.take_newline()) {
        in.back_to(begin);
        return false;
    }
    do in.skip_space();
    while (in.take_newline());
    return true;
}

base::Result<std::string> multiline_basic_string(Cursor& in) {
    std::string out;
    in.take_newline();
    while (!take_closing(in, '"', out)) {
        if (in.peek() == '\\' && line_continues(in)) continue;
        if (in.peek() == '\\') {
            TRY(escape(in, out));
        } else {
            TRY(multiline_character(in, out));
        }
    }
    return out;
}

base::Result<std::string> multiline_literal_string(Cursor& in) {
    std::string out;
    in.take_newline();
    while (!take_closing(in, '\'', out)) TRY(multiline_character(in, out));
    return out;
}

}

base::Result<std::string> read_string(Cursor& in) {
    if (in.take("\"\"\"")) return multiline_basic_string(in);
    if (in.take("'''")) return multiline_literal_string(in);
    const bool is_basic = in.peek() == '"';
    in.advance();
    return is_basic ? read_basic_string(in) : read_literal_string(in);
}

base::Result<std::string> read_basic_string(Cursor& in) {
    std::string out;
    for (;;) {
        if (in.is_at_end() || in.is_at_control()) return in.error("expected a closing quote");
        if (in.take("\"")) return out;
        if (in.peek() == '\\') {
            TRY(escape(in, out));
        } else {
            out += in.peek();
            in.advance();
        }
    }
}

base::Result<std::string> read_literal_string(Cursor& in) {
    std::string out;
    for (; in.peek() != '\'' || in.is_at_end(); in.advance()) {
        if (in.is_at_end() || in.is_at_control()) return in.error("expected a closing quote");
        out += in.peek();
    }
    in.advance();
    return out;
}

}
