#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "value/value.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace state {

class Key;

// The workspace's key, loaded when the first secret is met.
using KeySource = std::function<base::Result<const Key*>()>;

// Where a value stands. Bound into each of its seals, so that sealed bytes that are carried to
// another place do not open there. Borrows its texts; written out only where something is sealed.
struct SealContext {
    std::string_view use = "value";   // what programs before format 3 bound was this alone
    std::array<std::string_view, 5> names = {};
    std::uint64_t number = 0;

    std::string associated_data() const;
};

// The stored form of a value (docs/formats/state.md): compact, self-delimiting, secret parts
// sealed. It is read in the context that it was written in, or not at all.
base::Result<std::string> encode_value(const value::Value& value, const KeySource& key,
                                       const SealContext& context);
// DataLoss when it is damaged, cut off or nested too deep.
base::Result<value::Value> decode_value(std::string_view bytes, const KeySource& key,
                                        const SealContext& context);

// The same with the secret parts in the clear and without their marks: for fingerprints, which are
// keyed, and for nothing that is kept.
base::SecretText encode_unsealed(const value::Value& value);

// A list of names; each takes up only what differs from the one before.
std::string encode_names(const std::vector<std::string>& names);
base::Result<std::vector<std::string>> decode_names(std::string_view bytes);

}
