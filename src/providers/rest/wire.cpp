#include "providers/rest/wire.hpp"

#include "value/number/rational.hpp"

#include <charconv>

namespace providers::rest {

using value::Value;

json::Value to_json(const Value& value) {
    if (const bool* flag = value.as_bool()) return *flag;
    if (const std::int64_t* number = value.as_integer()) return *number;
    // JSON has binary fractions; what an API takes as a number is one of those.
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

std::optional<Value> shown_at(const json::Value& object, std::string_view path) {
    const json::Value* at = &object;
    while (!path.empty()) {
        const std::size_t dot = path.find('.');
        at = at->find(path.substr(0, dot));
        if (at == nullptr) return std::nullopt;
        // `placement_group: null` tells of `placement_group.id` too.
        if (at->is_null()) return Value();
        path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    }
    return from_json(*at);
}

void set_at(json::Value& document, std::string_view path, json::Value value) {
    if (path.empty()) {
        document = std::move(value);
        return;
    }
    const std::size_t dot = path.find('.');
    const std::string name(path.substr(0, dot));
    if (!document.is_object()) document = json::Object{};
    json::Object& object = *document.as_object();
    if (dot == std::string_view::npos) {
        object.set(name, std::move(value));
        return;
    }
    json::Value* inner = object.find(name);
    if (inner == nullptr) inner = &object.set(name, json::Object{});
    set_at(*inner, path.substr(dot + 1), std::move(value));
}

json::Value merge_patch(const json::Value& now, const json::Value& wanted) {
    const json::Object* before = now.as_object();
    const json::Object* after = wanted.as_object();
    // RFC 7396: what is no object is replaced as a whole, arrays too.
    if (before == nullptr || after == nullptr) return wanted;
    json::Object out;
    for (const json::Member& member : *before) {
        if (after->find(member.key) == nullptr) out.set(member.key, nullptr);
    }
    for (const json::Member& member : *after) {
        const json::Value* known = before->find(member.key);
        // What stays is left out, or somebody else's change to it would be undone.
        if (known != nullptr && *known == member.value) continue;
        out.set(member.key, known != nullptr ? merge_patch(*known, member.value) : member.value);
    }
    return out;
}

Value member_of(const json::Value& object, std::string_view name) {
    const json::Value* member = object.find(name);
    return member != nullptr ? from_json(*member) : Value();
}

bool is_taken_away(const value::Value& record, std::string_view name) {
    const value::Value* field = record.find(name);
    return field != nullptr && field->is_null();
}

std::string id_text(const json::Value* id) {
    if (id == nullptr) return {};
    if (const std::int64_t* number = id->as_int64()) return std::to_string(*number);
    const std::string* text = id->as_string();
    return text != nullptr ? *text : std::string();
}

json::Value id_number(std::string_view id) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (error == std::errc() && end == id.data() + id.size()) return number;
    // Whatever it is, it is sent as it was given: the service says what is wrong with it.
    return id;
}

}
