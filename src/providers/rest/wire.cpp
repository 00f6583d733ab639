#include "providers/rest/wire.hpp"

#include "value/number/rational.hpp"

#include <charconv>

namespace providers::rest {

using value::Value;

json::Value to_json(const Value& value) {
    if (const bool* flag = value.as_bool()) return *flag;
    if (const std::int64_t* number = value.as_integer()) return *number;
    if (const value::Rational* number = value.as_rational()) return number->to_double();
    if (const std::string* text = value.as_string()) return *text;
    if (const Value::Array* items = value.as_array()) {
        json::Array out;
        out.reserve(items->size());
        for (const Value& item : *items) out.push_back(to_json(item));
        return out;
    }
    if (const Value::Record* members = value.as_record()) {
        json::Object out;
        for (const auto& [name, member] : *members) out.set(name, to_json(member));
        return out;
    }
    return nullptr;
}

const json::Value* at_path(const json::Value& object, std::string_view path) {
    const json::Value* at = &object;
    while (at != nullptr && !path.empty()) {
        const std::size_t dot = path.find('.');
        at = at->find(path.substr(0, dot));
        path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    }
    return at;
}

Value member_of(const json::Value& object, std::string_view name) {
    const json::Value* member = object.find(name);
    return member != nullptr ? from_json(*member) : Value();
}

std::string id_text(const json::Value* id) {
    if (id == nullptr) return {};
    if (const std::int64_t* number = id->as_int64()) return std::to_string(*number);
    const std::string* text = id->as_string();
    return text != nullptr ? *text : std::string();
}

std::string id_text(const Value* id) {
    if (id == nullptr) return {};
    if (const std::int64_t* number = id->as_integer()) return std::to_string(*number);
    const std::string* text = id->as_string();
    return text != nullptr ? *text : std::string();
}

json::Value id_number(std::string_view id) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (error == std::errc() && end == id.data() + id.size()) return number;
    return id;
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

bool is_set(const Value& record, std::string_view name) {
    return !field_of(record, name).is_null();
}

const Value::Array& items_of(const Value& record, std::string_view name) {
    static const Value::Array kNone;
    const Value::Array* items = field_of(record, name).as_array();
    return items != nullptr ? *items : kNone;
}

const Value& field_of(const Value& record, std::string_view name) {
    static const Value kNull;
    const Value* found = record.find(name);
    return found != nullptr ? *found : kNull;
}

}
