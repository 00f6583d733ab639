#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/views/json.hpp"
#include "cli/views/resource_view.hpp"
#include "embedded/cli.hpp"

namespace cli::state_mv {

class StateMv final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.positional("FROM", &from_, "the resource, or a group of them")
            .completes(Completes::Address);
        args.positional("TO", &to_, "its new address").completes(Completes::Address);
    }

    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        // Nothing is made in a workspace that has no state.
        auto* state = TRY(deployment.state(deployment.has_state() ? state::OpenMode::Write
                                                                  : state::OpenMode::Read));
        const auto snapshot = TRY(state->read());
        // Looked up for the error, which guesses what was meant.
        const bool has_labels =
            may_have_labels(*TRY(deployment.providers()), TRY(rows_at(snapshot, from_)));
        const std::size_t moved = TRY(state->move(from_, to_));
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}, {"moved", moved}});
        } else {
            context.out().line("moved {} from {} to {}; nothing outside was touched",
                               base::count_of(moved, "resource"), from_, to_);
            context.out().flush();
            if (has_labels) {
                context.err().line("{} labels with the address stay as they are; they are only "
                                   "looked at where a thing is not recorded",
                                   context.err_terminal().paint(Color::Cyan, " help:"));
            }
        }
        return 0;
    }

private:
    std::string from_;
    std::string to_;
};

const Register<StateMv> registration{{
    .path = "state mv",
    .summary = "give a recorded resource another address",
    .manual = embedded::state_mv_md,
}};

}
