#pragma once

#include "json/events.hpp"

#include <string_view>

namespace json {

// Reads one JSON text, strictly after RFC 8259. Errors carry a SyntaxError (error.hpp).
base::Result<void> read(std::string_view text, Events& events, const Limits& limits = {});

}
