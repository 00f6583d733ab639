#include "base/fs.hpp"
#include "base/ids.hpp"
#include "base/keep.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/exit_code.hpp"
#include "cli/observer.hpp"
#include "cli/views/order_view.hpp"
#include "cli/views/plan_view.hpp"
#include "embedded/cli.hpp"
#include "engine/run/recover.hpp"

namespace cli::plan {

class Plan final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        declare_given(args);
        declare_choice(args, wanted_);
        args.flag("destroy", wanted_.destroy, "plan the removal of everything in the state");
        args.flag("no-refresh", no_refresh_, "trust the recorded values, look at nothing");
        args.flag("accept-missing", wanted_.accept_missing,
                  "all resources of a connection may be gone");
        args.flag("detailed-exitcode", detailed_, "exit with 2 when there are changes");
        args.option("out,o", &out_, "keep the plan in a file, for `apply FILE`")
            .value_name("FILE")
            .completes(Completes::File);
        args.flag("all", all_, "list unchanged resources too");
        args.flag("full", full_, "show every step by itself");
        args.flag("order", order_,
                  "show the steps in the order of running, with what each waits for");
    }

protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        TerminalObserver observer(context);
        // Nothing is changed, so that a signal ends it at once; it tells what was waited for.
        context.interrupts().enter(
            Interrupts::Phase::Looking,
            observer.interrupt_notice(TerminalObserver::AfterInterrupt::Ends));
        // What is kept names its secrets by the key, so that has to be there before the first of
        // them is met.
        if (out_) TRY(deployment.key());
        // Before the plan: what a run that died has left open decides what there is to plan.
        TRY(engine::recover(deployment, engine::RecoveryWait::Looks, observer, {}));
        wanted_.refresh = !no_refresh_;
        wanted_.given = given();
        const engine::Planned& planned =
            base::kept_until_exit(TRY(engine::plan(deployment, wanted_, observer, {})));
        const engine::Plan& plan = planned.plan;
        if (context.json()) {
            context.out().line(
                "{}", plan_json(plan, {.all = all_, .fingerprint = deployment.fingerprint()}));
        } else {
            context.out().write(plan_text(plan, {.terminal = context.out_terminal(),
                                                 .full = full_,
                                                 .all = all_,
                                                 .place = place_of(deployment),
                                                 .fingerprint = deployment.fingerprint()}));
            if (order_ && !plan.is_empty()) {
                context.out().write("\nIn this order\n" + order_text(plan));
            }
        }
        if (out_) TRY(save(context, deployment, planned));
        // 2 is what other tools say, and only when asked for: scripts would take it for a failure.
        return detailed_ && plan.has_changes() ? kExitChanges : kExitDone;
    }

private:
    base::Result<void> save(Context& context, engine::Deployment& deployment,
                            const engine::Planned& planned) {
        const state::Key* key = TRY(deployment.key());
        engine::SavedPlan saved = TRY(engine::save(deployment, planned, wanted_, key));
        saved.id = base::sortable_id(context.clock());
        // For people, without colours.
        saved.text = plan_text(planned.plan, {.full = full_, .all = all_});
        // 0600: a plan has the inputs of all resources.
        TRY(base::write_file_atomic(*out_, engine::to_bytes(saved, *key), {.mode = 0600}));
        if (!context.json())
            context.out().line("Kept in {}: `provisioning apply {}` does this, and nothing else.",
                               *out_, *out_);
        return {};
    }

    std::optional<std::string> out_;
    engine::PlanRequest wanted_;
    bool no_refresh_ = false;
    bool detailed_ = false;
    bool all_ = false;
    bool full_ = false;
    bool order_ = false;
};

const Register<Plan> registration{{
    .path = "plan",
    .summary = "show what apply would change",
    .manual = embedded::plan_md,
}};

}
