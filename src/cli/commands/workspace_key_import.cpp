#include "base/fs.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/deployment.hpp"
#include "embedded/cli.hpp"
#include "engine/workspace/trust.hpp"
#include "state/key_transfer.hpp"
#include "state/state.hpp"

namespace cli::workspace_key_import {

class WorkspaceKeyImport final : public Command {
public:
    void declare(Args& args) override {
        args.positional("FILE", &file_, "what `workspace key export` wrote")
            .completes(Completes::File);
    }

    base::Result<int> run(Context& context) override {
        const auto workspace = TRY(find_workspace(context));
        constexpr std::size_t kLongest = 4096;
        const base::SecretText text(TRY(base::read_file(file_, kLongest)));
        // Before anything is written: the key must never be seen by `git add .`.
        TRY(workspace.keep_out_of_git());
        const state::OpenOptions place{.directory = workspace.state_folder()};
        const auto trust = TRY(engine::Trust::open(trust_options(context, workspace),
                                                   workspace.folder(), workspace.state_folder()));
        TRY(trust->check_owner());
        const bool had_state = TRY(state::State::exists(place));
        // Noted on both sides before anything is made, so that it can be repeated if it is cut off.
        if (!had_state && !trust->has_foreign_key()) TRY(trust->begin_state());
        const bool is_made_here = !had_state || trust->is_being_made();
        const bool was_there = TRY(state::import_key(place, text.reveal()).context(file_));
        // What a repository brought along is not taken over by it.
        if (is_made_here) {
            const auto made = TRY(state::State::open(place));
            TRY(trust->take_over(made->workspace_id(), TRY(made->key())));
        }
        context.err().line("{}", was_there ? "this workspace has that key already"
                                           : "this workspace has the key now");
        return 0;
    }

private:
    std::string file_;
};

const Register<WorkspaceKeyImport> registration{{
    .path = "workspace key import",
    .summary = "give this checkout the key of the workspace",
    .manual = embedded::workspace_key_import_md,
}};

}
