#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/approval.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/deployment.hpp"
#include "cli/environment.hpp"
#include "embedded/cli.hpp"
#include "engine/workspace/registry.hpp"

#include <fmt/core.h>

namespace cli::workspace_remove {

class WorkspaceRemove final : public Command {
public:
    void declare(Args& args) override {
        args.positional("NAME", &name_, "a name from the list, or a folder")
            .completes(Completes::Workspace);
        args.flag("yes,y", yes_, "approve without asking");
    }

    base::Result<int> run(Context& context) override {
        auto registry = TRY(engine::Registry::load(user_data_folder()));
        auto entry = TRY(registry.require(name_));
        engine::Workspace workspace(entry.folder);
        const bool has_state = base::is_directory(workspace.state_folder());
        // A state that still has resources is the only record of real things that cost money.
        if (has_state) TRY(refuse_if_used(workspace, entry.name));
        if (!yes_)
            TRY(ask_approval(
                context, fmt::format("Take {} off the list and remove its state?", entry.name)));
        // The files of the workspace stay; only what we have written goes.
        if (has_state) TRY(base::remove_tree(workspace.state_folder()));
        TRY(registry.remove(entry.name));
        context.err().line("removed {}; its files in {} are untouched", entry.name, entry.folder);
        return 0;
    }

private:
    static base::Result<void> refuse_if_used(const engine::Workspace& workspace,
                                             const std::string& name) {
        auto state = TRY(state::State::open({.directory = workspace.state_folder()}));
        for (const auto& usage : TRY(state->usage())) {
            // Open intents count as well: behind one may be a thing that nobody has recorded yet.
            if (usage.rows + usage.open_intents == 0) continue;
            return base::Error(base::Code::FailedPrecondition,
                               fmt::format("{} still has {} and {} in environment {}", name,
                                           base::count_of(usage.rows, "resource"),
                                           base::count_of(usage.open_intents, "undecided change"),
                                           usage.environment))
                .with_help(fmt::format("provisioning -C {} destroy --env {}",
                                       base::quote_shell(workspace.folder()), usage.environment));
        }
        return {};
    }

    std::string name_;
    bool yes_ = false;
};

const Register<WorkspaceRemove> registration{{
    .path = "workspace remove",
    .summary = "take a workspace off the list, and remove its state",
    .manual = embedded::workspace_remove_md,
}};

}
