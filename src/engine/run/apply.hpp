#pragma once

#include "engine/run/plan.hpp"

namespace engine {

struct ApplyRequest {
    PlanRequest plan;   // `destroy` makes it one
    // Approved in advance. Covers what the first plan says, whatever it is; of what becomes known
    // later, making things and changing them in place.
    bool is_approved = false;
    bool stop_on_failure = false;
    // Addresses whose things exist and are not recorded: they are recorded first.
    std::vector<std::string> adopted = {};
};

struct ApplyOutcome {
    Planned planned;      // of the last round
    ApplyReport report;   // its counts are those of all rounds
    int rounds = 1;
    // All went well, and yet not all is done: why.
    std::optional<base::Error> undecided;
};

// Recovers, plans, asks the observer for approval and applies; where a deferral hid a part of the
// program, goes on with that part once it is known (ENGINE §6), until there is nothing more.
// An error: nothing was begun, or a later round could not be planned or was not approved.
base::Result<ApplyOutcome> apply(Deployment& deployment, const ApplyRequest& request,
                                 Observer& observer, const Stop& stop);

// The same for the removal of everything in the state.
base::Result<ApplyOutcome> destroy(Deployment& deployment, ApplyRequest request, Observer& observer,
                                   const Stop& stop);

}
