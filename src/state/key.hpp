#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "value/value.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace state {

// The workspace's key, `.provisioning/key`: 32 random bytes, mode 0600. Seals the secret parts of
// rows, names secrets by fingerprint, and authenticates saved plans; each with a key of its own
// derived from it. Immutable; any thread.
class Key {
public:
    static base::Result<std::unique_ptr<Key>> load(const std::string& directory);   // NotFound
    // Made atomically: of two processes that both make one, both get the same.
    static base::Result<std::unique_ptr<Key>> load_or_create(const std::string& directory);
    static base::Result<std::unique_ptr<Key>> from_bytes(std::string_view bytes);   // exactly 32

    // AES-256-GCM with a random nonce: nonce, text, tag. `purpose` must be the same to open it.
    base::Result<std::string> seal(std::string_view plain, std::string_view purpose) const;
    base::Result<std::string> open(std::string_view sealed, std::string_view purpose) const;

    // 16 bytes. Equal values have equal fingerprints under one key; without the key they tell
    // nothing. fingerprint_text: 16 hexadecimal digits, for people and JSON.
    std::string fingerprint(const value::Value& value) const;
    std::string fingerprint_text(const value::Value& value) const;

    // 32 bytes over a saved plan.
    std::string sign(std::string_view bytes) const;
    bool verify(std::string_view bytes, std::string_view signature) const;

private:
    Key() = default;

    base::Secret<std::string> seal_key_;
    base::Secret<std::string> fingerprint_key_;
    base::Secret<std::string> sign_key_;
};

}
