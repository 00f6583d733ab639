#pragma once

#include "engine/run/apply.hpp"

namespace engine {

// Of `apply FILE` and `run resume`: what was approved before is done, and nothing more.

// Recovers, plans once more from the plan's own sources, and runs it if each step is as it was
// approved. Usage: it is of another workspace or environment. OutOfDate: something has moved.
base::Result<ApplyOutcome> apply_saved(Deployment& deployment, const SavedPlan& approved,
                                       bool stop_on_failure, Observer& observer, const Stop& stop);

struct ResumeRequest {
    std::optional<std::string> run;   // its number or id; none: the newest apply or destroy
    bool stop_on_failure = false;
};
// What is left of the plan of a run that did not end well. NotFound without such a run;
// FailedPrecondition when it left nothing to do.
base::Result<ApplyOutcome> resume(Deployment& deployment, const ResumeRequest& request,
                                  Observer& observer, const Stop& stop);

}
