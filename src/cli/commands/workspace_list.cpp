#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/completion.hpp"
#include "cli/deployment.hpp"
#include "cli/environment.hpp"
#include "cli/views/json.hpp"
#include "cli/views/table.hpp"
#include "embedded/cli.hpp"
#include "engine/workspace/registry.hpp"

#include <fmt/core.h>

namespace cli::workspace_list {

std::vector<Candidate> list_workspaces(Context&) {
    std::vector<Candidate> out;
    auto registry = engine::Registry::load(user_data_folder());
    if (!registry.ok()) return out;
    for (const engine::Registry::Entry& entry : registry->entries())
        out.push_back({entry.name, entry.folder});
    return out;
}
const CandidateSource workspaces{Completes::Workspace, list_workspaces};

std::vector<Candidate> list_environments(Context& context) {
    std::vector<Candidate> out;
    // A completion never fails aloud: at worst it offers nothing.
    auto workspace = find_workspace(context);
    if (!workspace.ok()) return out;
    auto names = workspace->environments();
    if (!names.ok()) return out;
    for (const std::string& name : *names) out.push_back({name, ""});
    return out;
}
const CandidateSource environments{Completes::Environment, list_environments};

std::vector<Candidate> list_addresses(Context& context) {
    std::vector<Candidate> out;
    auto workspace = find_workspace(context);
    if (!workspace.ok()) return out;
    auto state = state::State::open(
        {.directory = workspace->state_folder(), .environment = context.environment_name()});
    if (!state.ok()) return out;
    auto snapshot = (*state)->read();
    if (!snapshot.ok()) return out;
    for (const state::Row& row : snapshot->rows) out.push_back({row.address, row.type});
    return out;
}
const CandidateSource addresses{Completes::Address, list_addresses};

class WorkspaceList final : public Command {
public:
    base::Result<int> run(Context& context) override {
        auto registry = TRY(engine::Registry::load(user_data_folder()));
        const engine::Registry::Entry* current = registry.current();
        Table table({" ", "NAME", "FOLDER"});
        json::Array records;
        for (const engine::Registry::Entry& entry : registry.entries()) {
            const bool is_current = current != nullptr && current->name == entry.name;
            const bool there = base::file_exists(base::join_path(entry.folder, "main.ncl"));
            table.add(
                {is_current ? "*" : " ", entry.name, entry.folder + (there ? "" : " (missing)")});
            records.push_back(json::Object{{"name", entry.name},
                                           {"folder", entry.folder},
                                           {"in_use", is_current},
                                           {"exists", there}});
        }
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}, {"workspaces", std::move(records)}});
        } else if (table.empty()) {
            context.out().line(
                "No workspace is listed. `provisioning workspace init DIR` makes one.");
        } else {
            table.print(context);
        }
        return 0;
    }
};

const Register<WorkspaceList> registration{{
    .path = "workspace list",
    .summary = "list your workspaces",
    .manual = embedded::workspace_list_md,
}};

}
