#pragma once

#include "engine/run/deployment.hpp"

namespace engine {

struct DeclaredInputs {
    std::shared_ptr<const lang::Program> program;   // renders their errors
    std::vector<lang::DeclaredInput> inputs;        // by name
};

// What the program declares under `inputs`, with what it is given and what it lacks. Asks no
// platform, reads no state. Errors as those of check(), as far as they are not of one input.
base::Result<DeclaredInputs> declared_inputs(Deployment& deployment,
                                             const std::vector<lang::Given>& given);

}
