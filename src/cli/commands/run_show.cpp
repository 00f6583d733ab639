#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/views/json.hpp"
#include "cli/views/run_view.hpp"
#include "embedded/cli.hpp"

namespace cli::run_show {

class RunShow final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.positional("RUN", &run_, "its number or id, or `last`");
    }

    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        auto* state = TRY(deployment.state(state::OpenMode::Read));
        auto detail = TRY(state->run(run_.value_or("last")));
        if (context.json()) {
            print_json(context, run_detail_record(detail, deployment.fingerprint()));
        } else {
            show_run(context, detail);
        }
        return 0;
    }

private:
    std::optional<std::string> run_;
};

const Register<RunShow> registration{{
    .path = "run show",
    .summary = "show what a run did",
    .manual = embedded::run_show_md,
}};

}
