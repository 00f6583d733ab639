#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/views/resource_view.hpp"
#include "embedded/cli.hpp"

namespace cli::show {

class Show final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.positional("ADDRESS", &address_, "only this resource, or those beneath it")
            .completes(Completes::Address);
    }

    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        auto* state = TRY(deployment.state(state::OpenMode::Read));
        auto snapshot = TRY(state->read());
        std::vector<const state::Row*> rows;
        if (address_) {
            rows = TRY(rows_at(snapshot, *address_));
        } else {
            for (const state::Row& row : snapshot.rows) rows.push_back(&row);
        }
        if (context.json()) {
            context.out().line("{}", rows_json(rows, deployment.fingerprint()));
            return 0;
        }
        if (rows.empty()) context.out().line("Nothing is recorded: nothing was applied here yet.");
        for (const state::Row* row : rows) show_row(context, *row, RowDetail::Values);
        return 0;
    }

private:
    std::optional<std::string> address_;
};

const Register<Show> registration{{
    .path = "show",
    .summary = "show the resources as they were last applied",
    .manual = embedded::show_md,
}};

}
