#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lang {

// How many bytes the character has that starts with this byte; 1 for a stray byte.
inline int utf8_length(char first) {
    auto byte = static_cast<unsigned char>(first);
    if (byte < 0xC0) return 1;
    if (byte < 0xE0) return 2;
    return byte < 0xF0 ? 3 : 4;
}

// The first byte that is no part of well-formed UTF-8, or null.
const char* find_invalid_utf8(const char* begin, const char* end);

// Appends the encoding of a scalar value.
void append_utf8(std::string& text, std::uint32_t code);

// The scalar value at the start of well-formed, non-empty text.
std::uint32_t decode_utf8(std::string_view text);

}
