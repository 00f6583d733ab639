#pragma once

#include "cli/command.hpp"
#include "cli/context.hpp"
#include "engine/run/deployment.hpp"
#include "engine/run/plan.hpp"

namespace cli {

class Args;

// The folder of the workspace that a command works on: the nearest main.ncl upward, otherwise the
// workspace in `use`.
base::Result<engine::Workspace> find_workspace(const Context& context);

// Whose records about a workspace are looked at, and where they are.
engine::TrustOptions trust_options(const Context& context, const engine::Workspace& workspace);

// The environment that the command is about, with the settings in it. The context outlives it.
base::Result<std::unique_ptr<engine::Deployment>> open_deployment(Context& context);

// A command about an environment of a workspace. It is opened first; problems of a program that end
// the work are made ready to be shown.
class DeploymentCommand : public Command {
public:
    base::Result<int> run(Context& context) final;

protected:
    virtual base::Result<int> work(Context& context, engine::Deployment& deployment) = 0;
};

// --only and --except, for commands that plan.
void declare_choice(Args& args, engine::PlanRequest& wanted);

// --set, for commands that evaluate.
void declare_set(Args& args, std::vector<std::string>& settings);

}
