#pragma once

#include "engine/plan/problems.hpp"
#include "engine/plan/resource.hpp"
#include "lang/program.hpp"

namespace engine {

// The stage: what inputs name and no platform has. Where the program makes it, whoever names it
// follows it; where it does not, that is told before anything begins.
void find_missing(const lang::Program& program, ResourceTable& table, ProblemList& problems);

}
