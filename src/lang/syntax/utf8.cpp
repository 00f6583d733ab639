#include "lang/syntax/utf8.hpp"

#include <cstring>

namespace lang {

const char* find_invalid_utf8(const char* begin, const char* end) {
    auto continues = [end](const char* at) {
        return at < end && (static_cast<unsigned char>(*at) & 0xC0) == 0x80;
    };
    for (const char* at = begin; at != end;) {
        // Eight bytes of ASCII at once: sources are hardly anything else.
        if (end - at >= 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, at, 8);
            if ((word & 0x8080808080808080) == 0) {
                at += 8;
                continue;
            }
        }
        auto first = static_cast<unsigned char>(*at);
        if (first < 0x80) {
            ++at;
            continue;
        }
        int length = utf8_length(*at);
        // C0 and C1 could only begin what is too long, F5 and above what lies beyond Unicode (RFC
        // 3629).
        if (first < 0xC2 || first > 0xF4) return at;
        for (int i = 1; i < length; ++i) {
            if (!continues(at + i)) return at;
        }
        auto second = static_cast<unsigned char>(at[1]);
        // The same character has one encoding only: two would be equal to the eye and not to a
        // comparison.
        bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
        bool surrogate = first == 0xED && second >= 0xA0;
        bool too_large = first == 0xF4 && second >= 0x90;
        if (overlong || surrogate || too_large) return at;
        at += length;
    }
    return nullptr;
}

void append_utf8(std::string& text, std::uint32_t code) {
    auto put = [&text](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | (code >> 6));
        put(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        put(0xE0 | (code >> 12));
        put(0x80 | ((code >> 6) & 0x3F));
        put(0x80 | (code & 0x3F));
    } else {
        put(0xF0 | (code >> 18));
        put(0x80 | ((code >> 12) & 0x3F));
        put(0x80 | ((code >> 6) & 0x3F));
        put(0x80 | (code & 0x3F));
    }
}

std::uint32_t decode_utf8(std::string_view text) {
    auto byte = [text](std::size_t i) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
    };
    int length = utf8_length(text[0]);
    if (length == 1) return byte(0);
    if (length == 2) return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    if (length == 3) return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 |
           (byte(3) & 0x3F);
}

}
