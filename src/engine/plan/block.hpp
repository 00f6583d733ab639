#pragma once

#include "engine/plan/observations.hpp"
#include "engine/plan/planning.hpp"
#include "engine/plan/resource.hpp"

namespace engine {

// Block: what cannot be decided, or was left out, takes with it whatever waits for it and whatever
// it depends on that would go away. Adds the reasons, for people.
void block(const PlanningContext& context, const Observations& observations,
           const ResourceTable& table, Decisions& decisions);

}
