#include "value/json.hpp"

#include "base/check.hpp"
#include "base/text.hpp"
#include "value/number/rational.hpp"

namespace value {

json::Value advice_record(const base::Advice& advice) {
    json::Object out{{"next", base::name_of(advice.next)}};
    if (!advice.subject.empty()) out.set("subject", advice.subject);
    if (!advice.object.empty()) out.set("object", advice.object);
    return out;
}

std::string_view name_of(value::ValueType type) {
    switch (type) {
        case value::ValueType::Dyn: return "Dyn";
        case value::ValueType::Null: return "Null";
        case value::ValueType::Bool: return "Bool";
        case value::ValueType::Number: return "Number";
        case value::ValueType::String: return "String";
        case value::ValueType::Array: return "Array";
        case value::ValueType::Record: return "Record";
    }
    UNREACHABLE();
}

static void append_parts(std::string& out, const Value& value, const Fingerprint& fingerprint) {
    if (const auto* array = value.as_array()) {
        out += '[';
        for (const Value& item : *array) {
            if (&item != array->data()) out += ',';
            append_json(out, item, fingerprint);
        }
        out += ']';
        return;
    }
    const auto* record = value.as_record();
    CHECK(record != nullptr);
    out += '{';
    for (const auto& member : *record) {
        if (&member != record->data()) out += ',';
        out += base::quote_json(member.first);
        out += ':';
        append_json(out, member.second, fingerprint);
    }
    out += '}';
}

void append_json(std::string& out, const Value& value, const Fingerprint& fingerprint) {
    // Before everything else, and whatever it is: no branch below may see a secret's content.
    // `fingerprint` tells whether two are the same without telling what they are.
    if (value.is_secret()) {
        out += "{\"$secret\":" + base::quote_json(fingerprint(value)) + '}';
    } else if (value.is_null()) {
        out += "null";
    } else if (const auto* unknown = value.as_unknown()) {
        out += "{\"$unknown\":" + base::quote_json(name_of(unknown->type)) + '}';
    } else if (const auto* boolean = value.as_bool()) {
        out += *boolean ? "true" : "false";
    } else if (const auto* integer = value.as_integer()) {
        out += std::to_string(*integer);
    } else if (const auto* number = value.as_rational()) {
        // A whole number with all its digits; a fraction with the 16 that its text has.
        out += number->is_integer() ? number->to_fraction() : number->to_string();
    } else if (const auto* string = value.as_string()) {
        out += base::quote_json(*string);
    } else {
        append_parts(out, value, fingerprint);
    }
}

std::string to_json(const Value& value, const Fingerprint& fingerprint) {
    std::string out;
    append_json(out, value, fingerprint);
    return out;
}

json::Value json_value(const Value& value, const Fingerprint& fingerprint) {
    if (value.is_secret()) return json::Object{{"$secret", fingerprint(value)}};
    if (value.is_null()) return {};
    if (const auto* unknown = value.as_unknown()) {
        return json::Object{{"$unknown", name_of(unknown->type)}};
    }
    if (const auto* boolean = value.as_bool()) return *boolean;
    if (const auto* integer = value.as_integer()) return *integer;
    if (const auto* number = value.as_rational()) {
        return json::Value::number(number->is_integer() ? number->to_fraction()
                                                        : number->to_string());
    }
    if (const auto* string = value.as_string()) return *string;
    if (const auto* array = value.as_array()) {
        json::Array out;
        out.reserve(array->size());
        for (const Value& item : *array) out.push_back(json_value(item, fingerprint));
        return out;
    }
    const auto* record = value.as_record();
    CHECK(record != nullptr);
    json::Object out;
    for (const auto& [name, member] : *record) out.set(name, json_value(member, fingerprint));
    return out;
}

Value from_json(const json::Value& value) {
    if (const bool* flag = value.as_bool()) return *flag;
    if (const std::int64_t* number = value.as_int64()) return *number;
    if (const json::Decimal* number = value.as_decimal()) {
        auto exact = value::Rational::from_decimal(number->text);
        // Beyond the limits of numbers ("1e999999999"): kept as a text rather than as a wrong
        // number.
        return exact.ok() ? Value(std::move(exact).value()) : Value(number->text);
    }
    if (const std::string* text = value.as_string()) return *text;
    if (const json::Array* items = value.as_array()) {
        Value::Array out;
        out.reserve(items->size());
        for (const json::Value& item : *items) out.push_back(from_json(item));
        return out;
    }
    if (const json::Object* members = value.as_object()) {
        Value::Record out;
        for (const json::Member& member : *members) {
            out.emplace_back(member.key, from_json(member.value));
        }
        return out;
    }
    return {};
}

}
