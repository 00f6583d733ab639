#pragma once

#include "value/json.hpp"
#include "json/value.hpp"

#include <string>
#include <string_view>

// Between what the engine hands around and what APIs speak.
namespace providers::rest {

// Unknown parts become null: nothing unknown is to be sent.
json::Value to_json(const value::Value& value);
using value::from_json;

// Down a path of members, "datacenter.location.name"; null when one of them is missing.
const json::Value* at_path(const json::Value& object, std::string_view path);

// A member of an object; null where there is none.
value::Value member_of(const json::Value& object, std::string_view name);

// An id in whatever notation an API has it; "" when it is neither a number nor a text.
std::string id_text(const json::Value* id);
// The same of an input. "" also when it is unknown.
std::string id_text(const value::Value* id);
// As the number that the API wants.
json::Value id_number(std::string_view id);

// A field of a record: its text, or "" when it is absent, null, unknown or no text.
const std::string& text_of(const value::Value& record, std::string_view name);
bool flag_of(const value::Value& record, std::string_view name, bool fallback = false);
bool is_set(const value::Value& record, std::string_view name);
// Elements of an array field; none when it is absent.
const value::Value::Array& items_of(const value::Value& record, std::string_view name);
// The field, or null.
const value::Value& field_of(const value::Value& record, std::string_view name);

}
