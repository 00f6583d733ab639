#pragma once

#include "engine/plan/observations.hpp"

#include <span>

namespace engine {

// Removed: rows without an instance join the table. They are to be deleted, unless a deferral hides
// whether they are still wanted. With `is_destroy` there is no program.
void add_removed(const PlanningContext& context, bool is_destroy,
                 std::span<const Deferral> deferrals, ResourceTable& table,
                 Observations& observations, ProblemList& problems);

}
