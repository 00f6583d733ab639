// The part of base/text.hpp that knows characters and terminals.
#include "base/text.hpp"

#include <fmt/core.h>
#include <utf8proc.h>

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
    // C0, DEL and C1. C1 as well: U+009B is a CSI to some terminals, without any ESC.
    return (character.code >= 0 && character.code < 0x20) ||
           (character.code >= 0x7f && character.code < 0xa0) ||
           // Marks that reorder text: they can make a line read as something else.
           (character.code >= 0x202a && character.code <= 0x202e) ||
           (character.code >= 0x2066 && character.code <= 0x2069);
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
    if (out.find('\x1b') != std::string::npos) out += "\x1b[0m";
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

std::string escape_controls(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Character character = first_of(text);
        if (character.code < 0) {
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
        } else if (is_control(character) && character.code != '\n' && character.code != '\t') {
            out += fmt::format("\\u{{{:x}}}", character.code);
        } else {
            out += text.substr(0, character.bytes);
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
