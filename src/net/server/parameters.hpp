#pragma once

#include "base/check.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace net {

// The values that a request's path has for the parameters of the pattern it fits, decoded.
class Parameters {
public:
    struct Value {
        std::string name;
        std::string text;
        std::optional<std::int64_t> number;   // of one that was declared an integer
    };

    void add(Value value) { values_.push_back(std::move(value)); }

    // Asking for a parameter that the pattern does not have, or not of that type, is our own
    // mistake.
    const std::string& text(std::string_view name) const { return get(name).text; }
    std::int64_t integer(std::string_view name) const {
        const Value& value = get(name);
        CHECK(value.number.has_value());
        return *value.number;
    }
    // Null when the pattern does not have it.
    const Value* find(std::string_view name) const {
        for (const Value& value : values_) {
            if (value.name == name) return &value;
        }
        return nullptr;
    }
    const std::vector<Value>& values() const { return values_; }

private:
    const Value& get(std::string_view name) const {
        const Value* value = find(name);
        CHECK(value != nullptr);
        return *value;
    }

    std::vector<Value> values_;
};

}
