#include "engine/run/check.hpp"
#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"

namespace cli::check {

class Check final : public DeploymentCommand {
public:
    void declare(Args& args) override { declare_given(args); }

protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        const std::size_t count = TRY(engine::check(deployment, given(), {})).resources;
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}, {"ok", true}, {"resources", count}});
        } else {
            context.out().line("{} {}", context.out_terminal().paint(Color::Green, "ok:"),
                               base::count_of(count, "resource"));
        }
        return 0;
    }
};

const Register<Check> registration{{
    .path = "check",
    .summary = "check the configuration without asking anybody",
    .manual = embedded::check_md,
    .alias = "validate",
}};

}
