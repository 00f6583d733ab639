#include "engine/apply/import.hpp"
#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/session.hpp"
#include "cli/views/plan_view.hpp"
#include "cli/views/value_text.hpp"
#include "embedded/cli.hpp"

#include <fmt/core.h>

namespace cli::import {

class Import final : public Command {
public:
    void declare(Args& args) override {
        args.positional("ADDRESS", &address_,
                        "where the program has the resource; with --print its type");
        args.positional("ID", &key_, "how the platform names the thing: its id, path or name");
        args.flag("print", print_, "show the thing as Nickel, record nothing");
        declare_set(args, wanted_.settings);
    }

    base::Result<int> run(Context& context) override {
        auto session = TRY(Session::open(context));
        TRY(session->recover());
        if (print_) return print(context, *session);
        auto* state = TRY(session->state(state::OpenMode::Write));
        wanted_.refresh = false;
        wanted_.importing = address_;
        const engine::Plan before = TRY(session->plan(wanted_));
        const state::Row row = TRY(engine::import_resource(
            before, session->snapshot(), *TRY(session->registry()), *state,
            {.address = address_, .key = key_, .environment = session->environment()}));

        // What the program makes of it: only of this one, as it was just looked at.
        wanted_.only = {address_};
        engine::Plan plan = TRY(session->plan(wanted_));
        plan.refreshed = true;
        plan.left_out.clear();
        if (context.json()) {
            context.out().line(
                "{{\"format\":1,\"imported\":{},\"type\":{},\"key\":{},\"plan\":{}}}",
                base::quote_json(row.address), base::quote_json(row.type),
                base::quote_json(row.key),
                plan_json(plan, {.fingerprint = session->fingerprint()}));
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
    base::Result<int> print(Context& context, Session& session) {
        provider::ProviderRegistry& registry = *TRY(session.registry());
        const provider::ResourceType* type = registry.type(address_);
        if (type == nullptr) {
            return base::not_found(fmt::format("there is no type `{}`", address_))
                .with_exit_code(66)
                .with_help(base::did_you_mean(address_, registry.type_names()));
        }
        provider::ProviderInstance* link =
            TRY(registry.connect(*registry.provider_of(type->name), "default", {}));
        const provider::ObservedResource seen =
            TRY(engine::look_at(*type, key_, *link, value::Value(value::Value::Record{})));
        if (context.json()) {
            context.out().line("{{\"format\":1,\"type\":{},\"key\":{},\"inputs\":{}}}",
                               base::quote_json(type->name), base::quote_json(seen.key),
                               value::to_json(seen.inputs, session.fingerprint()));
            return 0;
        }
        context.out().line("NAME | {} = {{", type->name);
        for (const auto& [name, value] : *seen.inputs.as_record()) {
            if (!value.is_null()) context.out().line("  {} = {},", name, value_text(value));
        }
        context.out().line("}},");
        return 0;
    }

    std::string address_;
    std::string key_;
    bool print_ = false;
    Session::PlanOptions wanted_;
};

const Register<Import> registration{{
    .path = "import",
    .summary = "take something that exists into the state",
    .manual = embedded::import_md,
}};

}
