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

}
