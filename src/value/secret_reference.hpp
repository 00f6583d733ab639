#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace value {

// How a reference stands in a text: kOpen, "env:NAME" or "file:PATH", if stamped kStamp and a
// fingerprint, kClose. A text that has one is secret, wherever it came from.
inline constexpr char kSecretOpen = '\x02';
inline constexpr char kSecretStamp = '\x1f';
inline constexpr char kSecretClose = '\x03';
struct SecretReference {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string_view name;   // "env:NAME" or "file:PATH", without a fingerprint
};

// The first well-formed reference at or after `from`.
std::optional<SecretReference> next_secret_reference(std::string_view text, std::size_t from);
bool has_secret_reference(std::string_view text);

}
