#pragma once

#include "value/value.hpp"

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// Reading the records that resources are described with: inputs, outputs and settings.
namespace provider {

// The field, or null.
const value::Value& field_of(const value::Value& record, std::string_view name);
bool is_set(const value::Value& record, std::string_view name);
bool same_field(const value::Value& a, const value::Value& b, std::string_view name);

// What a field is; what is absent, null, unknown or of another type is "" or the fallback.
const std::string& text_of(const value::Value& record, std::string_view name);
bool flag_of(const value::Value& record, std::string_view name, bool fallback = false);
std::int64_t integer_of(const value::Value& record, std::string_view name, std::int64_t fallback);
// In seconds, fractions allowed.
std::chrono::milliseconds seconds_of(const value::Value& record, std::string_view name,
                                     std::chrono::milliseconds fallback);
// Elements of an array field, the strings among them, and the strings of a record field.
const value::Value::Array& items_of(const value::Value& record, std::string_view name);
std::vector<std::string> texts_of(const value::Value& record, std::string_view name);
std::map<std::string, std::string> text_map_of(const value::Value& record, std::string_view name);

// An id, in whichever notation a platform has it; "" when it is neither a number nor a text.
std::string id_text(const value::Value* id);

}
