#include "json/error.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace json {

Position position_of(std::string_view text, std::size_t offset) {
    Position position;
    for (char c : text.substr(0, offset)) {
        if (c == '\n') {
            ++position.line;
            position.column = 1;
            // Columns count characters, as editors do; each byte that does not continue one begins
            // one.
        } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
            ++position.column;
        }
    }
    return position;
}

base::Error syntax_error(std::string_view text, Span span, std::string message) {
    auto detail = std::make_shared<SyntaxError>();
    // Found by counting only now: a reader that kept the line while it reads would pay for it in
    // every good document.
    detail->span = span;
    detail->position = position_of(text, span.begin);
    std::string full = "line " + std::to_string(detail->position.line) + ", column " +
                       std::to_string(detail->position.column) + ": " + message;
    detail->message = std::move(message);
    return base::invalid_argument(std::move(full)).with_detail(std::move(detail));
}

static unsigned char byte_at(std::string_view text, std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

// The length of the character at this offset, 0 if it is no valid one.
// Unicode, table 3-7: the ranges of the second byte exclude everything that another, shorter or
// legal sequence would say. Two spellings of one text are how filters get passed.
static std::size_t valid_length(std::string_view text, std::size_t at) {
    unsigned char first = byte_at(text, at);
    unsigned char second = byte_at(text, at + 1);
    auto continues = [&](std::size_t from, std::size_t count) {
        for (std::size_t i = from; i < from + count; ++i) {
            if ((byte_at(text, i) & 0xC0) != 0x80) return false;
        }
        return true;
    };
    if (first < 0x80) return 1;
    // C0 and C1 could only begin overlong forms; F5 and up lie beyond U+10FFFF.
    if (first < 0xC2 || first > 0xF4) return 0;
    if (first < 0xE0) return continues(at + 1, 1) ? 2 : 0;
    // Overlong forms, surrogates and what lies beyond U+10FFFF show in the second byte.
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
        (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) {
        return 0;
    }
    if (first < 0xF0) return continues(at + 1, 2) ? 3 : 0;
    return continues(at + 1, 3) ? 4 : 0;
}

std::size_t find_invalid_utf8(std::string_view text) {
    constexpr std::uint64_t kHighBits = 0x8080808080808080;
    std::size_t at = 0;
    while (at < text.size()) {
        // Eight ASCII bytes at a time, which nearly every document consists of.
        std::uint64_t word;
        while (at + sizeof word <= text.size()) {
            std::memcpy(&word, text.data() + at, sizeof word);
            if ((word & kHighBits) != 0) break;
            at += sizeof word;
        }
        if (at == text.size()) break;
        std::size_t length = valid_length(text, at);
        if (length == 0) return at;
        at += length;
    }
    return at;
}

base::Result<void> check_text(std::string_view text, const Limits& limits) {
    // Offsets are of 32 bits, in every Span; a text of 4 GiB would wrap them.
    if (text.size() > std::min<std::size_t>(limits.max_bytes, 0xFFFFFFFFU)) {
        return base::Error(base::Code::Exhausted, "the text of " + std::to_string(text.size()) +
                                                      " bytes is larger than the limit of " +
                                                      std::to_string(limits.max_bytes));
    }
    // Checked once and for all: the readers behind this take the text byte by byte and copy it.
    std::size_t invalid = find_invalid_utf8(text);
    // No format here has one, and what is behind it must not go unread.
    if (const std::size_t nul = text.find('\0'); nul < invalid) {
        const auto at = static_cast<std::uint32_t>(nul);
        return syntax_error(text, {at, at + 1}, "a NUL byte at byte " + std::to_string(nul));
    }
    if (invalid == text.size()) return {};
    auto at = static_cast<std::uint32_t>(invalid);
    return syntax_error(text, {at, at + 1}, "invalid UTF-8 at byte " + std::to_string(invalid));
}

void append_utf8(std::string& out, std::uint32_t code_point) {
    auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | (code_point >> 6));
        put(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        put(0xE0 | (code_point >> 12));
        put(0x80 | ((code_point >> 6) & 0x3F));
        put(0x80 | (code_point & 0x3F));
    } else {
        put(0xF0 | (code_point >> 18));
        put(0x80 | ((code_point >> 12) & 0x3F));
        put(0x80 | ((code_point >> 6) & 0x3F));
        put(0x80 | (code_point & 0x3F));
    }
}

}
