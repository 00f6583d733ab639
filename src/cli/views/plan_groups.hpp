#pragma once

#include "cli/views/plan_causes.hpp"
#include "infra/plan/plan_json.hpp"

#include <string>
#include <vector>

namespace cli {

// One path that changes in all steps of a group.
struct GroupChange {
    std::string path;
    bool forces = false;
    bool varies = false;          // not the same in all steps
    infra::FieldChange example;   // of the first step
};

// Steps that a person judges as one: same action, type and cause, same paths.
struct StepGroup {
    infra::StepAction action = infra::StepAction::None;
    std::string type;
    std::string reason;   // with the way to where it begins: PlanCauses::text
    bool create_first = false;
    std::vector<const infra::Step*> steps;
    std::vector<GroupChange> changes;
};

// In the order to be shown: what cannot be undone first, larger groups before smaller ones.
std::vector<StepGroup> group_steps(const infra::Plan& plan, const infra::Planner& planner,
                                   bool collapse);

// Things that were changed outside in the same way.
struct DriftGroup {
    std::vector<const infra::Drift*> drifts;
};
std::vector<DriftGroup> group_drift(const infra::Plan& plan, bool collapse);

// What a beginning comes to in all: an edited line, what left the program, …
struct CauseTotal {
    std::string root;
    infra::Summary summary;
};
// The riskiest first, then the largest.
std::vector<CauseTotal> cause_totals(const infra::Plan& plan);

}
