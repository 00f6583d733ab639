#include "engine/run/import.hpp"
#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/observer.hpp"
#include "cli/views/json.hpp"
#include "cli/views/plan_view.hpp"
#include "cli/views/program_text.hpp"
#include "embedded/cli.hpp"
#include "engine/run/recover.hpp"
#include "value/address.hpp"

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
        args.option("connection", &connection_,
                    "with --print, where the program has several: through which")
            .value_name("NAME");
        declare_given(args);
    }

protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        TerminalObserver observer(context);
        options_.given = given();
        if (print_) return print(context, deployment, observer);
        options_.address = TRY(value::normal_address(options_.address));
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
        if (!imported.unseen.empty()) context.out().line("  {}", unseen_text(imported.unseen));
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
        if (connection_) options_.connection = TRY(connection_address(*connection_));
        const auto [type, seen] = TRY(engine::look_up(deployment, options_, observer, {}));
        if (context.json()) {
            print_json(context,
                       json::Object{{"format", 1},
                                    {"type", type->name},
                                    {"key", seen.key},
                                    {"inputs", json_value(seen.inputs, deployment.fingerprint())}});
            return 0;
        }
        context.out().write(program_text(*type, seen.inputs, options_.connection));
        return 0;
    }

    // "hz" is connections.hz.
    static base::Result<std::string> connection_address(std::string_view name) {
        std::string address = TRY(value::normal_address(name));
        if (value::is_at_or_under(address, "connections")) return address;
        return "connections." + address;
    }

    engine::ImportOptions options_;   // with --print, `address` is the type
    std::optional<std::string> connection_;
    bool print_ = false;
};

const Register<Import> registration{{
    .path = "import",
    .summary = "take something that exists into the state",
    .manual = embedded::import_md,
}};

}
