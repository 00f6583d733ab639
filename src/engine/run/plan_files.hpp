#pragma once

#include "engine/plan/saved_plan.hpp"
#include "engine/run/deployment.hpp"

namespace engine {

// What the steps of a plan read or run beside the program, and how it is now (SavedPlan::files).
base::Result<std::map<std::string, std::string>> files_of(Deployment& deployment, const Plan& plan);
// OutOfDate (76) names the one that is not as the plan has it.
base::Result<void> check_files(const Workspace& workspace, const SavedPlan& approved);

}
