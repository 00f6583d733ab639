#include "base/text.hpp"
#include "cli/approval.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/views/json.hpp"
#include "cli/views/resource_view.hpp"
#include "embedded/cli.hpp"

#include <fmt/core.h>

namespace cli::state_rm {

class StateRm final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.positional("ADDRESS", &address_, "the resource, or a group of them")
            .completes(Completes::Address);
        args.flag("yes,y", yes_, "approve without asking");
    }

    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        // Nothing is made in a workspace that has no state.
        auto* state = TRY(deployment.state(deployment.has_state() ? state::OpenMode::Write
                                                                  : state::OpenMode::Read));
        const auto snapshot = TRY(state->read());
        // For the question; what is really forgotten, remove() counts again.
        const auto rows = TRY(rows_at(snapshot, address_));
        const std::size_t wanted = rows.size();
        const bool has_labels = may_have_labels(*TRY(deployment.providers()), rows);
        if (!yes_) {
            TRY(ask_approval(context,
                             fmt::format("Forget {} at {}, and leave the real thing alone?",
                                         base::count_of(wanted, "resource"), address_)));
        }
        const std::size_t removed = TRY(state->remove(address_));
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}, {"removed", removed}});
        } else {
            context.out().line("forgot {} at {}; nothing outside was touched",
                               base::count_of(removed, "resource"), address_);
            context.out().flush();
            context.err().line("{} {}{}; `provisioning apply --adopt {}` records {} again, where "
                               "the program has {}",
                               context.err_terminal().paint(Color::Cyan, " help:"),
                               removed == 1 ? "it stays as it is" : "they stay as they are",
                               has_labels ? ", labels included" : "", base::quote_shell(address_),
                               removed == 1 ? "it" : "them", removed == 1 ? "it" : "them");
        }
        return 0;
    }

private:
    std::string address_;
    bool yes_ = false;
};

const Register<StateRm> registration{{
    .path = "state rm",
    .summary = "forget a resource, and leave the real thing alone",
    .manual = embedded::state_rm_md,
}};

}
