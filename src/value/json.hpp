#pragma once

#include "base/advice.hpp"
#include "value/value.hpp"
#include "json/value.hpp"

#include <functional>
#include <string>

namespace value {

// How a secret node is named in JSON: state::Key::fingerprint_text, usually.
using Fingerprint = std::function<std::string(const Value& secret)>;

// The JSON form of ENGINE §11 on one line: an unknown is {"$unknown": "String"}, a secret is
// {"$secret": "fingerprint"}. Integers are exact, other numbers as Nickel prints them.
std::string to_json(const Value& value, const Fingerprint& fingerprint);
void append_json(std::string& out, const Value& value, const Fingerprint& fingerprint);

// The same as a tree.
json::Value json_value(const Value& value, const Fingerprint& fingerprint);

// Plain data of a document; numbers exact.
Value from_json(const json::Value& value);

// What to do next, in the JSON of errors, problems and events.
json::Value advice_record(const base::Advice& advice);

// "String", "Dyn", …
std::string_view name_of(value::ValueType type);

}
