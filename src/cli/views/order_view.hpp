#pragma once

#include "engine/plan/plan.hpp"

#include <string>

namespace cli {

// The steps as they will run, one a line, each with what it waits for and why. A replacement is two
// of them; detaching is one of its own. The number is that of the round:
// steps of the same number wait for none of each other.
std::string order_text(const engine::Plan& plan);

}
