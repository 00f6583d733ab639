#pragma once

#include "cli/terminal.hpp"
#include "engine/plan/plan.hpp"

#include <string>

namespace cli {

// Rows that get another address, and resources that may only have been renamed: a line each.
std::string moves_text(const engine::Plan& plan, const Terminal& terminal);

}
