#pragma once

#include "infra/plan/plan_json.hpp"

#include <string>
#include <vector>

namespace cli {

// One path that changes in all steps of a group.
struct GroupChange {
    std::string path;
    bool forces = false;
    bool varies = false;               // not the same in all steps
    infra::FieldChange example;        // of the first step
};

// Steps that a person judges as one: same action, type and cause, same paths.
struct StepGroup {
    infra::StepAction action = infra::StepAction::None;
    std::string type;
    std::string reason;                // with the place of an edit: "`size` changed (main.ncl:12)"
    std::vector<const infra::Step*> steps;
    std::vector<GroupChange> changes;
};

// In the order to be shown: what cannot be undone first, larger groups before smaller ones.
std::vector<StepGroup> group_steps(const infra::Plan& plan, const infra::Planner& planner, bool collapse);

}
