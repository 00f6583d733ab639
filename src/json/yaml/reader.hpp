#pragma once

#include "json/events.hpp"

#include <string_view>

namespace json::yaml {

// Reads YAML 1.2. One document is its value, several are an array of them, none is null. Aliases
// are expanded, within Limits::max_expanded_nodes; merge keys (`<<`) are ordinary keys. Keys are
// their text. Errors carry a SyntaxError.
base::Result<void> read(std::string_view text, Events& events, const Limits& limits = {});

// Every document as an element of one array.
base::Result<void> read_documents(std::string_view text, Events& events, const Limits& limits = {});

}
