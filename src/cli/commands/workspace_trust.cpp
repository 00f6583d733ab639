#include "base/text.hpp"
#include "cli/approval.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/views/json.hpp"
#include "cli/views/programs_view.hpp"
#include "embedded/cli.hpp"
#include "engine/run/trust.hpp"

#include <fmt/core.h>

namespace cli::workspace_trust {

namespace {

json::Value record_of(const engine::TrustReport& report) {
    return json::Object{
        {"format", 1},
        // From the worst downwards: a key that somebody else made makes all that it seals readable
        // for them.
        {"state", report.has_foreign_key ? "foreign"
                  : !report.has_state    ? "none"
                  : report.is_older      ? "older"
                  : report.is_own        ? "own"
                                         : "foreign"},
        {"not_agreed", json_list(report.unknown,
                                 [](const provider::Program& program) {
                                     return json::Object{{"role", program.role},
                                                         {"origin", program.origin},
                                                         {"command", provider::shown(program)}};
                                 })},
        {"agreed", json_list(report.known, [](const engine::KnownProgram& program) {
             return json::Object{
                 {"role", program.role}, {"command", program.command}, {"since", program.since}};
         })}};
}

void show_state(Context& context, const engine::TrustReport& report, const std::string& folder) {
    if (report.has_foreign_key) {
        context.out().line("The key in {} was not made by you on this machine: whoever made it can "
                           "read what it seals.",
                           folder);
    }
    if (!report.has_state || (report.is_own && !report.is_older)) return;
    context.out().line("The state in {} {}. It has:", folder,
                       report.is_older ? "is an older copy: it lacks the last run"
                                       : "was not made by you on this machine");
    if (report.usage.empty()) context.out().line("  nothing");
    for (const auto& usage : report.usage) {
        // Not what is in it, which may be a lie: how much there is, to compare it with what one
        // expects.
        context.out().line("  {}: {}, {} open", usage.environment,
                           base::count_of(usage.rows, "resource"),
                           base::count_of(usage.open_intents, "step"));
    }
}

void show_unknown(Context& context, const engine::TrustReport& report) {
    if (report.unknown.empty()) return;
    using Kind = provider::Program::Kind;
    // Two questions that are agreed to together and judged apart: what would run here, and what
    // would leave this machine.
    const auto show = [&](Kind kind, const char* title) {
        std::vector<provider::Program> some;
        for (const provider::Program& one : report.unknown) {
            if (one.kind == kind) some.push_back(one);
        }
        if (some.empty()) return;
        context.out().line("{}", title);
        show_programs(context.out(), some);
    };
    show(Kind::Start, "Nobody has agreed to what it would start:");
    show(Kind::Secret, "Nobody has agreed to which secrets it would give away:");
}

void show_known(Context& context, const engine::TrustReport& report) {
    if (report.known.empty()) return;
    context.out().line("Agreed to:");
    for (const engine::KnownProgram& program : report.known) {
        // The day is enough to remember by; texts that others wrote may hold escape sequences.
        context.out().line("  {}, {}", base::escape_controls(program.role),
                           program.since.substr(0, 10));
        context.out().line("    {}", base::escape_controls(program.command));
    }
}

}

class WorkspaceTrust final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.flag("list", list_, "only show what there is and what was agreed to");
        args.flag("revoke", revoke_, "forget what was agreed to");
        args.flag("yes,y", yes_, "agree without asking");
    }

protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        const engine::TrustReport report = TRY(engine::report_trust(deployment));
        if (revoke_) return revoke(context, deployment, report);
        if (context.json()) {
            print_json(context, record_of(report));
        } else {
            show_state(context, report, deployment.workspace().state_folder());
            show_unknown(context, report);
            if (list_) show_known(context, report);
            if (report.is_settled()) context.out().line("There is nothing left to agree to.");
        }
        if (list_ || report.is_settled()) return 0;
        if (!yes_) TRY(ask_approval(context, "Agree to this, now and later?"));
        // What was shown is what is agreed to: the report is not made a second time after the
        // question.
        TRY(engine::agree_to(deployment, report));
        if (!context.json()) context.out().line("agreed; `--revoke` takes it back");
        return 0;
    }

private:
    static base::Result<int> revoke(Context& context, engine::Deployment& deployment,
                                    const engine::TrustReport& report) {
        TRY(TRY(deployment.trust())->revoke());
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}, {"revoked", report.known.size()}});
        } else {
            context.out().line("{} forgotten{}", base::count_of(report.known.size(), "agreement"),
                               report.has_state ? ", and that the state is yours" : "");
        }
        return 0;
    }

    bool list_ = false;
    bool revoke_ = false;
    bool yes_ = false;
};

const Register<WorkspaceTrust> registration{{
    .path = "workspace trust",
    .summary = "agree to the programs, the secrets given away and the state of a workspace",
    .manual = embedded::workspace_trust_md,
}};

}
