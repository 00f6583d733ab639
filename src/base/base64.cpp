#include "base/base64.hpp"

#include <cstdint>

namespace base {

std::string encode_base64(std::string_view bytes, Base64 variant) {
    const bool is_for_urls = variant == Base64::UrlSafe || variant == Base64::UrlSafeNoPad;
    const bool is_padded = variant == Base64::Standard || variant == Base64::UrlSafe;
    const std::string_view alphabet =
        is_for_urls ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                    : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            group <<= 8;
            if (i + j < bytes.size()) group |= static_cast<unsigned char>(bytes[i + j]);
        }
        for (std::size_t j = 0; j < 4; ++j) {
            // Three bytes are four letters; `=` fills the last group.
            if (i + j <= bytes.size()) {
                out += alphabet[(group >> (18 - 6 * j)) & 63];
            } else if (is_padded) {
                out += '=';
            }
        }
    }
    return out;
}

std::optional<std::string> decode_base64(std::string_view text) {
    const auto digit = [](char c) -> int {
        if (c >= 'A' && c <= 'Z') return c - 'A';
        if (c >= 'a' && c <= 'z') return c - 'a' + 26;
        if (c >= '0' && c <= '9') return c - '0' + 52;
        if (c == '+') return 62;
        return c == '/' ? 63 : -1;
    };
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    // One letter is six bits, and no byte.
    if (text.size() % 4 == 1) return std::nullopt;
    std::string out;
    std::uint32_t group = 0;
    int bits = 0;
    for (const char c : text) {
        const int value = digit(c);
        if (value < 0) return std::nullopt;
        group = (group << 6) | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out += static_cast<char>((group >> bits) & 255);
    }
    return out;
}

}
