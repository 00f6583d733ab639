#include "cli/apply_command.hpp"

#include "base/keep.hpp"
#include "base/text.hpp"
#include "cli/approval.hpp"
#include "cli/args.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupts.hpp"
#include "cli/observer.hpp"
#include "cli/render_error.hpp"
#include "cli/views/apply_view.hpp"
#include "cli/views/json.hpp"
#include "cli/views/plan_view.hpp"
#include "cli/views/wait_view.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>

namespace cli {
namespace {

// What cannot be undone is counted by itself: among forty creations three deletions would be
// overlooked.
std::string question_of(const engine::Planned& planned, const std::string& place) {
    const engine::Summary& summary = planned.plan.summary;
    if (planned.is_destroy()) {
        return fmt::format("Delete {} of {}? This cannot be undone.",
                           base::count_of(summary.remove, "resource"), place);
    }
    const std::string what = base::count_of(planned.plan.steps.size(), "change");
    const std::size_t lost = summary.remove + summary.replace;
    if (lost == 0) return fmt::format("Apply {} to {}?", what, place);
    return fmt::format("Apply {} to {}, of which {} cannot be undone?", what, place, lost);
}

bool is_protected_environment(const Context& context) {
    const auto names = base::split(context.settings().text("workspace.protected"), ',');
    // By the setting, which a workspace may only add to.
    return std::ranges::any_of(names, [&](std::string_view name) {
        return base::trim(name) == context.environment_name();
    });
}

// What is buffered comes out first, so that the error stands behind what led to it.
void show_error(Context& context, const base::Error& error) {
    context.out().flush();
    if (context.json()) return context.err().json(render_error_json(error));
    context.err().write(render_error(error, context.err_terminal()));
}

class ApplyObserver final : public TerminalObserver {
public:
    ApplyObserver(Context& context, const engine::Deployment& deployment, const PlanDetail& detail,
                  const Consent& consent)
        : TerminalObserver(context), deployment_(deployment), detail_(detail), consent_(consent),
          interrupts_(context.interrupts()) {
        enter_planning();
    }

    void on_plan(const engine::Proposal& proposal) override {
        if (context_.json()) return;
        // A later round shows a plan that nobody has seen yet.
        if (proposal.round > 1) context_.out().line("With values now known:\n");
        context_.out().write(
            plan_text(proposal.planned.plan, {.terminal = context_.out_terminal(),
                                              .full = detail_.full,
                                              .all = detail_.all,
                                              .place = place_of(deployment_),
                                              .fingerprint = deployment_.fingerprint()}));
        context_.out().flush();
    }

    base::Result<void> approve(const engine::Proposal& proposal) override {
        const engine::Summary& summary = proposal.planned.plan.summary;
        const bool by_name =
            summary.remove + summary.replace > 0 && is_protected_environment(context_);
        const std::string& name = deployment_.environment();
        // `--yes` is typed by habit and stands in scripts; the name of the environment has to be
        // meant.
        if (by_name ? consent_.confirm == name : consent_.yes) return {};
        // While a question is open, an interrupt ends it: nothing was begun.
        interrupts_.enter(Interrupts::Phase::Asking);
        const std::string question = question_of(proposal.planned, place_of(deployment_));
        return by_name ? ask_name(context_, question, name) : ask_approval(context_, question);
    }

    void on_begin(const engine::Plan& plan, const state::Run& run) override {
        interrupts_.enter(Interrupts::Phase::Applying);
        // A view for each round: it erases what it has drawn when it goes.
        view_ = apply_listener(context_);
        running_.clear();
        view_->on_begin(plan, run);
    }
    void on_step(const engine::StepEvent& event) override {
        using Kind = engine::StepEvent::Kind;
        // Kept here and not asked of the scheduler, since the message about an interrupt is
        // written by this thread.
        if (event.kind == Kind::Started || event.kind == Kind::Waiting) {
            running_[event.step->address] = event.action;
        } else {
            running_.erase(event.step->address);
        }
        view_->on_step(event);
        tell_interrupt();
    }
    void idle() override {
        view_->idle();
        tell_interrupt();
        tell_wait();
    }

    void on_round(const engine::RoundEvent& round) override {
        view_.reset();
        // What follows is short (outputs, a backup), and not worth a word at an interrupt.
        if (!round.goes_on) return interrupts_.enter(Interrupts::Phase::Quiet);
        enter_planning();
        if (!context_.json()) return;
        print_json(context_, json::Object{{"event", "round"},
                                          {"run", round.report.run},
                                          {"summary", summary_record(round.report.counts)}});
    }

private:
    void enter_planning() {
        interrupts_.enter(Interrupts::Phase::Planning, interrupt_notice(AfterInterrupt::GoesOn));
    }

