#pragma once

#include "base/clock.hpp"
#include "base/patience.hpp"
#include "base/worker_pool.hpp"
#include "engine/run/programs.hpp"
#include "engine/workspace/workspace.hpp"
#include "lang/program.hpp"
#include "provider/provider.hpp"
#include "provider/registry.hpp"
#include "state/state.hpp"
#include "value/json.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace engine {

// What a deployment has from outside: the engine reads no environment, knows no platform and looks
// for no settings.
struct DeploymentOptions {
    using Providers = std::vector<std::unique_ptr<provider::Provider>>;

    std::string environment = "default";
    std::vector<const provider::Provider*> providers;   // that ship; outlive the deployment
    // Those that the workspace brings along; null: none.
    std::function<base::Result<Providers>(const Workspace&)> load_extensions;
    std::size_t parallelism = 16;   // calls to platforms at once
    lang::Limits limits;
    state::HistoryPolicy history;   // how much of the past the state keeps
    std::chrono::seconds longest_recovery_wait{std::chrono::minutes{3}};
    base::Clock* clock = nullptr;   // null: the system's
    // How long platforms may be out of reach while planning, and what is waited for; the other of
    // the calls of an apply, which have no such limit. Null: nobody looks.
    std::shared_ptr<base::Patience> planning_waits;
    std::shared_ptr<base::Patience> applying_waits;
    // A variable of the environment that providers and secrets are looked for in; null: there is
    // none.
    std::function<std::optional<std::string>(const std::string& name)> variable;
    std::string executable;   // this program, for what has to outlive it
    // Where it is remembered which programs a person agreed to and which states are theirs.
    TrustOptions trust;
    // Agrees to what nobody has agreed to yet: programs that are to be started before a plan was
    // approved. Null: nobody.
    AskAboutPrograms ask_about_programs;
    // A state that was not made here is taken over, instead of refused.
    bool takes_over_state = false;
};

// What asks an entry to end early. The first asks: nothing new is begun, what is under way is
// waited for. The second insists: waiting ends too, and recovery finds out later what became of it.
struct Stop {
    std::stop_token first;
    std::stop_token second;
};

// One environment of a workspace, opened: the workspace, its providers, its state, and the threads
// that make calls. Its parts are made when they are first asked for, so that who reads the state
// alone pays for no provider. It lives as long as the work on it does: what the entries of this
// folder return (`Planned`) refers to it. For one thread at a time, the coordinating one; only the
// workers make calls beside it.
class Deployment {
public:
    // NotFound when the workspace has no such environment, unless something is recorded for it:
    // what was applied can be shown and destroyed although its file is gone.
    static base::Result<std::unique_ptr<Deployment>> open(Workspace workspace,
                                                          DeploymentOptions options);
    ~Deployment();

    const Workspace& workspace() const { return workspace_; }
    const std::string& environment() const { return options_.environment; }
    const DeploymentOptions& options() const { return options_; }
    base::Clock& clock() const;

    base::Result<provider::ProviderRegistry*> providers();
    base::WorkerPool& workers();

    bool has_state() const;
    // Opened once, in the mode of the first call; a state that is only read is not created. One
    // that this user did not make on this machine is read for viewing, and refused for anything
    // else (NotApproved): a repository can bring one along.
    base::Result<state::State*> state(state::OpenMode mode);
    // The same where there is one, or null.
    base::Result<state::State*> state_if_any();
    // Makes the state and its key where there are none.
    base::Result<const state::Key*> key();
    // The same refusal, before something is done with what the state says: null or one's own.
    base::Result<void> require_own_state();
    // Null: nothing is remembered.
    base::Result<Trust*> trust();
    base::Result<Programs*> programs();

    // Of secrets, for documents; by the key of the state as far as one was opened.
    value::Fingerprint fingerprint() const;

private:
    Deployment(Workspace workspace, DeploymentOptions options);
    provider::Host::Seal sealing(base::Result<std::string> (state::Key::*work)(std::string_view,
                                                                               std::string_view)
                                     const);

    Workspace workspace_;
    DeploymentOptions options_;
    base::Result<void> prepare_to_write(bool& is_new);
    base::Result<void> check_own(state::State& state);
    base::Result<void> check_newest(Trust& trust, state::State& state);

    std::unique_ptr<Trust> trust_;
    std::unique_ptr<Programs> programs_;        // outlives the registry
    DeploymentOptions::Providers extensions_;   // outlive the registry
    std::unique_ptr<provider::ProviderRegistry> registry_;
    std::unique_ptr<state::State> state_;
    const state::Key* key_ = nullptr;
    std::unique_ptr<base::WorkerPool> workers_;   // joins before what its jobs use goes
};

}
