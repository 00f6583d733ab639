#pragma once

#include "cli/session.hpp"

namespace cli {

// What `apply` and `destroy` have in common: plan, show, ask, run, report.
struct ApplyRequest {
    std::string command;
    Session::PlanOptions wanted;
    bool yes = false;
    bool stop_on_failure = false;
    bool full = false;
    bool all = false;
    // Runs what was approved before, and nothing more; asks nothing.
    std::optional<engine::SavedPlan> approved;
    engine::PlanMatch likeness = engine::PlanMatch::Same;
};
base::Result<int> run_apply(Context& context, ApplyRequest request);
// `apply FILE` and `run resume`.
base::Result<int> run_saved(Context& context, Session& session, ApplyRequest request);

}