    // Once for each silence of a platform.
    void tell_wait() {
        constexpr std::chrono::milliseconds kOfFailed{1500};
        constexpr std::chrono::seconds kOfOpen{5};   // many a call takes its time
        auto wait = context_.applying_waits()->longest();
        if (!wait) wait = context_.planning_waits()->longest();
        const bool is_silent = wait && wait->silent >= (wait->reason.empty() ? kOfOpen : kOfFailed);
        if (std::exchange(is_wait_told_, is_silent) || !is_silent || context_.json()) return;
        view_->notice(fmt::format("{} {} (Ctrl-C ends this)",
                                  context_.err_terminal().paint(Color::Cyan, "waiting:"),
                                  wait_text(*wait)));
    }

    // By the thread that draws: a line of another would be drawn over.
    // Written at a step or when nothing happens for a while, whichever comes first, and once.
    void tell_interrupt() {
        if (is_interrupt_told_ || running_.empty() || !interrupts_.first().stop_requested()) return;
        is_interrupt_told_ = true;
        constexpr std::size_t kNamed = 6;
        std::vector<std::string> names;
        for (const auto& [address, action] : running_) {
            if (names.size() == kNamed) break;
            names.push_back(base::escape_controls(address));
        }
        if (context_.json()) {
            print_json(context_,
                       json::Object{{"event", "interrupted"},
                                    {"waits_for", json_list(running_, [](const auto& running) {
                                         return running.first;
                                     })}});
            context_.out().flush();
            return;
        }
        std::string waits = base::join(names, ", ");
        if (running_.size() > kNamed)
            waits += fmt::format(" and {} more", running_.size() - kNamed);
        view_->notice(fmt::format("{} nothing new is begun; waiting for {}; interrupt again to "
                                  "stop waiting: what became of it is "
                                  "then found out by the next command",
                                  context_.err_terminal().paint(Color::Yellow, "interrupted:"),
                                  waits));
    }

    const engine::Deployment& deployment_;
    const PlanDetail& detail_;
    const Consent& consent_;
    Interrupts& interrupts_;
    std::unique_ptr<ApplyView> view_;                   // during a round's steps
    std::map<std::string, provider::Action> running_;   // by address
    bool is_interrupt_told_ = false;
    bool is_wait_told_ = false;
};

int finish(Context& context, const engine::Deployment& deployment, const PlanDetail& detail,
           engine::ApplyOutcome& outcome) {
    engine::Plan& plan = outcome.planned.plan;
    engine::ApplyReport& report = outcome.report;
    if (context.json()) {
        const engine::PlanJsonOptions json{.all = detail.all,
                                           .fingerprint = deployment.fingerprint()};
        plan.outputs = std::move(report.outputs);
        context.out().line("{}", report_json(plan, json, report));
        // An empty plan has been told already ("nothing to change").
    } else if (!plan.is_empty() || outcome.rounds > 1) {
        show_report(context, report, outcome.planned.is_destroy() ? "destroy" : "apply");
    }
    if (report.fatal) show_error(context, *report.fatal);
    const int code = exit_code_of(report, context.was_terminated());
    // What nobody approved in a later round comes last, and only if nothing worse is to be told.
    if (code != kExitDone || !outcome.undecided) return code;
    show_error(context, *outcome.undecided);
    return exit_code_of(*outcome.undecided);
}

}

bool is_approved(const Context& context, const Consent& consent) {
    return consent.yes && !is_protected_environment(context);
}

void declare_apply(Args& args, engine::ApplyRequest& request, Consent& consent, bool& no_refresh) {
    args.flag("yes,y", consent.yes, "approve without asking");
    args.option("confirm", &consent.confirm,
                "approve what deletes in a protected environment, by its name")
        .value_name("ENVIRONMENT");
    args.flag("no-refresh", no_refresh, "trust the recorded values, look at nothing");
    args.flag("accept-missing", request.plan.accept_missing,
              "all resources of a connection may be gone");
    args.flag("stop-on-failure", request.stop_on_failure, "begin nothing new after a failure");
}

base::Result<int> run_apply(Context& context, engine::Deployment& deployment,
                            const PlanDetail& detail, const Consent& consent,
                            const ApplyEntry& entry) {
    // Signals must be blocked before the first thread is started, since threads inherit the mask:
    // a worker that received one would end the process.
    Interrupts& interrupts = context.interrupts();   // before any thread is started
    ApplyObserver observer(context, deployment, detail, consent);
    engine::ApplyOutcome& outcome = base::kept_until_exit(TRY(
        entry(deployment, observer, {.first = interrupts.first(), .second = interrupts.second()})));
    return finish(context, deployment, detail, outcome);
}

}
