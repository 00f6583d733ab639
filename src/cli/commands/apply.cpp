#include "base/fs.hpp"
#include "cli/apply_command.hpp"
#include "cli/args.hpp"
#include "embedded/cli.hpp"
#include "engine/run/saved.hpp"

namespace cli::apply {

class Apply final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        declare_given(args);
        args.positional("PLAN", &plan_, "what `plan --out` kept: does that, asks nothing")
            .completes(Completes::File);
        declare_choice(args, request_.plan);
        args.option("adopt", &request_.adopted,
                    "first record what stands for this address and is not recorded")
            .value_name("ADDRESS")
            .completes(Completes::Address);
        declare_apply(args, request_, consent_, no_refresh_);
        args.flag("all", detail_.all, "list unchanged resources too");
        args.flag("full", detail_.full, "show every step by itself");
    }

protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        request_.plan.refresh = !no_refresh_;
        request_.is_approved = is_approved(context, consent_);
        request_.plan.given = given();
        if (plan_ && !request_.adopted.empty()) {
            return usage_error("a kept plan is done as it is; --adopt is of a new one");
        }
        if (plan_ && options_given()) {
            return usage_error("a kept plan has the values that it was made with",
                               "leave out --set and --var-file, or plan again with them");
        }
        return run_apply(context, deployment, detail_, consent_,
                         [&](auto& opened, auto& observer, const auto& stop) {
                             return plan_ ? apply_saved(opened, observer, stop)
                                          : engine::apply(opened, request_, observer, stop);
                         });
    }

private:
    base::Result<engine::ApplyOutcome> apply_saved(engine::Deployment& deployment,
                                                   engine::Observer& observer,
                                                   const engine::Stop& stop) {
        // Far more than plans are; the file is read into memory.
        constexpr std::size_t kMaxPlan = std::size_t{1} << 30;
        const std::string bytes = TRY(base::read_file(*plan_, kMaxPlan));
        // Saving it has made the state: here it was not, and a key made now would open nothing.
        if (!deployment.has_state()) {
            return base::Error(base::Code::NotApproved,
                               *plan_ + ": this plan was made in another checkout of a workspace, "
                                        "and this one has no key yet")
                .with_advice({.next = base::Next::ImportKey});
        }
        const state::Key* key = TRY(deployment.key());
        // The key seals plans: only what was planned with this state's key is read
        // (engine/plan/saved_plan).
        const engine::SavedPlan approved =
            TRY(engine::read_saved_plan(bytes, *key).context(*plan_));
        return engine::apply_saved(deployment, approved, request_.stop_on_failure, observer, stop);
    }

    std::optional<std::string> plan_;
    engine::ApplyRequest request_;
    Consent consent_;
    PlanDetail detail_;
    bool no_refresh_ = false;
};

const Register<Apply> registration{{
    .path = "apply",
    .summary = "make the world as the workspace says",
    .manual = embedded::apply_md,
}};

}
