#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/sandbox_place.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"

namespace cli::sandbox_faults_remove {

class SandboxFaultsRemove final : public Command {
public:
    void declare(Args& args) override {
        args.positional("ID", &ids_, "those that `sandbox faults list` shows; none: all of them");
        choice_.declare(args);
    }

    base::Result<int> run(Context& context) override {
        const sandbox::SandboxFolder folder = TRY(choice_.sandbox_folder(context));
        if (ids_.empty()) TRY(folder.ask("DELETE", "faults"));
        // One by one: the first id that is not there ends it, and those before it are gone.
        for (const std::string& id : ids_) {
            TRY(folder.ask("DELETE", "faults/" + std::to_string(TRY(whole_number("ID", id)))));
        }
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}});
        } else {
            context.out().line("{}", ids_.empty() ? "no fault is set" : "removed");
        }
        return 0;
    }

private:
    SandboxChoice choice_;
    std::vector<std::string> ids_;
};

const Register<SandboxFaultsRemove> registration{{
    .path = "sandbox faults remove",
    .summary = "end faults of the sandbox",
    .manual = embedded::sandbox_faults_remove_md,
}};

}
