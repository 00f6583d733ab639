#pragma once

#include "base/worker_pool.hpp"
#include "cli/context.hpp"
#include "infra/apply/recovery.hpp"
#include "infra/plan/plan_json.hpp"
#include "infra/plan/planner.hpp"
#include "infra/plan/saved_plan.hpp"
#include "infra/state/key.hpp"
#include "infra/state/state.hpp"
#include "infra/workspace/workspace.hpp"
#include "lang/program.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cli {

class Args;

// The folder of the workspace that a command works on: the nearest main.ncl upward, otherwise the
// workspace in `use`.
base::Result<infra::Workspace> find_workspace(const Context& context);

// A workspace and one of its environments, opened for a command that has to do with resources. Its
// parts are made when they are asked for, so that a command pays for what it uses.
class Session {
public:
    static base::Result<std::unique_ptr<Session>> open(Context& context);
    ~Session();

    const infra::Workspace& workspace() const { return workspace_; }
    const std::string& environment() const { return environment_; }
    // The providers that ship and those that the workspace's extensions bring along.
    base::Result<infra::Platforms*> platforms();
    base::WorkerPool& workers();

    // Opened once, in the mode of the first call; a state that is only read is not created.
    base::Result<infra::state::State*> state(infra::state::OpenMode mode);
    bool has_state() const;
    // Recovery of runs that died, told on standard error. Nothing where there is no state.
    // Who is patient waits some minutes for what a dead run's requests may still do.
    enum class Patience : unsigned char { Asks, Waits };
    base::Result<void> recover(Patience patience = Patience::Asks);

    struct Wanted {
        bool destroy = false;
        bool refresh = true;
        bool accept_missing = false;
        std::vector<std::string> settings;   // --set
        std::vector<std::string> only;       // --only, --except
        std::vector<std::string> except;
        const infra::SavedPlan* approved =
            nullptr;   // its sources are used, its steps alone planned
    };
    // Evaluates and plans; what keeps the plan from being made is ready to be shown.
    base::Result<infra::Plan> plan(const Wanted& wanted);
    // The plan with all that it takes to run it later; with the key, exactly as shown.
    infra::SavedPlan saved(const infra::Plan& plan, const Wanted& wanted,
                           const infra::state::Key* key);
    base::Result<const infra::state::Key*> key();
    // Files of the workspace that are not as the saved plan has them.
    std::vector<std::string> changed_since(const infra::SavedPlan& plan) const;
    base::Result<std::size_t> check(const std::vector<std::string>& settings);

    // The state as the plan read it.
    const infra::state::Snapshot& snapshot() const { return snapshot_; }
    infra::Planner& planner() { return *planner_; }
    infra::Fingerprint fingerprint() const;

private:
    void tell(const infra::Recovered& one);
    base::Result<void> wait_until(base::Time until);
    Session(Context& context, infra::Workspace workspace);
    base::Result<void> evaluate(const Wanted& wanted, bool all_unknown);
    std::string path_of(const std::string& source) const;

    Context& context_;
    infra::Workspace workspace_;
    std::string environment_;
    std::vector<std::unique_ptr<infra::Provider>> extensions_;   // outlive the platforms
    std::unique_ptr<infra::Platforms> platforms_;
    std::unique_ptr<infra::state::State> state_;
    const infra::state::Key* key_ = nullptr;
    infra::state::Snapshot snapshot_;
    std::unique_ptr<lang::Program> program_;
    std::unique_ptr<base::WorkerPool> workers_;   // joins before what its jobs use goes
    std::unique_ptr<infra::Planner> planner_;
};

// --only and --except, for commands that plan.
void declare_choice(Args& args, Session::Wanted& wanted);

// --set, for commands that evaluate.
void declare_set(Args& args, std::vector<std::string>& settings);

}
