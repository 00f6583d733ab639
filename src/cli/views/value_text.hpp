#pragma once

#include "value/json.hpp"

#include <string>

namespace cli {

// A value as people read it, on one line, in Nickel's spelling: { mode = "0644", ports = [80] }.
// Unknown is (known after apply); a secret is (secret), or (secret 1f2e3d4c) where there are
// fingerprints, so that a changed one can be told. What is longer than `width` ends in ….
std::string value_text(const value::Value& value, std::size_t width = SIZE_MAX,
                       const value::Fingerprint& fingerprint = {});

// Where a value is to stand.
struct BlockLayout {
    std::size_t indent = 0;   // of the line that it begins in
    std::size_t used = 0;     // columns of that line
    std::size_t width = 100;
    bool cuts = true;   // a text that is longer than its line ends in …
};
// As value_text where that fits; otherwise a record or list with a line for each of its parts. The
// first line is without indent, the last without an end.
std::string value_block(const value::Value& value, const BlockLayout& layout,
                        const value::Fingerprint& fingerprint = {});

// Two values that differ, in `width` each: of long ones, the part around the first difference.
struct ValuePair {
    std::string before;
    std::string after;
};
ValuePair value_pair(const value::Value& before, const value::Value& after, std::size_t width,
                     const value::Fingerprint& fingerprint = {});

}
