#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/deployment.hpp"
#include "cli/environment.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"
#include "engine/workspace/registry.hpp"

#include <fmt/core.h>

namespace cli::workspace_init {

class WorkspaceInit final : public Command {
public:
    void declare(Args& args) override {
        args.positional("DIR", &folder_, "the folder; made if it is missing")
            .completes(Completes::Directory);
        args.option("name", &name_given_, "what the list calls it; the folder's name if not given")
            .value_name("NAME");
    }

    base::Result<int> run(Context& context) override {
        const std::string folder = folder_.value_or(".");
        auto registry = TRY(engine::Registry::load(user_data_folder()));
        // Before anything is made.
        if (name_given_ && registry.find(*name_given_) != nullptr) {
            return base::Error(base::Code::AlreadyExists,
                               fmt::format("the name `{}` is taken by {}", *name_given_,
                                           registry.find(*name_given_)->folder));
        }
        // A folder that is one already, a clone for instance, only joins the list.
        const bool is_new = !base::file_exists(base::join_path(folder, "main.ncl"));
        engine::Workspace workspace = is_new ? TRY(engine::Workspace::create(folder))
                                             : engine::Workspace(TRY(base::real_path(folder)));
        auto entry = TRY(registry.add(workspace.folder(), name_given_.value_or("")));
        if (context.json()) {
            print_json(context, json::Object{
                                    {"name", entry.name},
                                    {"folder", entry.folder},
                                    {"created", is_new},
                                });
            return 0;
        }
        context.out().line("{} {} in {}", is_new ? "made workspace" : "listed workspace",
                           entry.name, entry.folder);
        if (is_new) context.out().line("Next: provisioning -C {} plan", base::quote_shell(folder));
        return 0;
    }

private:
    std::optional<std::string> folder_;
    std::optional<std::string> name_given_;
};

const Register<WorkspaceInit> registration{{
    .path = "workspace init",
    .summary = "make a workspace, or add one to the list",
    .manual = embedded::workspace_init_md,
}};

}
