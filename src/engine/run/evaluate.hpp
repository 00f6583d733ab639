#pragma once

#include "engine/run/plan.hpp"

namespace engine {

// The program of a deployment, of which nothing is evaluated yet.
struct Evaluation {
    std::vector<lang::Given> given;
    const SavedPlan* approved = nullptr;   // its sources and what was given instead
    bool all_unknown = false;
    std::stop_token stop;
};
base::Result<std::shared_ptr<lang::Program>> make_program(Deployment& deployment,
                                                          const Evaluation& evaluation);

// Sources beneath the workspace are named relative to it, so that it may lie elsewhere tomorrow.
std::string path_of(const Workspace& workspace, const std::string& source);

}
