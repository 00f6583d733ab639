#pragma once

#include <string>
#include <string_view>

namespace json::toml {

// Numbers and times from the run of characters that could be one.
struct Scalar {
    enum class Kind : unsigned char { Number, Time, NotFinite, Invalid };
    Kind kind = Kind::Invalid;
    std::string text;   // the number in JSON's notation, the time in canonical form
    const char* problem = "invalid value";
};

Scalar read_scalar(std::string_view text);

}
