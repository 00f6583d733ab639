#pragma once

#include "engine/apply/import.hpp"
#include "engine/run/plan.hpp"

namespace engine {

// Records orphans: things that were made here and that no row knows. Of `keys`, or all where there
// is none. Errors: those of `adopt_orphans` (engine/apply/import.hpp) and of plan().
// What the program still has is recorded with what no platform shows of it, as the program says it.
base::Result<std::vector<Taken>> adopt(Deployment& deployment, const std::vector<std::string>& keys,
                                       const std::vector<lang::Given>& given, Observer& observer,
                                       const std::stop_token& stop);

// What stands for these addresses, or beneath them, and is not recorded: by its tags or, where a
// thing is known by one of its inputs (a path), by that. NotFound: there is nothing of the kind.
base::Result<std::vector<state::Row>> adopt_at(Deployment& deployment,
                                               const std::vector<std::string>& addresses,
                                               const PlanRequest& wanted, Observer& observer,
                                               const std::stop_token& stop);

}
