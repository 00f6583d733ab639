#include "provider/values.hpp"

#include "value/number/rational.hpp"

#include <algorithm>

namespace provider {

using value::Value;

const Value& field_of(const Value& record, std::string_view name) {
    static const Value kNull;
    const Value* found = record.find(name);
    return found != nullptr ? *found : kNull;
}

bool is_set(const Value& record, std::string_view name) {
    return !field_of(record, name).is_null();
}

bool same_field(const Value& a, const Value& b, std::string_view name) {
    return field_of(a, name).same_as(field_of(b, name));
}

const std::string& text_of(const Value& record, std::string_view name) {
    static const std::string kEmpty;
    const std::string* text = field_of(record, name).as_string();
    return text != nullptr ? *text : kEmpty;
}

bool flag_of(const Value& record, std::string_view name, bool fallback) {
    const bool* flag = field_of(record, name).as_bool();
    return flag != nullptr ? *flag : fallback;
}

std::int64_t integer_of(const Value& record, std::string_view name, std::int64_t fallback) {
    const std::int64_t* number = field_of(record, name).as_integer();
    return number != nullptr ? *number : fallback;
}

std::chrono::milliseconds seconds_of(const Value& record, std::string_view name,
                                     std::chrono::milliseconds fallback) {
    // Beyond thirty years everything is "never", and the multiplication below cannot overflow.
    constexpr double kLongest = 1e9;
    const Value& field = field_of(record, name);
    double amount = 0;
    if (const std::int64_t* whole = field.as_integer()) {
        amount = static_cast<double>(*whole);
    } else if (const value::Rational* exact = field.as_rational()) {
        amount = exact->to_double();
    } else {
        return fallback;
    }
    amount = std::clamp(amount, 0.0, kLongest);
    return std::chrono::milliseconds(static_cast<std::int64_t>(amount * 1000));
    // An amount below zero is none, rather than a deadline that was over before it began.
}

const Value::Array& items_of(const Value& record, std::string_view name) {
    static const Value::Array kNone;
    const Value::Array* items = field_of(record, name).as_array();
    return items != nullptr ? *items : kNone;
}

std::vector<std::string> texts_of(const Value& record, std::string_view name) {
    std::vector<std::string> out;
    for (const Value& item : items_of(record, name)) {
        if (const std::string* text = item.as_string()) out.push_back(*text);
    }
    return out;
}

std::map<std::string, std::string> text_map_of(const Value& record, std::string_view name) {
    std::map<std::string, std::string> out;
    const Value::Record* members = field_of(record, name).as_record();
    if (members == nullptr) return out;
    for (const auto& [key, value] : *members) {
        if (const std::string* text = value.as_string()) out[key] = *text;
    }
    return out;
}

std::string id_text(const Value* id) {
    if (id == nullptr) return {};
    // Numbers of a platform's ids are whole; one beyond 64 bits comes as text or not at all.
    if (const std::int64_t* number = id->as_integer()) return std::to_string(*number);
    const std::string* text = id->as_string();
    return text != nullptr ? *text : std::string();
}

}
