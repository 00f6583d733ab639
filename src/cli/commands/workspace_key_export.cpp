#include "base/fs.hpp"
#include "cli/approval.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/deployment.hpp"
#include "embedded/cli.hpp"
#include "state/key_transfer.hpp"
#include "state/state.hpp"

namespace cli::workspace_key_export {

class WorkspaceKeyExport final : public Command {
public:
    void declare(Args& args) override {
        args.option("out,o", &out_, "the file that it is written to, for its owner alone")
            .value_name("FILE")
            .completes(Completes::File);
        args.flag("reveal", reveal_, "print it instead");
        args.flag("yes,y", yes_, "approve without asking");
    }

    base::Result<int> run(Context& context) override {
        const auto workspace = TRY(find_workspace(context));
        // A key on a screen, or in the log of a pipeline, is read by whoever passes.
        if (!out_ && !reveal_) {
            return base::Error(base::Code::Usage, "a key is not printed just like that")
                .with_help("--out FILE writes it to a file; --reveal prints it");
        }
        if (out_ && reveal_) {
            return base::Error(base::Code::Usage, "--out and --reveal exclude each other");
        }
        if (!yes_) {
            TRY(ask_approval(context, "Whoever has the key can read the secrets of this state and "
                                      "make plans that are applied here. Export it?"));
        }
        const base::SecretText text =
            TRY(state::export_key({.directory = workspace.state_folder()}));
        if (reveal_) {
            context.out().write(text.reveal());
            return 0;
        }
        TRY(base::write_file_atomic(*out_, text.reveal(), {.mode = 0600, .replace = false}));
        context.err().line("the key is in {}: for those alone who apply this workspace", *out_);
        return 0;
    }

private:
    std::optional<std::string> out_;
    bool reveal_ = false;
    bool yes_ = false;
};

const Register<WorkspaceKeyExport> registration{{
    .path = "workspace key export",
    .summary = "write the key of the workspace to a file, for another checkout of it",
    .manual = embedded::workspace_key_export_md,
}};

}
