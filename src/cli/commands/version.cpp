#include "cli/version.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"

namespace cli::version {

class Version final : public Command {
public:
    base::Result<int> run(Context& context) override {
        if (context.json()) {
            print_json(context, json::Object{{"version", version_text()}});
        } else {
            context.out().line("provisioning {}", version_text());
        }
        return 0;
    }
};

const Register<Version> registration{{
    .path = "version",
    .summary = "print the version of this program",
    .manual = embedded::version_md,
}};

}
