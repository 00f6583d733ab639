#pragma once

#include "base/error.hpp"
#include "cli/terminal.hpp"

#include <string>

namespace cli {

// What the user is told: whole lines. As JSON, one object on one line.
std::string render_error(const base::Error& error, const Terminal& terminal);
std::string render_error_json(const base::Error& error);

}
