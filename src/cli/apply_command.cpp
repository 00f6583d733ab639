#include "cli/apply_command.hpp"

#include "base/text.hpp"
#include "cli/approval.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupts.hpp"
#include "cli/render_error.hpp"
#include "cli/views/apply_view.hpp"
#include "cli/views/plan_view.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

namespace cli {
namespace {

std::string question_of(const ApplyRequest& request, const infra::Plan& plan) {
    std::string what = base::count_of(plan.steps.size(), "change");
    if (request.command == "destroy") {
        return fmt::format("Delete {}? This cannot be undone.", base::count_of(plan.summary.remove, "resource"));
    }
    std::size_t lost = plan.summary.remove + plan.summary.replace;
    if (lost == 0) return fmt::format("Apply {}?", what);
    return fmt::format("Apply {}, of which {} cannot be undone?", what, lost);
}

void show_plan(Context& context, Session& session, const infra::Plan& plan, const ApplyRequest& request) {
    if (context.json()) return;
    context.out().write(plan_text(plan, session.planner(),
                                  {.terminal = context.out_terminal(), .full = request.full, .all = request.all}));
    context.out().flush();
}

// What a run that lives is at, or that nobody can tell, was left out of the plan: not all is done.
std::optional<base::Error> undecided(const infra::state::Snapshot& snapshot) {
    if (snapshot.open.empty()) return std::nullopt;
    const auto live = std::ranges::find_if(snapshot.open, [](const auto& open) { return open.run_live; });
    if (live != snapshot.open.end()) {
        return base::Error(base::Code::Conflict,
                           fmt::format("run {} is at {}, so not all was done", live->run, live->intent.address))
            .with_help("do it again when that run has ended; `provisioning run list` shows it");
    }
    const infra::state::OpenIntent& open = snapshot.open.front();
    return base::Error(base::Code::FailedPrecondition,
                       fmt::format("what became of {} is not known, so not all was done", open.intent.address))
        .with_help(fmt::format("do it again a little later, or say what you know: provisioning state settle {} "
                               "--done | --not-done",
                               open.intent.address));
}

void show_error(Context& context, const base::Error& error) {
    context.out().flush();
    context.err().write(context.json() ? render_error_json(error)
                                       : render_error(error, context.err_terminal()));
}

}

base::Result<int> run_apply(Context& context, const ApplyRequest& request) {
    auto session = TRY(Session::open(context));
    Interrupts& interrupts = context.interrupts();   // before any thread is started
    auto* state = TRY(session->state(infra::state::OpenMode::Write));
    TRY(session->recover());
    infra::Plan plan = TRY(session->plan(request.wanted));
    show_plan(context, *session, plan, request);
    if (!plan.is_empty() && !request.yes) TRY(ask_approval(context, question_of(request, plan)));

    auto listener = apply_listener(context);
    infra::ApplyOptions options{.command = request.command,
                                .environment = session->environment(),
                                .first = interrupts.first(),
                                .second = interrupts.second(),
                                .stop_on_failure = request.stop_on_failure};
    infra::ApplyReport report =
        TRY(infra::apply(session->planner(), plan, *state, session->workers(), *listener, options));
    listener.reset();
    if (context.json()) {
        infra::PlanJsonOptions json{.all = request.all, .fingerprint = session->fingerprint()};
        plan.outputs = std::move(report.outputs);
        context.out().line("{}", report_json(plan, session->planner(), json, report));
    } else if (!plan.is_empty()) {
        show_report(context, report, request.command);
    }
    if (report.fatal) show_error(context, *report.fatal);
    const int code = exit_code_of(report, context.was_terminated());
    if (code != kExitDone) return code;
    const auto left = undecided(session->snapshot());
    if (!left) return kExitDone;
    show_error(context, *left);
    return cli::exit_code_of(*left);
}

}
