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

std::string question_of(const ApplyRequest& request, const engine::Plan& plan) {
    std::string what = base::count_of(plan.steps.size(), "change");
    if (request.command == "destroy") {
        return fmt::format("Delete {}? This cannot be undone.",
                           base::count_of(plan.summary.remove, "resource"));
    }
    std::size_t lost = plan.summary.remove + plan.summary.replace;
    if (lost == 0) return fmt::format("Apply {}?", what);
    return fmt::format("Apply {}, of which {} cannot be undone?", what, lost);
}

void show_plan(Context& context, Session& session, const engine::Plan& plan,
               const ApplyRequest& request) {
    if (context.json()) return;
    context.out().write(plan_text(plan, {.terminal = context.out_terminal(),
                                         .full = request.full,
                                         .all = request.all,
                                         .fingerprint = session.fingerprint()}));
    context.out().flush();
}

// What a run that lives is at, what nobody can tell and what waits to be recorded was left out of
// the plan: not all is done.
std::optional<base::Error> undecided(const engine::Plan& plan, const state::Snapshot& snapshot) {
    for (const engine::Orphan& orphan : plan.orphans) {
        if (std::ranges::find(plan.blocked, orphan.address, &engine::Blocked::address) ==
            plan.blocked.end()) {
            continue;
        }
        return base::Error(base::Code::FailedPrecondition,
                           fmt::format("what was made for {} is not recorded, so not all was done",
                                       orphan.address))
            .with_help("`provisioning state adopt` records it");
    }
    if (snapshot.open.empty()) return std::nullopt;
    const auto live =
        std::ranges::find_if(snapshot.open, [](const auto& open) { return open.run_live; });
    if (live != snapshot.open.end()) {
        return base::Error(base::Code::Conflict, fmt::format("run {} is at {}, so not all was done",
                                                             live->run, live->intent.address))
            .with_help("do it again when that run has ended; `provisioning run list` shows it");
    }
    const state::OpenIntent& open = snapshot.open.front();
    return base::Error(base::Code::FailedPrecondition,
                       fmt::format("what became of {} is not known, so not all was done",
                                   open.intent.address))
        .with_help(fmt::format(
            "do it again a little later, or say what you know: provisioning state resolve {} "
            "--done | --not-done",
            open.intent.address));
}

void show_error(Context& context, const base::Error& error) {
    context.out().flush();
    context.err().write(context.json() ? render_error_json(error)
                                       : render_error(error, context.err_terminal()));
}

// More than this many deferrals behind one another are a program that never comes to an end.
constexpr int kMaxRounds = 32;

// What `--yes` covers behind a deferral, where nobody has seen the plan: making things and changing
// them in place.
bool within_envelope(const engine::Plan& plan) {
    return plan.summary.remove + plan.summary.replace == 0;
}

base::Error beyond_envelope(const engine::Plan& plan) {
    return base::Error(
               base::Code::PermissionDenied,
               fmt::format(
                   "what was known is applied; what became known deletes or replaces {}, which "
                   "`--yes` does not cover",
                   base::count_of(plan.summary.remove + plan.summary.replace, "resource")))
        .with_exit_code(kExitNotPermitted)
        .with_help("`provisioning apply` plans it and asks; `--yes` there approves it");
}

// Adds what earlier rounds did to the counts of the last.
void add_counts(engine::Done& into, const engine::Done& earlier) {
    into.done.create += earlier.done.create;
    into.done.update += earlier.done.update;
    into.done.replace += earlier.done.replace;
    into.done.remove += earlier.done.remove;
    std::size_t touched = earlier.done.create + earlier.done.update + earlier.done.replace;
    into.done.unchanged -= std::min(into.done.unchanged, touched);
    into.failed += earlier.failed;
    into.skipped += earlier.skipped;
}

// Plans and applies; where a deferral hid a part of the program, goes on with that part once it is
// known (ENGINE §6), until there is nothing more.
class ApplyRounds {
public:
    ApplyRounds(Context& context, const ApplyRequest& request, Session& session)
        : context_(context), request_(request), session_(session) {}

    base::Result<int> run(state::State& state) {
        engine::Done earlier;
        for (int round = 1;; ++round) {
            Session::PlanOptions wanted = request_.wanted;
            wanted.refresh = wanted.refresh && round == 1;   // then all of it was just seen or made
            engine::Plan plan = TRY(session_.plan(wanted));
            if (round > 1) plan.refreshed = true;
            TRY(request_.approved ? check_approved(plan, state) : approve(plan, round));
            engine::ApplyReport report = TRY(apply(plan, state));
            bool goes_on = !request_.approved && report.succeeded() &&
                           plan.steps.size() > report.not_done.size() &&
                           (!plan.deferred.empty() || !report.appeared.empty()) &&
                           round < kMaxRounds;
            if (goes_on) {
                if (context_.json()) {
                    context_.out().line(R"({{"event":"round","run":{},"summary":{}}})", report.run,
                                        engine::summary_json(report.counts));
                }
                add_counts(report.counts, earlier);
                earlier = report.counts;
                continue;
            }
            add_counts(report.counts, earlier);
            return finish(plan, report, round);
        }
    }

private:
    base::Result<void> approve(const engine::Plan& plan, int round) {
        if (round == 1) {
            show_plan(context_, session_, plan, request_);
            if (plan.is_empty() || request_.yes) return {};
            return ask_approval(context_, question_of(request_, plan));
        }
        if (plan.is_empty()) return {};
        if (!context_.json()) context_.out().line("With values now known:\n");
        show_plan(context_, session_, plan, request_);
        if (!request_.yes) return ask_approval(context_, question_of(request_, plan));
        if (!within_envelope(plan)) return beyond_envelope(plan);
        return {};
    }

