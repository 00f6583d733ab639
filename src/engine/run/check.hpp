#pragma once

#include "engine/plan/planning.hpp"
#include "engine/run/deployment.hpp"

namespace engine {

// Evaluates the program with every output unknown, and holds each instance against its schema. Asks
// no platform, reads no state. Errors as those of plan().
base::Result<Checked> check(Deployment& deployment, const std::vector<lang::Given>& given,
                            const std::stop_token& stop);

}
