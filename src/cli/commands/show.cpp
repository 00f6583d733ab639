#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/reveal.hpp"
#include "cli/views/resource_view.hpp"
#include "embedded/cli.hpp"
#include "engine/run/reveal.hpp"

namespace cli::show {

class Show final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.positional("ADDRESS", &address_, "only this resource, or those beneath it")
            .completes(Completes::Address);
        declare_reveal(args, reveal_);
    }

    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        if (reveal_.reveals) TRY(engine::prepare_reveal(deployment));
        auto* state = TRY(deployment.state(state::OpenMode::Read));
        auto snapshot = TRY(state->read());
        std::vector<const state::Row*> rows;
        if (address_) {
            rows = TRY(rows_at(snapshot, *address_));
        } else {
            for (const state::Row& row : snapshot.rows) rows.push_back(&row);
        }
        std::vector<state::Row> revealed;
        if (reveal_.reveals) TRY(reveal(context, deployment, rows, revealed));
        if (context.json()) {
            context.out().line("{}", rows_json(rows, deployment.fingerprint()));
            return 0;
        }
        if (rows.empty()) context.out().line("Nothing is recorded: nothing was applied here yet.");
        for (const state::Row* row : rows) show_row(context, *row, RowDetail::Values);
        return 0;
    }

private:
    // Puts revealed copies in place of the rows.
    base::Result<void> reveal(Context& context, engine::Deployment& deployment,
                              std::vector<const state::Row*>& rows,
                              std::vector<state::Row>& revealed) {
        std::vector<std::string> names;
        for (const state::Row* row : rows) {
            if (row->inputs.has_secret() || row->outputs.has_secret())
                names.push_back(row->address);
            revealed.push_back(*row);
        }
        TRY(approve_reveal(context, deployment, reveal_, names));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            for (value::Value* values : {&revealed[i].inputs, &revealed[i].outputs})
                reveal_members(context, deployment, revealed[i].address, *values);
            rows[i] = &revealed[i];
        }
        return {};
    }

    // One that is not to be had any more stays hidden, and the others are shown.
    static void reveal_members(Context& context, engine::Deployment& deployment,
                               const std::string& address, value::Value& values) {
        value::Value::Record* members = values.as_record();
        if (members == nullptr) return;
        for (auto& [name, value] : *members) {
            if (!value.has_secret()) continue;
            auto revealed = engine::reveal(deployment, value);
            if (revealed.ok()) {
                value = std::move(revealed).value();
                continue;
            }
            context.err().line("{} `{}` of {}: {}",
                               context.err_terminal().paint(Color::Yellow, "warning:"), name,
                               address, revealed.error().text());
        }
    }

    std::optional<std::string> address_;
    RevealOptions reveal_;
};

const Register<Show> registration{{
    .path = "show",
    .summary = "show the resources as they were last applied",
    .manual = embedded::show_md,
}};

}
