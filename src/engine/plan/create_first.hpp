#pragma once

#include "engine/plan/problems.hpp"
#include "engine/plan/resource.hpp"

namespace engine {

// The stage: `lifecycle.create_first` passes on. What such a one reads and is replaced too has its
// new one first as well, or each would wait for the other; so has what reads it, so that it is not
// without both. Where two of one cannot be there at a time, as they would have the same name or
// take the same place, it is refused for whoever asked for it, and what reads it goes only when the
// new one is there.
void pass_on_create_first(const ResourceTable& table, const lang::Program* program,
                          Decisions& decisions, ProblemList& problems);

}
