#pragma once

#include "engine/run/apply.hpp"

namespace engine {

// What was approved before: that is done, and nothing more.
struct Approved {
    const SavedPlan& plan;
    PlanMatch match = PlanMatch::Same;
};

// Plans and applies until there is nothing more. `approved` may be null.
base::Result<ApplyOutcome> apply_in_rounds(Deployment& deployment, const ApplyRequest& request,
                                           const Approved* approved, Observer& observer,
                                           const Stop& stop);

// What was left out of a plan because it cannot be decided now: not all is done.
std::optional<base::Error> undecided(const Plan& plan, const state::Snapshot& snapshot);

}
