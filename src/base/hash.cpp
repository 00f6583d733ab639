// The direct functions, not EVP: no library initialisation at start and no look-up for each of many
// small digests. They are part of every OpenSSL 3.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/hash.hpp"

#include "base/check.hpp"

#include <openssl/md5.h>
#include <openssl/sha.h>

#include <new>

namespace base {

template <typename State>
static State* state_as(unsigned char* bytes) {
    return std::launder(reinterpret_cast<State*>(bytes));
}

template <typename State, typename Init>
static void init(unsigned char* bytes, std::size_t room, Init function) {
    // Room and alignment are guessed in the header, which does not know OpenSSL; here they are
    // checked.
    CHECK(sizeof(State) <= room);
    CHECK(function(new (bytes) State) == 1);
}

Hasher::Hasher(HashKind kind) : kind_(kind) {
    switch (kind) {
        case HashKind::Md5: init<MD5_CTX>(state_, sizeof state_, MD5_Init); break;
        case HashKind::Sha1: init<SHA_CTX>(state_, sizeof state_, SHA1_Init); break;
        case HashKind::Sha256: init<SHA256_CTX>(state_, sizeof state_, SHA256_Init); break;
        case HashKind::Sha512: init<SHA512_CTX>(state_, sizeof state_, SHA512_Init); break;
    }
}

Hasher& Hasher::update(std::string_view bytes) {
    const char* data = bytes.data();
    const std::size_t size = bytes.size();
    switch (kind_) {
        case HashKind::Md5: MD5_Update(state_as<MD5_CTX>(state_), data, size); break;
        case HashKind::Sha1: SHA1_Update(state_as<SHA_CTX>(state_), data, size); break;
        case HashKind::Sha256: SHA256_Update(state_as<SHA256_CTX>(state_), data, size); break;
        case HashKind::Sha512: SHA512_Update(state_as<SHA512_CTX>(state_), data, size); break;
    }
    return *this;
}

std::string Hasher::finish() {
    unsigned char digest[SHA512_DIGEST_LENGTH];
    std::size_t size = 0;
    switch (kind_) {
        case HashKind::Md5:
            MD5_Final(digest, state_as<MD5_CTX>(state_));
            size = MD5_DIGEST_LENGTH;
            break;
        case HashKind::Sha1:
            SHA1_Final(digest, state_as<SHA_CTX>(state_));
            size = SHA_DIGEST_LENGTH;
            break;
        case HashKind::Sha256:
            SHA256_Final(digest, state_as<SHA256_CTX>(state_));
            size = SHA256_DIGEST_LENGTH;
            break;
        case HashKind::Sha512:
            SHA512_Final(digest, state_as<SHA512_CTX>(state_));
            size = SHA512_DIGEST_LENGTH;
            break;
    }
    return {reinterpret_cast<const char*>(digest), size};
}

std::string Hasher::finish_hex() { return to_hex(finish()); }

std::string hash_hex(HashKind kind, std::string_view bytes) {
    return Hasher(kind).update(bytes).finish_hex();
}

std::string to_hex(std::string_view bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        out += kDigits[value >> 4U];
        out += kDigits[value & 15U];
        // Lower case only: what we wrote ourselves. Another spelling is another text, and a digest
        // that is compared as text must have one.
    }
    return out;
}

std::string from_hex(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    if (text.size() % 2 != 0) return {};
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const std::size_t high = kDigits.find(text[i]), low = kDigits.find(text[i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return {};
        bytes += static_cast<char>(high << 4U | low);
    }
    return bytes;
}

}
