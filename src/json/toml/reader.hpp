#pragma once

#include "json/events.hpp"

#include <string_view>

namespace json::toml {

// Reads a TOML document (1.0, and what 1.1 adds to strings, inline tables and times) as one object.
// Dates and times are strings in their canonical form; infinities and NaN are refused. Members come
// in the order in which their names first appear. Errors carry a SyntaxError.
base::Result<void> read(std::string_view text, Events& events, const Limits& limits = {});

}
