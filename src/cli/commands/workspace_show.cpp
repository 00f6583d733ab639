#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/deployment.hpp"
#include "cli/environment.hpp"
#include "cli/views/json.hpp"
#include "cli/views/table.hpp"
#include "embedded/cli.hpp"
#include "engine/workspace/registry.hpp"

#include <fmt/core.h>

#include <map>

namespace cli::workspace_show {

class WorkspaceShow final : public Command {
public:
    void declare(Args& args) override {
        args.positional("NAME", &name_, "a name from the list; otherwise the one of this folder")
            .completes(Completes::Workspace);
    }

    base::Result<int> run(Context& context) override {
        auto registry = TRY(engine::Registry::load(user_data_folder()));
        engine::Workspace workspace = name_
                                          ? engine::Workspace(TRY(registry.require(*name_)).folder)
                                          : TRY(find_workspace(context));
        const engine::Registry::Entry* entry = registry.find(workspace.folder());
        std::map<std::string, state::State::Usage> environments;
        for (const std::string& name : TRY(workspace.environments()))
            environments[name].environment = name;
        auto state = TRY(state::State::open({.directory = workspace.state_folder()}));
        // Environments come from both sides: those of the files, and those that the state still
        // has when their file is gone.
        for (const auto& usage : TRY(state->usage())) environments[usage.environment] = usage;
        Table table({"ENVIRONMENT", "RESOURCES", "UNDECIDED"});
        json::Array records;
        for (const auto& [name, usage] : environments) {
            table.add({name, std::to_string(usage.rows), std::to_string(usage.open_intents)});
            records.push_back(json::Object{
                {"name", name}, {"resources", usage.rows}, {"open_intents", usage.open_intents}});
        }
        const std::string listed = entry != nullptr ? entry->name : "";
        if (context.json()) {
            print_json(context, json::Object{{"format", 1},
                                             {"name", listed},
                                             {"folder", workspace.folder()},
                                             {"id", state->workspace_id()},
                                             {"environments", std::move(records)}});
            return 0;
        }
        context.out().line(
            "{}  {}",
            context.out_terminal().paint(Color::Bold, listed.empty() ? "(not listed)" : listed),
            workspace.folder());
        table.print(context);
        return 0;
    }

private:
    std::optional<std::string> name_;
};

const Register<WorkspaceShow> registration{{
    .path = "workspace show",
    .summary = "show a workspace, its environments and how much each has",
    .manual = embedded::workspace_show_md,
}};

}
