#pragma once

#include "value/cell.hpp"
#include "value/number/rational.hpp"
#include "value/secret_template.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace value {

// What plans, state, views and providers hand around: plain data, with unknown parts, with a secret
// mark on any node, and with texts whose secrets are only named. Providers see those as strings,
// with the secrets in their places. A value type; records are sorted by name.
class Value {
public:
    using Array = std::vector<Value>;
    using Member = std::pair<std::string, Value>;
    using Record = std::vector<Member>;
    struct Unknown {
        value::ValueType type = value::ValueType::Dyn;
        bool operator==(const Unknown&) const = default;
    };

    Value() = default;   // null
    Value(bool value);
    Value(std::int64_t value);
    Value(value::Rational value);
    Value(std::string value);
    Value(std::string_view value);
    Value(const char* value);
    Value(Array value);
    Value(Record value);           // any order; sorted here
    Value(SecretTemplate value);   // is secret
    static Value unknown(value::ValueType type);

    bool is_null() const;
    bool is_unknown() const;
    // Whether this or any part of it is unknown / secret.
    bool has_unknown() const;
    bool has_secret() const;
    bool is_secret() const { return secret_; }
    void mark_secret() { secret_ = true; }

    const bool* as_bool() const;
    const std::int64_t* as_integer() const;
    const value::Rational* as_rational() const;   // only what no int64 holds
    const std::string* as_string() const;
    const SecretTemplate* as_secret_template() const;
    const Array* as_array() const;
    const Record* as_record() const;
    Array* as_array();
    Record* as_record();
    const Unknown* as_unknown() const;

    // Member of a record by name; null when this is no record or has no such member.
    const Value* find(std::string_view name) const;
    void set(std::string_view name, Value value);   // on null or a record

    // Structural equality, secret marks aside. An unknown equals nothing, not even itself.
    bool same_as(const Value& other) const;
    bool operator==(const Value& other) const = default;

private:
    std::variant<std::monostate, bool, std::int64_t, value::Rational, std::string, Array, Record,
                 Unknown, SecretTemplate>
        data_;
    bool secret_ = false;
};

// Builds a Value from what the evaluator emits.
class ValueBuilder;

}
