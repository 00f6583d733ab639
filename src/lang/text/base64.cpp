#include "lang/text/text.hpp"
#include "json/error.hpp"

#include <cstdint>

// RFC 4648: section 4 is the alphabet with + and /, section 5 the one for URLs and file names.
namespace lang::text {

static constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static constexpr std::string_view kUrlSafe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static std::string_view alphabet_of(Base64 variant) {
    bool url_safe = variant == Base64::UrlSafe || variant == Base64::UrlSafeNoPad;
    return url_safe ? kUrlSafe : kStandard;
}

static bool is_padded(Base64 variant) {
    return variant == Base64::Standard || variant == Base64::UrlSafe;
}

std::string encode_base64(std::string_view bytes, Base64 variant, const Stop& stop) {
    // Three bytes are four letters, so that the pieces fit together; only the last is padded.
    constexpr std::size_t kPiece = std::size_t{3} << 20U;
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size() && !stop.stop_requested(); at += kPiece) {
        out += base::encode_base64(bytes.substr(at, kPiece), variant);
    }
    return out;
}

base::Result<std::string> decode_base64(std::string_view text, Base64 variant, const Stop& stop) {
    std::string_view alphabet = alphabet_of(variant);
    std::string_view digits = text.substr(0, std::min(text.find('='), text.size()));
    std::size_t padding = text.size() - digits.size();
    std::string out;
    std::uint32_t group = 0;
    for (std::size_t at = 0; at < digits.size() && !stop.stop_requested(); ++at) {
        std::size_t value = alphabet.find(digits[at]);
        if (value == std::string_view::npos) {
            return base::invalid_argument("base64: invalid character at byte " +
                                          std::to_string(at));
        }
        group = group << 6 | static_cast<std::uint32_t>(value);
        if (at % 4 == 0) continue;
        unsigned left = 6 - 2 * static_cast<unsigned>(at % 4);   // bits that begin the next byte
        out += static_cast<char>(group >> left & 0xFF);
    }
    // One digit is six bits, and no byte ends there.
    std::size_t rest = digits.size() % 4;
    if (rest == 1) return base::invalid_argument("base64: invalid length");
    std::size_t expected = is_padded(variant) && rest != 0 ? 4 - rest : 0;
    if (padding != expected || text.substr(digits.size()) != std::string(padding, '=')) {
        return base::invalid_argument("base64: invalid padding");
    }
    // RFC 4648, section 3.5: bits that belong to no byte have to be zero, else several texts
    // decode to the same. One that was changed on its way would pass unseen.
    std::uint32_t unused = rest == 2 ? group & 15 : rest == 3 ? group & 3 : 0;
    if (unused != 0) return base::invalid_argument("base64: the last character has unused bits");
    // Strings are texts. Bytes that are none have no place in the language.
    std::size_t invalid = json::find_invalid_utf8(out);
    if (invalid != out.size()) {
        return base::invalid_argument("base64: the decoded bytes are no UTF-8 text (byte " +
                                      std::to_string(invalid) + ")");
    }
    return out;
}

}
