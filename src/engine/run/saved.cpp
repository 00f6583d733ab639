#include "engine/run/saved.hpp"

#include "base/fs.hpp"
#include "engine/run/evaluate.hpp"
#include "engine/run/plan_files.hpp"
#include "engine/run/recover.hpp"
#include "engine/run/rounds.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {
namespace {

using state::RunInfo;

// Files of the workspace that are not as the saved plan has them.
std::vector<std::string> changed_since(const Workspace& workspace, const SavedPlan& plan) {
    std::vector<std::string> out;
    for (const auto& [source, text] : plan.sources) {
        // One byte more than it was: a file that has grown is not read to its end to see that.
        auto today = base::read_file(path_of(workspace, source), text.size() + 1);
        if (!today.ok() || *today != text) out.push_back(source);
    }
    return out;
}

base::Result<void> check_belongs(Deployment& deployment, const SavedPlan& approved) {
    // Addresses mean other things in another environment. The signature alone would let it pass,
    // as all environments of a workspace share the key.
    const state::State& state = *TRY(deployment.state(state::OpenMode::Write));
    const bool is_of_workspace = approved.workspace == state.workspace_id();
    if (is_of_workspace && approved.environment == deployment.environment()) return {};
    base::Error error(base::Code::Usage,
                      fmt::format("this plan is for the environment {} of {}", approved.environment,
                                  is_of_workspace ? "this workspace" : "another workspace"));
    if (!is_of_workspace) return error;
    return std::move(error).with_advice(
        {.next = base::Next::ChooseEnvironment, .subject = approved.environment});
}

base::Result<ApplyOutcome> run_approved(Deployment& deployment, const Approved& approved,
                                        bool stop_on_failure, Observer& observer,
                                        const Stop& stop) {
    const SavedPlan& plan = approved.plan;
    TRY(check_belongs(deployment, plan));
    const std::vector<std::string> changed = changed_since(deployment.workspace(), plan);
    if (!changed.empty()) observer.on_changed_sources(changed);
    // Of these the plan has no copy to go by.
    TRY(check_files(deployment.workspace(), plan));
    PlanRequest wanted;
    wanted.destroy = plan.command == "destroy";
    // After a run was cut off, rows and the world differ by whatever was under way: it has to be
    // looked at, even where the plan was made without.
    wanted.refresh = plan.refreshed || approved.match == PlanMatch::Rest;
    wanted.accept_missing = plan.accept_missing;
    wanted.given = plan.given;
    wanted.approved = &plan;
    const ApplyRequest request{
        .plan = wanted, .is_approved = true, .stop_on_failure = stop_on_failure};
    return apply_in_rounds(deployment, request, &approved, observer, stop);
}

base::Result<RunInfo> find_run(state::State& state, const std::optional<std::string>& wanted) {
    if (wanted) return TRY(state.run(*wanted)).info;
    // The list may begin with imports, adoptions and recoveries. What is further back than this is
    // not what somebody means by "go on".
    constexpr std::size_t kLookedAt = 100;
    auto runs = TRY(state.runs(kLookedAt));
    auto found = std::ranges::find_if(runs, [](const RunInfo& run) {
        return run.command == "apply" || run.command == "destroy";
    });
    if (found == runs.end()) return base::not_found("there is no run to go on with");
    return *found;
}

base::Error nothing_left(const RunInfo& run) {
    return base::Error(base::Code::FailedPrecondition,
                       run.status == state::RunStatus::Done
                           ? fmt::format("run {} did all that it was to do", run.number)
                           : fmt::format("run {} ({}) keeps no plan to go on with", run.number,
                                         run.command))
        .with_advice({.next = base::Next::PlanAgain});
}

}

base::Result<ApplyOutcome> apply_saved(Deployment& deployment, const SavedPlan& approved,
                                       bool stop_on_failure, Observer& observer, const Stop& stop) {
    TRY(deployment.state(state::OpenMode::Write));
    TRY(recover(deployment, RecoveryWait::Waits, observer, stop.first));
    return run_approved(deployment, {.plan = approved, .match = PlanMatch::Same}, stop_on_failure,
                        observer, stop);
}

base::Result<ApplyOutcome> resume(Deployment& deployment, const ResumeRequest& request,
                                  Observer& observer, const Stop& stop) {
    state::State* state = TRY(deployment.state(state::OpenMode::Write));
    TRY(recover(deployment, RecoveryWait::Waits, observer, stop.first));
    const RunInfo run = TRY(find_run(*state, request.run));
    const std::string bytes = TRY(state->run_plan(run.number));
    if (bytes.empty()) return nothing_left(run);
    SavedPlan approved = TRY(read_saved_plan(bytes, *TRY(deployment.key())));
    // From now on its writes count as the plan's own, also if this run is cut off in its turn.
    approved.runs.push_back(run.number);
    return run_approved(deployment, {.plan = approved, .match = PlanMatch::Rest},
                        request.stop_on_failure, observer, stop);
}

}
