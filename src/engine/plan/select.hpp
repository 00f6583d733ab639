#pragma once

#include "engine/plan/planning.hpp"
#include "engine/plan/problems.hpp"
#include "engine/plan/resource.hpp"

namespace engine {

// Select: leaves out what was not asked for (`only`, `except`) or not approved. What is left out is
// blocked, so that whatever would need it is blocked with it.
void select(const PlanningContext& context, const ResourceTable& table, Decisions& decisions,
            ProblemList& problems);

}