    // The writes of runs that carried out this very plan, and of recovery after them, are its own.
    base::Result<void> check_approved(const engine::Plan& plan, state::State& state) {
        const engine::SavedPlan& approved = *request_.approved;
        const auto own_run = [&](std::int64_t run) {
            if (approved.runs.empty() || run < approved.runs.front()) return false;
            if (std::ranges::find(approved.runs, run) != approved.runs.end()) return true;
            auto detail = state.run(std::to_string(run));
            return detail.ok() && detail->info.command == "recover";
        };
        const state::Key* key = TRY(state.key());
        TRY(engine::check_still_holds(approved, plan, session_.snapshot(), *key, request_.likeness,
                                      own_run));
        show_plan(context_, session_, plan, request_);
        return {};
    }

    base::Result<std::string> saved_for_resume(const engine::Plan& plan, state::State& state) {
        const state::Key* key = TRY(state.key());
        if (request_.approved) return engine::to_bytes(*request_.approved, *key);
        return engine::to_bytes(session_.saved(plan, request_.wanted, nullptr), *key);
    }

    base::Result<engine::ApplyReport> apply(const engine::Plan& plan, state::State& state) {
        Interrupts& interrupts = context_.interrupts();
        auto listener = apply_listener(context_);
        engine::ApplyOptions options{
            .command = request_.command,
            .environment = session_.environment(),
            .first = interrupts.first(),
            .second = interrupts.second(),
            .plan_id = request_.likeness == engine::PlanMatch::Same && request_.approved
                           ? request_.approved->id
                           : "",
            .plan = plan.is_empty() ? std::string() : TRY(saved_for_resume(plan, state)),
            .stop_on_failure = request_.stop_on_failure};
        return engine::apply(plan, &session_.planner(), *TRY(session_.registry()), state,
                             session_.workers(), *listener, options);
    }

    int finish(engine::Plan& plan, engine::ApplyReport& report, int rounds) {
        if (context_.json()) {
            engine::PlanJsonOptions json{.all = request_.all,
                                         .fingerprint = session_.fingerprint()};
            plan.outputs = std::move(report.outputs);
            context_.out().line("{}", report_json(plan, json, report));
        } else if (!plan.is_empty() || rounds > 1) {
            show_report(context_, report, request_.command);
        }
        if (report.fatal) show_error(context_, *report.fatal);
        const int code = exit_code_of(report, context_.was_terminated());
        if (code != kExitDone) return code;
        const auto left = undecided(plan, session_.snapshot());
        if (!left) return kExitDone;
        show_error(context_, *left);
        return cli::exit_code_of(*left);
    }

    Context& context_;
    const ApplyRequest& request_;
    Session& session_;
};

}

base::Result<int> run_apply(Context& context, ApplyRequest request) {
    auto session = TRY(Session::open(context));
    context.interrupts();   // before any thread is started
    auto* state = TRY(session->state(state::OpenMode::Write));
    TRY(session->recover(Session::RecoveryWait::Waits));
    return ApplyRounds(context, request, *session).run(*state);
}

base::Result<int> run_saved(Context& context, Session& session, ApplyRequest request) {
    const engine::SavedPlan& approved = *request.approved;
    auto* state = TRY(session.state(state::OpenMode::Write));
    if (approved.workspace != state->workspace_id() ||
        approved.environment != session.environment()) {
        return base::invalid_argument(
                   fmt::format("this plan is for the environment {} of {}", approved.environment,
                               approved.workspace == state->workspace_id() ? "this workspace"
                                                                           : "another workspace"))
            .with_help(fmt::format("--env {}", approved.environment));
    }
    const std::vector<std::string> changed = session.changed_since(approved);
    if (!changed.empty()) {
        context.err().line("{} {} not as it was planned: the plan's own copy is used",
                           context.err_terminal().paint(Color::Yellow, "warning:"),
                           base::join(changed, ", ") + (changed.size() == 1 ? " is" : " are"));
    }
    request.command = approved.command;
    request.wanted.destroy = approved.command == "destroy";
    request.wanted.refresh = approved.refreshed || request.likeness == engine::PlanMatch::Rest;
    request.wanted.accept_missing = approved.accept_missing;
    request.wanted.settings = approved.settings;
    request.wanted.approved = &approved;
    return ApplyRounds(context, request, session).run(*state);
}

}
