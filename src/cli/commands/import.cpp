#include "engine/run/import.hpp"
#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/observer.hpp"
#include "cli/views/json.hpp"
#include "cli/views/plan_view.hpp"
#include "cli/views/value_text.hpp"
#include "embedded/cli.hpp"
#include "engine/run/recover.hpp"

#include <fmt/core.h>

namespace cli::import {

class Import final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.positional("ADDRESS", &options_.address,
                        "where the program has the resource; with --print its type");
        args.positional("ID", &options_.key,
                        "how the platform names the thing: its id, path or name");
        args.flag("print", print_, "show the thing as Nickel, record nothing");
        declare_given(args);
    }

protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        TerminalObserver observer(context);
        options_.given = given();
        if (print_) return print(context, deployment, observer);
        const engine::Imported imported =
            TRY(engine::import_resource(deployment, options_, observer, {}));
        const state::Row& row = imported.row;
        const engine::Plan& plan = imported.next.plan;
        if (context.json()) {
            const std::string next = plan_json(plan, {.fingerprint = deployment.fingerprint()});
            print_json(context, json::Object{{"format", 1},
                                             {"imported", row.address},
                                             {"type", row.type},
                                             {"key", row.key},
                                             {"plan", json_parsed(next)}});
            return 0;
        }
        context.out().line("imported {} {} as {}", row.type, row.key, row.address);
        if (plan.is_empty()) {
            context.out().line("it is as the program says");
            return 0;
        }
        context.out().line("the next apply would change it:\n");
        context.out().write(plan_text(plan, {.terminal = context.out_terminal()}));
        return 0;
    }

private:
    base::Result<int> print(Context& context, engine::Deployment& deployment,
                            engine::Observer& observer) {
        // What an earlier run left open is found out first; otherwise the thing that is shown may
        // be half of something.
        TRY(engine::recover(deployment, engine::RecoveryWait::Asks, observer, {}));
        const auto [type, seen] =
            TRY(engine::look_up(deployment, options_.address, options_.key, {}));
        if (context.json()) {
            print_json(context,
                       json::Object{{"format", 1},
                                    {"type", type->name},
                                    {"key", seen.key},
                                    {"inputs", json_value(seen.inputs, deployment.fingerprint())}});
            return 0;
        }
        context.out().line("NAME | {} = {{", type->name);
        for (const auto& [name, value] : *seen.inputs.as_record()) {
            // Nulls are left out: as Nickel, a field that is not set is one that is not written.
            if (!value.is_null()) context.out().line("  {} = {},", name, value_text(value));
        }
        context.out().line("}},");
        return 0;
    }

    engine::ImportOptions options_;   // with --print, `address` is the type
    bool print_ = false;
};

const Register<Import> registration{{
    .path = "import",
    .summary = "take something that exists into the state",
    .manual = embedded::import_md,
}};

}
