#pragma once

#include "json/events.hpp"

#include <string>
#include <string_view>

namespace json::yaml {

// What a plain scalar is: the core schema of YAML 1.2 as the official implementation reads it. So
// `yes`, `0b11` and dates are strings, `0x-10` is a number, and infinities are refused.
struct Scalar {
    enum class Kind : unsigned char { Null, True, False, Number, NotFinite, String };
    Kind kind = Kind::String;
    std::string number;   // in JSON's notation
};

Scalar resolve(std::string_view text);

// The same with a tag of the core schema (`int` of `!!int`). Nothing if the tag is unknown or the
// text not of its kind: `problem` then says which.
Scalar resolve_tagged(std::string_view text, std::string_view tag, std::string& problem);

}
