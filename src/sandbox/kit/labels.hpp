#pragma once

#include "base/result.hpp"
#include "json/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

// What is wrong with labels, or empty. A prefix of keys that only the vendor may use may be empty.
std::string problem_of_labels(const json::Value& labels, std::string_view reserved_prefix);

// A label selector in the language of Kubernetes: terms joined by commas, all of which must hold.
class Selector {
public:
    // InvalidArgument: "invalid identifier at position 3".
    static base::Result<Selector> parse(std::string_view text);

    bool matches(const json::Value* labels) const;

private:
    struct Term {
        enum class Kind : unsigned char { Has, HasNot, In, NotIn };
        Kind kind = Kind::Has;
        std::string key;
        std::vector<std::string> values;
    };
    std::vector<Term> terms_;
};

}
