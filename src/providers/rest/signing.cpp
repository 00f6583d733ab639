#include "providers/rest/signing.hpp"

#include "base/hash.hpp"

#include <cstdint>

namespace providers::rest {
namespace {

constexpr std::size_t kBlock = 64;   // of SHA-256

std::string base64(std::string_view bytes) {
    static constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            group <<= 8;
            if (i + j < bytes.size()) group |= static_cast<unsigned char>(bytes[i + j]);
        }
        for (std::size_t j = 0; j < 4; ++j) {
            // RFC 4648, section 4: three bytes are four letters; `=` fills the last group.
            const bool is_padding = i + j > bytes.size();
            out += is_padding ? '=' : kAlphabet[(group >> (18 - 6 * j)) & 63];
        }
    }
    return out;
}

}

Sign bearer(base::SecretText token) {
    return [token = std::move(token)](const net::Request&) {
        return net::Headers{{"Authorization", "Bearer " + token.reveal()}};
    };
}

Sign basic(std::string user, base::SecretText password) {
    return [user = std::move(user), password = std::move(password)](const net::Request&) {
        // RFC 7617. The user may not contain a colon, which the credentials are split at.
        return net::Headers{{"Authorization", "Basic " + base64(user + ":" + password.reveal())}};
    };
}

Sign api_key(std::string header_name, base::SecretText key) {
    return [name = std::move(header_name), key = std::move(key)](const net::Request&) {
        return net::Headers{{name, key.reveal()}};
    };
}

// RFC 2104.
std::string hmac_sha256(std::string_view key, std::string_view text) {
    std::string padded(key);
    // A key longer than a block is hashed first, one shorter is filled with zeros.
    if (padded.size() > kBlock) {
        padded = base::Hasher(base::HashKind::Sha256).update(padded).finish();
    }
    padded.resize(kBlock, '\0');
    std::string inner = padded;
    std::string outer = padded;
    for (char& byte : inner) byte = static_cast<char>(byte ^ 0x36);
    for (char& byte : outer) byte = static_cast<char>(byte ^ 0x5c);
    const std::string digest =
        base::Hasher(base::HashKind::Sha256).update(inner).update(text).finish();
    return base::Hasher(base::HashKind::Sha256).update(outer).update(digest).finish();
}

}
