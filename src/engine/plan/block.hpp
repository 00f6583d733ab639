#pragma once

#include "engine/plan/observations.hpp"
#include "engine/plan/planning.hpp"
#include "engine/plan/resource.hpp"

namespace engine {

// Block: what cannot be decided, or was left out, takes with it whatever waits for it and whatever
// it depends on that would go away. Adds the reasons, for people.
void block(const PlanningContext& context, const Observations& observations,
           const ResourceTable& table, Decisions& decisions);

// What was changed outside into what it cannot be set back from stays as it is, and is told with
// the place to write that at. Nothing waits for it: it is there.
void leave_stuck(const ResourceTable& table, const lang::Program* program, Decisions& decisions);

}
