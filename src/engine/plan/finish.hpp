#pragma once

#include "engine/plan/arrange.hpp"
#include "engine/plan/observations.hpp"

#include <vector>

namespace lang {
class Program;
}

namespace engine {

// What the stages before have found, for the last one.
struct Findings {
    const PlanningContext& context;
    const lang::Program* program;   // null: of a destroy
    ResourceTable& table;           // the inputs of what becomes a step are moved out of it
    const Observations& observations;
    std::vector<std::vector<Cause>>& causes;   // by resource; moved out of
    Decisions& decisions;                      // its lists are moved out of
    Arrangement& arrangement;                  // moved out of
};

// Finish: all that was found, as a plan that needs none of it any more.
Plan finish(Findings findings);

// What the platform shows otherwise than recorded, with what becomes of each change.
std::vector<Drift> find_drift(const provider::ProviderRegistry& registry,
                              const ResourceTable& table, const Decisions& decisions);

}
