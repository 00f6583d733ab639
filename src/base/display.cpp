// The part of base/text.hpp that knows characters and terminals.
#include "base/random.hpp"
#include "base/text.hpp"

#include <fmt/core.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace base {

namespace {

struct Character {
    std::size_t bytes = 1;
    utf8proc_int32_t code = -1;   // -1: not UTF-8
};

// Bytes that are no UTF-8 are taken one by one: a name of a file may be any bytes, and has to be
// shown somehow.
Character first_of(std::string_view text) {
    utf8proc_int32_t code = -1;
    const utf8proc_ssize_t size =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                         static_cast<utf8proc_ssize_t>(text.size()), &code);
    return size > 0 ? Character{static_cast<std::size_t>(size), code} : Character{};
}

// The length of the colour sequence that the text begins with, or 0: ESC [ ... letter.
std::size_t escape_length(std::string_view text) {
    if (!text.starts_with("\x1b[")) return 0;
    const std::size_t end = text.find_first_not_of("0123456789;", 2);
    return end == std::string_view::npos ? text.size() : end + 1;
}

// Code points of width 0 (combining marks, joiners) and those that utf8proc does not print at all
// add nothing. A cluster that a terminal draws as one picture is counted by its parts; too wide is
// better than a table whose lines wrap.
std::size_t width_of(const Character& character) {
    if (character.code < 0) return 1;
    const int width = utf8proc_charwidth(character.code);
    return width > 0 ? static_cast<std::size_t>(width) : 0;
}

struct Step {
    std::size_t bytes;
    std::size_t width;
};

Step step_over(std::string_view text) {
    if (const auto byte = static_cast<unsigned char>(text.front()); byte >= 0x20 && byte < 0x7f) {
        return {1, 1};
    }
    if (const std::size_t escape = escape_length(text); escape > 0) return {escape, 0};
    const Character character = first_of(text);
    return {character.bytes, width_of(character)};
}

bool is_control(const Character& character) {
    const utf8proc_int32_t code = character.code;
    const auto is_in = [code](utf8proc_int32_t first, utf8proc_int32_t last) {
        return code >= first && code <= last;
    };
    // C0, DEL and C1. C1 as well: U+009B is a CSI to some terminals, without any ESC.
    return is_in(0, 0x1f) || is_in(0x7f, 0x9f) ||
           // Marks that reorder text: they can make a line read as something else.
           code == 0x61c || is_in(0x200e, 0x200f) || is_in(0x202a, 0x202e) ||
           is_in(0x2066, 0x2069) ||
           // Line and paragraph separators; tags, which nobody sees.
           is_in(0x2028, 0x2029) || is_in(0xe0000, 0xe007f);
}

// "\x1b[NUMBER;": how a style of ours begins.
const std::string& style_mark() {
    static const std::string mark = [] {
        std::array<std::byte, sizeof(std::uint64_t)> bytes{};
        fill_random(bytes);
        return fmt::format("\x1b[{};", std::bit_cast<std::uint64_t>(bytes));
    }();
    return mark;
}

void append_escaped(std::string& out, std::string_view bytes, const Character& character) {
    if (character.code < 0) {
        out += fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes.front()));
    } else if (is_control(character) && character.code != '\n' && character.code != '\t') {
        out += fmt::format("\\u{{{:x}}}", character.code);
    } else {
        out += bytes.substr(0, character.bytes);
    }
}

}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const Step step = step_over(text);
        width += step.width;
        text.remove_prefix(step.bytes);
    }
    return width;
}

std::string truncate_to_width(std::string_view text, std::size_t width) {
    if (display_width(text) <= width) return std::string(text);
    if (width == 0) return {};
    std::size_t end = 0;
    std::size_t taken = 0;
    while (end < text.size()) {
        const Step step = step_over(text.substr(end));
        if (taken + step.width > width - 1) break;
        taken += step.width;
        // One column is kept for the "…".
        end += step.bytes;
    }
    std::string out(text.substr(0, end));
    // A colour that was cut off would run on.
    if (out.find('\x1b') != std::string::npos) out += style_mark() + "0m";
    return out + "…";
}

