#pragma once

#include "engine/run/deployment.hpp"

namespace engine {

// Evaluates the program with every output unknown, and holds each instance against its schema. Asks
// no platform, reads no state. How many instances there are; errors as those of plan().
base::Result<std::size_t> check(Deployment& deployment, const std::vector<lang::Given>& given,
                                const std::stop_token& stop);

}
