#pragma once

#include "cli/views/plan_causes.hpp"
#include "engine/plan/plan_json.hpp"

#include <string>
#include <vector>

namespace cli {

// One path that changes in all steps of a group.
struct GroupChange {
    std::string path;
    bool forces = false;
    bool varies = false;           // not the same in all steps
    engine::FieldChange example;   // of the first step
};

// Steps that a person judges as one: same action, type and cause, same paths.
struct StepGroup {
    engine::StepAction action = engine::StepAction::None;
    std::string type;
    std::string reason;   // with the way to where it begins: PlanCauses::text
    bool create_first = false;
    bool is_look_up = false;
    std::vector<const engine::Step*> steps;
    std::vector<GroupChange> changes;
};

// In the order to be shown: what cannot be undone first, larger groups before smaller ones.
std::vector<StepGroup> group_steps(const engine::Plan& plan, bool collapse);

// Things that were changed outside in the same way.
struct DriftGroup {
    std::vector<const engine::Drift*> drifts;
};
std::vector<DriftGroup> group_drift(const engine::Plan& plan, bool collapse);

// What a beginning comes to in all: an edited line, what left the program, …
struct CauseTotal {
    std::string root;
    engine::Summary summary;
};
// The riskiest first, then the largest.
std::vector<CauseTotal> cause_totals(const engine::Plan& plan);

}
