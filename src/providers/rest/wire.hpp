#pragma once

#include "provider/values.hpp"
#include "value/json.hpp"
#include "json/value.hpp"

#include <optional>
#include <string>
#include <string_view>

// Between what the engine hands around and what APIs speak.
namespace providers::rest {

// Unknown parts become null: nothing unknown is to be sent.
json::Value to_json(const value::Value& value);
using provider::field_of;
using provider::flag_of;
using provider::id_text;
using provider::is_set;
using provider::items_of;
using provider::text_of;
using value::from_json;

// Down a path of members, "datacenter.location.name"; null when one of them is missing. An
// empty path is the object itself.
const json::Value* at_path(const json::Value& object, std::string_view path);

// What is at such a path as far as it is known: null where that, or something on the way, is null;
// none where the document does not tell.
std::optional<value::Value> shown_at(const json::Value& object, std::string_view path);

// Sets what is at a path, and makes the objects on the way; an empty path stands for all of it.
void set_at(json::Value& document, std::string_view path, json::Value value);
// What RFC 7396 takes from one document to another: of objects the members that differ, and null
// for those that go.
json::Value merge_patch(const json::Value& now, const json::Value& wanted);

// A member of an object; null where there is none.
value::Value member_of(const json::Value& object, std::string_view name);

// Whether it is to be taken away, and not only left to itself: there, and null.
bool is_taken_away(const value::Value& record, std::string_view name);

// An id in whatever notation an API has it; "" when it is neither a number nor a text.
std::string id_text(const json::Value* id);
// As the number that the API wants.
json::Value id_number(std::string_view id);

}
