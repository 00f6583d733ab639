#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/session.hpp"
#include "cli/views/resource_view.hpp"
#include "embedded/cli.hpp"

namespace cli::state_show {

class StateShow final : public Command {
public:
    void declare(Args& args) override {
        args.positional("ADDRESS", &address_, "the resource").completes(Completes::Address);
    }

    base::Result<int> run(Context& context) override {
        auto session = TRY(Session::open(context));
        auto* state = TRY(session->state(state::OpenMode::Read));
        auto snapshot = TRY(state->read());
        auto rows = TRY(rows_at(snapshot, address_));
        if (context.json()) {
            context.out().line("{}", rows_json(rows, session->fingerprint()));
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
