#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/views/resource_view.hpp"
#include "embedded/cli.hpp"

namespace cli::state_show {

class StateShow final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.positional("ADDRESS", &address_, "the resource").completes(Completes::Address);
    }

    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        auto* state = TRY(deployment.state(state::OpenMode::Read));
        auto snapshot = TRY(state->read());
        auto rows = TRY(rows_at(snapshot, address_));
        if (context.json()) {
            context.out().line("{}", rows_json(rows, deployment.fingerprint()));
            return 0;
        }
        for (const state::Row* row : rows) show_row(context, *row, RowDetail::All);
        return 0;
    }

private:
    std::string address_;
};

const Register<StateShow> registration{{
    .path = "state show",
    .summary = "show all that is recorded of a resource",
    .manual = embedded::state_show_md,
}};

}
