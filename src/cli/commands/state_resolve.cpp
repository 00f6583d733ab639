#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"

#include <fmt/core.h>

namespace cli::state_resolve {

class StateResolve final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.positional("ADDRESS", &address_, "where an effect is not decided")
            .completes(Completes::Address);
        args.flag("done", done_, "it has happened");
        args.flag("not-done", not_done_, "it has not happened");
    }

    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        // Neither and both are refused: there is no default for what happened.
        if (done_ == not_done_) {
            return usage_error(done_ ? "--done and --not-done exclude each other"
                                     : "either --done or --not-done is needed",
                               "look at what the address stands for, then say which it is");
        }
        // Nothing is made in a workspace that has no state: there is nothing to resolve in it.
        const auto mode = deployment.has_state() ? state::OpenMode::Write : state::OpenMode::Read;
        auto* state = TRY(deployment.state(mode));
        if (mode == state::OpenMode::Read) {
            return base::Error(base::Code::FailedPrecondition, "nothing was applied here yet");
        }
        using Resolution = state::State::Resolution;
        const std::size_t resolved =
            TRY(state->resolve(address_, done_ ? Resolution::Done : Resolution::NotDone));
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}, {"resolved", resolved}});
        } else {
            context.out().line("resolved {} at {} as {}", base::count_of(resolved, "effect"),
                               address_, done_ ? "done" : "not done");
        }
        return 0;
    }

private:
    std::string address_;
    bool done_ = false;
    bool not_done_ = false;
};

const Register<StateResolve> registration{{
    .path = "state resolve",
    .summary = "say what became of an effect that nobody can find out",
    .manual = embedded::state_resolve_md,
}};

}
