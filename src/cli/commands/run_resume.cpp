#include "cli/apply_command.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/interrupts.hpp"
#include "embedded/cli.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cli::run_resume {

using state::RunInfo;
using state::RunStatus;

class RunResume final : public Command {
public:
    void declare(Args& args) override {
        args.positional("RUN", &run_,
                        "its number or id; the newest that did not end well if not given");
        args.flag("stop-on-failure", request_.stop_on_failure, "begin nothing new after a failure");
        args.flag("full", request_.full, "show every step by itself");
    }

    base::Result<int> run(Context& context) override {
        auto session = TRY(Session::open(context));
        context.interrupts();
        auto* state = TRY(session->state(state::OpenMode::Write));
        TRY(session->recover(Session::RecoveryWait::Waits));
        const RunInfo run = TRY(find(*state));
        const std::string bytes = TRY(state->run_plan(run.number));
        if (bytes.empty()) return nothing_left(run);
        const state::Key* key = TRY(session->key());
        engine::SavedPlan approved = TRY(engine::read_saved_plan(bytes, *key));
        approved.runs.push_back(run.number);
        request_.approved = std::move(approved);
        request_.likeness = engine::PlanMatch::Rest;
        return run_saved(context, *session, std::move(request_));
    }

private:
    base::Result<RunInfo> find(state::State& state) {
        if (run_) {
            auto detail = TRY(state.run(*run_));
            return std::move(detail.info);
        }
        constexpr std::size_t kLookedAt = 100;
        auto runs = TRY(state.runs(kLookedAt));
        auto found = std::ranges::find_if(runs, [](const RunInfo& run) {
            return run.command == "apply" || run.command == "destroy";
        });
        if (found == runs.end()) return base::not_found("there is no run to go on with");
        return *found;
    }

    static base::Error nothing_left(const RunInfo& run) {
        return base::Error(base::Code::FailedPrecondition,
                           run.status == RunStatus::Done
                               ? fmt::format("run {} did all that it was to do", run.number)
                               : fmt::format("run {} ({}) keeps no plan to go on with", run.number,
                                             run.command))
            .with_help("`provisioning apply` plans what is left");
    }

    std::optional<std::string> run_;
    ApplyRequest request_;
};

const Register<RunResume> registration{{
    .path = "run resume",
    .summary = "go on with the approved rest of a run that did not end well",
    .manual = embedded::run_resume_md,
}};

}
