#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "state/mac.hpp"
#include "value/value.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace state {

std::string key_path(const std::string& directory);

// The workspace's key, `.provisioning/key`: 32 random bytes and the number of its form, mode 0600.
// Seals the secret parts of rows, authenticates rows and saved plans, and names secrets by
// fingerprint; each with a key of its own derived from it. Immutable; any thread.
class Key {
public:
    static base::Result<std::unique_ptr<Key>> load(const std::string& directory);   // NotFound
    // Made atomically: of two processes that both make one, both get the same.
    static base::Result<std::unique_ptr<Key>> load_or_create(const std::string& directory);
    // 32 bytes, or those and their form.
    static base::Result<std::unique_ptr<Key>> from_bytes(std::string_view bytes);

    // Whether rows under this key are authenticated: then a state whose rows are not is none that
    // was written with it. A key of an older program learns it once its state has been converted.
    bool authenticates_rows() const { return authenticates_rows_; }
    static base::Result<void> mark_authenticating(const std::string& directory);

    // Names the key and tells nothing of it: a state knows by it that a key is not its own.
    const std::string& id() const { return id_; }

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

    Mac row_mac() const { return Mac(row_key_.reveal()); }

private:
    Key() = default;

    base::Secret<std::string> seal_key_;
    base::Secret<std::string> fingerprint_key_;
    base::Secret<std::string> sign_key_;
    base::Secret<std::string> row_key_;
    std::string id_;
    bool authenticates_rows_ = false;
};

}
