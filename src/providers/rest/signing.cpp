#include "providers/rest/signing.hpp"

#include "base/base64.hpp"
#include "base/hash.hpp"

#include <cstdint>

namespace providers::rest {
namespace {

constexpr std::size_t kBlock = 64;   // of SHA-256

}

Sign bearer(base::SecretText token) {
    return [token = std::move(token)](const net::Request&) {
        return net::Headers{{"Authorization", "Bearer " + token.reveal()}};
    };
}

Sign basic(std::string user, base::SecretText password) {
    return [user = std::move(user), password = std::move(password)](const net::Request&) {
        // RFC 7617. The user may not contain a colon, which the credentials are split at.
        return net::Headers{
            {"Authorization", "Basic " + base::encode_base64(user + ":" + password.reveal())}};
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
