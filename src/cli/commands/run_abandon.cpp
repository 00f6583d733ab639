#include "cli/approval.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/views/json.hpp"
#include "cli/views/run_view.hpp"
#include "embedded/cli.hpp"

#include <fmt/core.h>

namespace cli::run_abandon {

class RunAbandon final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.positional("RUN", &run_, "its number or id");
        args.flag("yes", yes_, "do not ask");
    }

    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        const auto mode = deployment.has_state() ? state::OpenMode::Write : state::OpenMode::Read;
        auto* state = TRY(deployment.state(mode));
        const state::RunInfo run = TRY(state->run(run_)).info;
        // Asked as a question of fact, since that is what the answer is used for: if the run still
        // lives, two may write.
        if (!yes_) {
            TRY(ask_approval(context, fmt::format("Is it certain that run {} does not run on {} "
                                                  "any more?",
                                                  run.number, run.host)));
        }
        const state::RunInfo ended = TRY(state->abandon(run_));
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}, {"abandoned", run_record(ended)}});
        } else {
            context.out().line("run {} of {} counts as died; the next command finds out what "
                               "became of what it was at",
                               ended.number, ended.host);
        }
        return 0;
    }

private:
    std::string run_;
    bool yes_ = false;
};

const Register<RunAbandon> registration{{
    .path = "run abandon",
    .summary = "say that a run on another machine has died",
    .manual = embedded::run_abandon_md,
}};

}
