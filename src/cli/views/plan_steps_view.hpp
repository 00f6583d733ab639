#pragma once

#include "cli/views/plan_view.hpp"

#include <string>

namespace cli {

// The steps of a plan in sections, the riskiest first; "" if there are none.
std::string steps_text(const engine::Plan& plan, const PlanViewOptions& options);

}
