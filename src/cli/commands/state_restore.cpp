#include "base/clock.hpp"
#include "base/text.hpp"
#include "cli/approval.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/deployment.hpp"
#include "cli/views/json.hpp"
#include "cli/views/table.hpp"
#include "embedded/cli.hpp"
#include "state/state.hpp"

#include <fmt/core.h>

namespace cli::state_restore {

class StateRestore final : public Command {
public:
    void declare(Args& args) override {
        args.positional("BACKUP", &name_,
                        "a name from the list, `last`, or `none` for an empty state");
        args.flag("yes,y", yes_, "approve without asking");
    }

    base::Result<int> run(Context& context) override {
        // Not a deployment: that opens the very database which may be damaged.
        const auto workspace = TRY(find_workspace(context));
        auto backups = TRY(state::Backups::open({.directory = workspace.state_folder()}));
        const auto kept = TRY(backups->list());
        // To look at the list changes nothing, and needs no trust.
        if (!name_) return list(context, kept);
        TRY(check_own(context, workspace));
        if (!yes_) {
            TRY(ask_approval(context,
                             fmt::format("Put the backup {} in the place of the state? The present "
                                         "one is set aside.",
                                         *name_)));
        }
        // Before it is put there: else the next command would take it for an old copy that somebody
        // slipped in.
        TRY(forget_newest(context, workspace));
        // Nothing is lost by it: the present file is set aside under a name that is told.
        const auto restored = TRY(backups->restore(*name_));
        if (context.json()) {
            print_json(context, json::Object{{"format", 1},
                                             {"restored", restored.backup.name},
                                             {"set_aside", restored.set_aside}});
            return 0;
        }
        if (restored.backup.name.empty()) {
            context.out().line("the state is empty now");
        } else {
            context.out().line("restored {}, the state after run {}", restored.backup.name,
                               restored.backup.run);
        }
        if (!restored.set_aside.empty()) {
            context.out().line("the former one is {}", restored.set_aside);
        }
        context.out().line("Next: provisioning plan");
        return 0;
    }

private:
    // An older one than the last is what is wanted here.
    static base::Result<void> forget_newest(const Context& context,
                                            const engine::Workspace& workspace) {
        const auto trust = TRY(engine::Trust::open(trust_options(context, workspace),
                                                   workspace.folder(), workspace.state_folder()));
        return trust->forget_newest();
    }

    // The state itself may be damaged; whether the folder is one's own is told by the key in it.
    static base::Result<void> check_own(const Context& context,
                                        const engine::Workspace& workspace) {
        const auto trust = TRY(engine::Trust::open(trust_options(context, workspace),
                                                   workspace.folder(), workspace.state_folder()));
        TRY(trust->check_owner());
        if (!trust->has_foreign_key()) return {};
        return base::Error(base::Code::NotApproved, "the state in " + workspace.state_folder() +
                                                        " was not made by this user on this "
                                                        "machine")
            .with_advice({.next = base::Next::TrustState});
    }

    static int list(Context& context, const std::vector<state::Backup>& kept) {
        Table table({"BACKUP", "RUN", "MADE", "BYTES"});
        json::Array records;
        for (const auto& backup : kept) {
            const std::string made = base::format_time(backup.made);
            table.add({backup.name, std::to_string(backup.run), made, std::to_string(backup.size)});
            records.push_back(json::Object{
                {"name", backup.name}, {"run", backup.run}, {"made", made}, {"size", backup.size}});
        }
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}, {"backups", std::move(records)}});
        } else if (kept.empty()) {
            context.err().line("There are no backups: each run that changes something makes one.");
        } else {
            table.print(context);
        }
        return 0;
    }

    std::optional<std::string> name_;
    bool yes_ = false;
};

const Register<StateRestore> registration{{
    .path = "state restore",
    .summary = "list the backups of the state, or put one in its place",
    .manual = embedded::state_restore_md,
}};

}
