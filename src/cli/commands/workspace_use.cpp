#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/deployment.hpp"
#include "cli/environment.hpp"
#include "embedded/cli.hpp"
#include "engine/workspace/registry.hpp"

namespace cli::workspace_use {

class WorkspaceUse final : public Command {
public:
    void declare(Args& args) override {
        args.positional("NAME", &name_, "a name from the list, or a folder")
            .completes(Completes::Workspace);
    }

    base::Result<int> run(Context& context) override {
        auto registry = TRY(engine::Registry::load(user_data_folder()));
        auto entry = TRY(registry.require(name_));
        TRY(registry.use(entry.name));
        context.err().line("in use: {} ({})", entry.name, entry.folder);
        return 0;
    }

private:
    std::string name_;
};

const Register<WorkspaceUse> registration{{
    .path = "workspace use",
    .summary = "choose the workspace that commands work on elsewhere",
    .manual = embedded::workspace_use_md,
}};

}
