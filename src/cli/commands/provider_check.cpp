#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/exit_code.hpp"
#include "cli/observer.hpp"
#include "cli/render_error.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"
#include "engine/run/access.hpp"
#include "value/address.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

namespace cli::provider_check {

using engine::CheckedAccess;
using Permission = provider::AccessReport::Permission;

namespace {

std::string_view name_of(Permission::State state) {
    switch (state) {
        case Permission::State::Granted: return "granted";
        case Permission::State::Missing: return "missing";
        case Permission::State::Unknown: return "unknown";
    }
    return "unknown";
}

bool is_missing(const Permission& permission) {
    return permission.state == Permission::State::Missing;
}

json::Value record_of(const CheckedAccess& one) {
    json::Object out{{"connection", one.address}, {"provider", one.provider}};
    if (!one.waits_for.empty()) {
        out.set("status", "deferred");
        out.set("waits_for", json_texts(one.waits_for));
    } else if (one.error) {
        out.set("status", "failed");
        out.set("error", json_parsed(render_error_json(*one.error)));
    } else {
        out.set("status", "reached");
    }
    if (!one.identity.empty()) out.set("identity", one.identity);
    if (!one.report) return out;
    out.set("account", one.report->account);
    out.set("permissions", json_list(one.report->permissions, [](const Permission& permission) {
                json::Object record{{"name", permission.name},
                                    {"state", name_of(permission.state)}};
                if (!permission.why.empty()) record.set("why", permission.why);
                return json::Value(std::move(record));
            }));
    out.set("notes", json_texts(one.report->notes));
    return out;
}

}

class ProviderCheck final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.positional("CONNECTION", &name_, "one of the program's; all if none is named");
        declare_given(args);
    }

protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        TerminalObserver observer(context);
        context.interrupts().enter(
            Interrupts::Phase::Looking,
            observer.interrupt_notice(TerminalObserver::AfterInterrupt::Ends));
        engine::AccessRequest request{.given = given(), .only = {}};
        if (name_) {
            std::string address = TRY(value::normal_address(*name_));
            const bool is_whole =
                address == "default" || value::is_at_or_under(address, "connections");
            request.only.push_back(is_whole ? std::move(address) : "connections." + address);
        }
        const auto checked = TRY(engine::check_access(deployment, request, observer, {}));
        if (context.json()) {
            print_json(context,
                       json::Object{{"format", 1}, {"connections", json_list(checked, record_of)}});
        } else if (checked.empty()) {
            context.out().line("The program goes through no connection: nothing has to be asked.");
        } else {
            for (const CheckedAccess& one : checked) tell(context, one);
        }
        return exit_code(checked);
    }

private:
    static void tell(Context& context, const CheckedAccess& one) {
        const Terminal& terminal = context.out_terminal();
        const std::string title = fmt::format("{} ({})", one.address, one.provider);
        if (!one.waits_for.empty()) {
            context.out().line("… {}: known after apply, as it reads {}", title,
                               base::join(one.waits_for, ", "));
            return;
        }
        if (one.error) {
            context.out().line("{} {}", terminal.paint(Color::Red, "✗"), title);
            context.out().write(render_error(*one.error, terminal));
            return;
        }
        const bool is_short = std::ranges::any_of(one.report->permissions, is_missing);
        context.out().line("{} {}: {}",
                           is_short ? terminal.paint(Color::Yellow, "!")
                                    : terminal.paint(Color::Green, "✓"),
                           title, base::escape_controls(one.report->account));
        for (const Permission& permission : one.report->permissions) {
            const std::string why =
                permission.why.empty() ? "" : " (" + base::escape_controls(permission.why) + ")";
            context.out().line("    {}: {}{}", permission.name, name_of(permission.state), why);
        }
        for (const std::string& note : one.report->notes) {
            context.out().line("    {}", base::escape_controls(note));
        }
    }

    // The worst of what was found; a permission that is missing is not permitted.
    static int exit_code(const std::vector<CheckedAccess>& checked) {
        for (const CheckedAccess& one : checked) {
            if (one.error) return exit_code_of(*one.error);
        }
        const bool is_short = std::ranges::any_of(checked, [](const CheckedAccess& one) {
            return one.report && std::ranges::any_of(one.report->permissions, is_missing);
        });
        return is_short ? kExitNotPermitted : kExitDone;
    }

    std::optional<std::string> name_;
};

const Register<ProviderCheck> registration{{
    .path = "provider check",
    .summary = "ask each connection who we are there and what we may do",
    .manual = embedded::provider_check_md,
}};

}
