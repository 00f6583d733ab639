#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "value/value.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace state {

class Key;

// The workspace's key, loaded when the first secret is met.
using KeySource = std::function<base::Result<const Key*>()>;

// The stored form of a value (docs/formats/state.md): compact, self-delimiting, secret parts
// sealed.
base::Result<std::string> encode_value(const value::Value& value, const KeySource& key);
// DataLoss when it is damaged, cut off or nested too deep.
base::Result<value::Value> decode_value(std::string_view bytes, const KeySource& key);

// The same with the secret parts in the clear and without their marks: for fingerprints, which are
// keyed, and for nothing that is kept.
base::SecretText encode_unsealed(const value::Value& value);

// A list of names; each takes up only what differs from the one before.
std::string encode_names(const std::vector<std::string>& names);
base::Result<std::vector<std::string>> decode_names(std::string_view bytes);

// Finds changed bytes, not forgers. Order and boundaries of the parts count.
class Checksum {
public:
    Checksum& add(std::string_view bytes);
    Checksum& add(std::int64_t number);
    std::int64_t value() const;   // 32 bits

private:
    std::uint64_t state_ = 0x9e3779b97f4a7c15;
};

}
