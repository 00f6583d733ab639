#include "base/fs.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/sandbox_place.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"

namespace cli::sandbox_reset {

class SandboxReset final : public Command {
public:
    void declare(Args& args) override {
        choice_.declare(args);
        args.flag("keep-faults", keep_faults_, "leave the faults as they are");
    }

    base::Result<int> run(Context& context) override {
        const sandbox::SandboxFolder folder = TRY(choice_.sandbox_folder(context));
        TRY(folder.info());
        if (folder.is_running()) {
            TRY(folder.ask("POST", "reset", json::Object{{"keep_faults", keep_faults_}}));
        } else {
            // The process does not run: its world is a folder.
            TRY(base::remove_tree(folder.path("world")));
        }
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}});
        } else {
            context.out().line("the sandbox is empty");
        }
        return 0;
    }

private:
    SandboxChoice choice_;
    bool keep_faults_ = false;
};

const Register<SandboxReset> registration{{
    .path = "sandbox reset",
    .summary = "empty the cloud on this machine",
    .manual = embedded::sandbox_reset_md,
}};

}
