#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace base {

enum class HashKind : unsigned char { Md5, Sha1, Sha256, Sha512 };

// A digest built up piece by piece. Md5 and Sha1 name things; they protect nothing.
class Hasher {
public:
    explicit Hasher(HashKind kind);

    Hasher& update(std::string_view bytes);
    // The digest's bytes; the hasher is spent afterwards.
    std::string finish();
    std::string finish_hex();

private:
    HashKind kind_;
    alignas(16) unsigned char state_[224];
};

std::string hash_hex(HashKind kind, std::string_view bytes);
inline std::string sha256_hex(std::string_view bytes) { return hash_hex(HashKind::Sha256, bytes); }

std::string to_hex(std::string_view bytes);
std::string from_hex(std::string_view text);   // "" for what is not hexadecimal

}
