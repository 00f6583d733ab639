#pragma once

#include "infra/value.hpp"

#include <string>

namespace cli {

// A value as people read it, on one line, in Nickel's spelling: { mode = "0644", ports = [80] }.
// Unknown is (known after apply), a secret is (secret). What is longer than `width` ends in ….
std::string value_text(const infra::Value& value, std::size_t width = SIZE_MAX);

}
