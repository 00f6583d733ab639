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
        args.flag("none", none_, "work on none where there is none");
    }

    base::Result<int> run(Context& context) override {
        auto registry = TRY(engine::Registry::load(user_data_folder()));
        if (none_ == name_.has_value()) {
            return base::Error(base::Code::Usage, none_ ? "--none stands alone, without a NAME"
                                                        : "which workspace? NAME, or --none");
        }
        if (none_) {
            TRY(registry.use_none());
            context.err().line("in use: none");
            return 0;
        }
        auto entry = TRY(registry.require(*name_));
        TRY(registry.use(entry.name));
        context.err().line("in use: {} ({})", entry.name, entry.folder);
        return 0;
    }

private:
    std::optional<std::string> name_;
    bool none_ = false;
};

const Register<WorkspaceUse> registration{{
    .path = "workspace use",
    .summary = "choose the workspace that commands work on elsewhere",
    .manual = embedded::workspace_use_md,
}};

}
