#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/sandbox_place.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"

namespace cli::sandbox_stop {

class SandboxStop final : public Command {
public:
    void declare(Args& args) override { choice_.declare(args); }

    base::Result<int> run(Context& context) override {
        const sandbox::SandboxFolder folder = TRY(choice_.sandbox_folder(context));
        const bool was_running = TRY(folder.stop());
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}, {"was_running", was_running}});
        } else {
            context.out().line("{}", was_running ? "stopped" : "no sandbox runs there");
        }
        return 0;
    }

private:
    SandboxChoice choice_;
};

const Register<SandboxStop> registration{{
    .path = "sandbox stop",
    .summary = "stop the cloud on this machine",
    .manual = embedded::sandbox_stop_md,
}};

}
