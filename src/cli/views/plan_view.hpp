#pragma once

#include "cli/terminal.hpp"
#include "engine/plan/plan_json.hpp"

#include <string>

namespace cli {

struct PlanViewOptions {
    Terminal terminal;
    bool full = false;                // every step by itself, nothing collapsed
    bool all = false;                 // unchanged resources too
    std::string place = {};           // which workspace and environment; "" where there is none
    value::Fingerprint fingerprint;   // of secrets; without, they are all alike
};

// The plan for a person to judge: what goes away first, equal changes with one cause as one group,
// what differs within a group told by example; then drift, deferrals and what is blocked.
std::string plan_text(const engine::Plan& plan, const PlanViewOptions& options);

// "2 to create, 1 to delete, 7 unchanged" or "nothing to change (7 unchanged)".
std::string summary_text(const engine::Summary& summary);

}
