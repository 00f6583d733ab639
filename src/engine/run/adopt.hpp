#pragma once

#include "engine/run/plan.hpp"

namespace engine {

// Records orphans: things that were made here and that no row knows. Of `keys`, or all where there
// is none. Errors: those of `adopt_orphans` (engine/apply/import.hpp) and of plan().
base::Result<std::vector<state::Row>> adopt(Deployment& deployment,
                                            const std::vector<std::string>& keys,
                                            const std::vector<lang::Given>& given,
                                            Observer& observer, const std::stop_token& stop);

}