std::string pad_to_width(std::string_view text, std::size_t width) {
    const std::size_t taken = display_width(text);
    std::string out(text);
    if (taken < width) out.append(width - taken, ' ');
    return out;
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    for (const std::string_view paragraph : split(text, '\n')) {
        std::string line;
        for (const std::string_view word : split(paragraph, ' ')) {
            if (word.empty()) continue;
            // A word that is wider than a line gets one to itself and is not cut: it may be a path
            // to be copied.
            if (!line.empty() && display_width(line) + 1 + display_width(word) > width) {
                lines.push_back(std::move(line));
                line.clear();
            }
            if (!line.empty()) line += ' ';
            line += word;
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

static void append_wrapped(std::string& out, std::string_view line, std::size_t width) {
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    const std::string hanging(std::min(indent + 2, width / 2), ' ');
    std::size_t column = 0;
    bool is_first = true;   // of its line
    while (!line.empty()) {
        const std::size_t gap = std::min(line.find_first_not_of(' '), line.size());
        const std::size_t end = std::min(line.find(' ', gap), line.size());
        const std::string_view word = line.substr(gap, end - gap);
        const std::size_t wide = display_width(word);
        if (!is_first && column + gap + wide > width) {
            out += '\n' + hanging;
            column = hanging.size();
        } else {
            out.append(gap, ' ');
            column += gap;
        }
        out += word;
        column += wide;
        is_first = false;
        line.remove_prefix(end);
    }
}

std::string wrap_lines(std::string_view text, std::size_t width) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        if (width == 0 || line.size() <= width || display_width(line) <= width) {
            out += line;
        } else {
            append_wrapped(out, line, width);
        }
        if (end < text.size()) out += '\n';
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::string escape_controls(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Character character = first_of(text);
        append_escaped(out, text, character);
        text.remove_prefix(character.bytes);
    }
    return out;
}

std::string style_text(std::string_view parameters, std::string_view text) {
    const std::string& mark = style_mark();
    return fmt::format("{}{}m{}{}0m", mark, parameters, text, mark);
}

std::string shown_text(std::string_view text) {
    const std::string& mark = style_mark();
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        // Most of what is shown.
        std::size_t plain = 0;
        while (plain < text.size() && text[plain] >= 0x20 && text[plain] < 0x7f) ++plain;
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        if (text.starts_with(mark)) {
            text.remove_prefix(mark.size());
            const std::size_t end = text.find('m');
            out += "\x1b[";
            out += text.substr(0, end == std::string_view::npos ? 0 : end + 1);
            text.remove_prefix(end == std::string_view::npos ? 0 : end + 1);
            continue;
        }
        const Character character = first_of(text);
        append_escaped(out, text, character);
        text.remove_prefix(character.bytes);
    }
    return out;
}

// In a JSON text such characters stand in strings alone; those of ASCII are escaped already.
std::string shown_json(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && static_cast<unsigned char>(text[plain]) < 0x7f) ++plain;
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        const Character character = first_of(text);
        const auto code = static_cast<std::uint32_t>(character.code);
        if (character.code < 0) {
            out += "\xef\xbf\xbd";   // no UTF-8
        } else if (!is_control(character)) {
            out += text.substr(0, character.bytes);
        } else if (code < 0x10000) {
            out += fmt::format("\\u{:04x}", code);
        } else {
            out += fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + ((code - 0x10000) >> 10U),
                               0xdc00 + ((code - 0x10000) & 0x3ffU));
        }
        text.remove_prefix(character.bytes);
    }
    return out;
}

// By bytes, the way most programs repair it: each wrong byte is one U+FFFD.
std::string mend_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const bool is_ascii = static_cast<unsigned char>(text.front()) < 0x80;
        const Character character = is_ascii ? Character{1, text.front()} : first_of(text);
        out +=
            character.code < 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, character.bytes);
        text.remove_prefix(character.bytes);
    }
    return out;
}

std::string quote_json(std::string_view text) {
    std::string out = "\"";
    out.reserve(text.size() + 2);
    while (!text.empty()) {
        const char c = text.front();
        const auto byte = static_cast<unsigned char>(c);
        std::size_t size = 1;
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
            // The short escapes of RFC 8259, section 7, where people read them; all others as \u,
            // which every reader takes.
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c == '\r') {
            out += "\\r";
        } else if (byte < 0x20) {
            out += fmt::format("\\u{:04x}", byte);
        } else if (byte < 0x80) {
            out += c;
        } else {
            const Character character = first_of(text);
            size = character.bytes;
            // A lone surrogate cannot come here: in UTF-8 it is no valid text, and becomes U+FFFD.
            out += character.code < 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, size);
        }
        text.remove_prefix(size);
    }
    return out += '"';
}

}
