#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/views/json.hpp"
#include "cli/views/resource_view.hpp"
#include "cli/views/table.hpp"
#include "embedded/cli.hpp"
#include "value/address.hpp"

#include <fmt/core.h>

namespace cli::state_list {

class StateList final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.positional("ADDRESS", &address_, "only this resource, or those beneath it")
            .completes(Completes::Address);
    }

    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        auto* state = TRY(deployment.state(state::OpenMode::Read));
        auto snapshot = TRY(state->read());
        Table table({"ADDRESS", "TYPE", "KEY", "RUN"});
        json::Array records;
        for (const state::Row& row : snapshot.rows) {
            if (address_ && !value::is_at_or_under(row.address, *address_)) continue;
            std::string note = row.complete ? "" : " (incomplete)";
            table.add({row.address, row.type, row.key + note, std::to_string(row.version.run)});
            records.push_back(row_record(row));
        }
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}, {"resources", std::move(records)}});
        } else if (!table.empty()) {
            table.print(context);
        }
        for (const state::OpenIntent& open : snapshot.open) {
            context.err().line("open: {} of {} (run {})", state::name_of(open.intent.action),
                               open.intent.address, open.run);
        }
        return 0;
    }

private:
    std::optional<std::string> address_;
};

const Register<StateList> registration{{
    .path = "state list",
    .summary = "list the recorded resources",
    .manual = embedded::state_list_md,
}};

}
