#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/observer.hpp"
#include "embedded/cli.hpp"
#include "engine/run/adopt.hpp"

#include <fmt/core.h>

namespace cli::state_adopt {

class StateAdopt final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.positional("ID", &keys_, "the orphans to record, by their ids; all without one");
        declare_set(args, settings_);
    }

protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        TerminalObserver observer(context);
        const auto rows = TRY(engine::adopt(deployment, keys_, settings_, observer, {}));
        if (context.json()) {
            std::string adopted;
            for (const state::Row& row : rows) {
                adopted += fmt::format(R"({}{{"address":{},"type":{},"key":{}}})",
                                       adopted.empty() ? "" : ",", base::quote_json(row.address),
                                       base::quote_json(row.type), base::quote_json(row.key));
            }
            context.out().line(R"({{"format":1,"adopted":[{}]}})", adopted);
            return 0;
        }
        for (const state::Row& row : rows) {
            context.out().line("adopted {} {} as {}", row.type, row.key, row.address);
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
    std::vector<std::string> settings_;
};

const Register<StateAdopt> registration{{
    .path = "state adopt",
    .summary = "record things that were made here and that the state does not know",
    .manual = embedded::state_adopt_md,
}};

}
