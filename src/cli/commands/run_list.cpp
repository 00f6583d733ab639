#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/views/json.hpp"
#include "cli/views/run_view.hpp"
#include "cli/views/table.hpp"
#include "embedded/cli.hpp"

#include <fmt/core.h>

namespace cli::run_list {

class RunList final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.option("limit", &limit_, "at most so many").value_name("N");
    }

    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        auto* state = TRY(deployment.state(state::OpenMode::Read));
        auto runs = TRY(state->runs(limit_));
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}, {"runs", json_list(runs, run_record)}});
            return 0;
        }
        Table table({"RUN", "COMMAND", "STATUS", "STARTED", "TOOK", "BY", "DONE"});
        for (const state::RunInfo& run : runs) {
            table.add({std::to_string(run.number), run.command, run_status(run),
                       base::format_time(run.started),
                       run.ended ? base::format_duration(*run.ended - run.started) : "-",
                       fmt::format("{}@{}", run.user, run.host), run_summary(run)});
        }
        if (table.empty()) {
            context.out().line("No run yet.");
        } else {
            table.print(context);
        }
        return 0;
    }

private:
    std::uint64_t limit_ = 50;
};

const Register<RunList> registration{{
    .path = "run list",
    .summary = "list what was run in this environment",
    .manual = embedded::run_list_md,
}};

}
