#pragma once

#include "engine/run/deployment.hpp"
#include "lang/loader.hpp"

namespace cli::nickel {

// How a program of the workspace is evaluated by itself, without resources: with the modules of its
// providers, where its imports are looked for, and the limits that hold for it.
base::Result<lang::EvaluationOptions> workspace_options(engine::Deployment& deployment);

}
