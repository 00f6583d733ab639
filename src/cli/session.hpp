#pragma once

#include "base/worker_pool.hpp"
#include "cli/context.hpp"
#include "engine/apply/recovery.hpp"
#include "engine/plan/plan_json.hpp"
#include "engine/plan/planner.hpp"
#include "engine/plan/saved_plan.hpp"
#include "engine/workspace/workspace.hpp"
#include "lang/program.hpp"
#include "state/key.hpp"
#include "state/state.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cli {

class Args;

// The folder of the workspace that a command works on: the nearest main.ncl upward, otherwise the
// workspace in `use`.
base::Result<engine::Workspace> find_workspace(const Context& context);

// A workspace and one of its environments, opened for a command that has to do with resources. Its
// parts are made when they are asked for, so that a command pays for what it uses.
class Session {
public:
    static base::Result<std::unique_ptr<Session>> open(Context& context);
    ~Session();

    const engine::Workspace& workspace() const { return workspace_; }
    const std::string& environment() const { return environment_; }
    // The providers that ship and those that the workspace's extensions bring along.
    base::Result<provider::ProviderRegistry*> registry();
    base::WorkerPool& workers();

    // Opened once, in the mode of the first call; a state that is only read is not created.
    base::Result<state::State*> state(state::OpenMode mode);
    bool has_state() const;
    // Recovery of runs that died, told on standard error. Nothing where there is no state.
    // Who is patient waits some minutes for what a dead run's requests may still do.
    enum class RecoveryWait : unsigned char { Asks, Waits };
    base::Result<void> recover(RecoveryWait patience = RecoveryWait::Asks);

    struct PlanOptions {
        bool destroy = false;
        bool refresh = true;
        bool accept_missing = false;
        std::vector<std::string> settings;   // --set
        std::vector<std::string> only;       // --only, --except
        std::vector<std::string> except;
        bool graph = false;
        std::string importing;
        const engine::SavedPlan* approved =
            nullptr;   // its sources are used, its steps alone planned
    };
    // Evaluates and plans; what keeps the plan from being made is ready to be shown.
    base::Result<engine::Plan> plan(const PlanOptions& wanted);
    // The plan with all that it takes to run it later; with the key, exactly as shown.
    engine::SavedPlan saved(const engine::Plan& plan, const PlanOptions& wanted,
                            const state::Key* key);
    base::Result<const state::Key*> key();
    // Files of the workspace that are not as the saved plan has them.
    std::vector<std::string> changed_since(const engine::SavedPlan& plan) const;
    base::Result<std::size_t> check(const std::vector<std::string>& settings);

    // The state as the plan read it.
    const state::Snapshot& snapshot() const { return snapshot_; }
    engine::Planner& planner() { return *planner_; }
    value::Fingerprint fingerprint() const;

private:
    void tell(const engine::Recovered& one);
    base::Result<void> wait_until(base::Time until);
    Session(Context& context, engine::Workspace workspace);
    base::Result<void> evaluate(const PlanOptions& wanted, bool all_unknown);
    std::string path_of(const std::string& source) const;

    Context& context_;
    engine::Workspace workspace_;
    std::string environment_;
    std::vector<std::unique_ptr<provider::Provider>> extensions_;   // outlive the platforms
    std::unique_ptr<provider::ProviderRegistry> registry_;
    std::unique_ptr<state::State> state_;
    const state::Key* key_ = nullptr;
    state::Snapshot snapshot_;
    std::unique_ptr<lang::Program> program_;
    std::unique_ptr<base::WorkerPool> workers_;   // joins before what its jobs use goes
    std::unique_ptr<engine::Planner> planner_;
};

// --only and --except, for commands that plan.
void declare_choice(Args& args, Session::PlanOptions& wanted);

// --set, for commands that evaluate.
void declare_set(Args& args, std::vector<std::string>& settings);

}
