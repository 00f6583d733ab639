#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/observer.hpp"
#include "cli/views/json.hpp"
#include "cli/views/program_text.hpp"
#include "embedded/cli.hpp"
#include "engine/run/adopt.hpp"

#include <fmt/core.h>

namespace cli::state_adopt {

class StateAdopt final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.positional("ID", &keys_, "the orphans to record, by their ids; all without one");
        declare_given(args);
    }

protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        TerminalObserver observer(context);
        const auto rows = TRY(engine::adopt(deployment, keys_, given(), observer, {}));
        if (context.json()) {
            const auto record_of = [](const engine::Taken& one) {
                const state::Row& row = one.row;
                return json::Object{{"address", row.address},
                                    {"type", row.type},
                                    {"key", row.key},
                                    {"unseen", json_texts(one.unseen)}};
            };
            print_json(context,
                       json::Object{{"format", 1}, {"adopted", json_list(rows, record_of)}});
            return 0;
        }
        for (const engine::Taken& one : rows) {
            context.out().line("adopted {} {} as {}", one.row.type, one.row.key, one.row.address);
            if (!one.unseen.empty()) context.out().line("  {}", unseen_text(one.unseen));
        }
        if (rows.empty()) {
            context.out().line("there are no orphans: all that was made here is recorded");
        } else {
            context.err().line("{} `provisioning plan` says what becomes of {}",
                               context.err_terminal().paint(Color::Cyan, " help:"),
                               rows.size() == 1 ? "it" : "them");
        }
        return 0;
    }

private:
    std::vector<std::string> keys_;
};

const Register<StateAdopt> registration{{
    .path = "state adopt",
    .summary = "record things that were made here and that the state does not know",
    .manual = embedded::state_adopt_md,
}};

}
