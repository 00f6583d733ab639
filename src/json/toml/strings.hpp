#pragma once

#include "base/result.hpp"
#include "json/toml/cursor.hpp"

#include <string>

// The four forms of a string of TOML (1.0, "String").
namespace json::toml {

// In whichever form, from its first quote on.
base::Result<std::string> read_string(Cursor& in);
// Those of one line, from behind their first quote.
base::Result<std::string> read_basic_string(Cursor& in);
base::Result<std::string> read_literal_string(Cursor& in);

}
