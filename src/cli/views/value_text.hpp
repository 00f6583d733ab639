#pragma once

#include "value/json.hpp"

#include <string>

namespace cli {

// A value as people read it, on one line, in Nickel's spelling: { mode = "0644", ports = [80] }.
// Unknown is (known after apply); a secret is (secret), or (secret 1f2e3d4c) where there are
// fingerprints, so that a changed one can be told. What is longer than `width` ends in ….
std::string value_text(const value::Value& value, std::size_t width = SIZE_MAX,
                       const value::Fingerprint& fingerprint = {});

// Two values that differ, in `width` each: of long ones, the part around the first difference.
struct ValuePair {
    std::string before;
    std::string after;
};
ValuePair value_pair(const value::Value& before, const value::Value& after, std::size_t width,
                     const value::Fingerprint& fingerprint = {});

}
