#include "cli/apply_command.hpp"
#include "cli/args.hpp"
#include "embedded/cli.hpp"

namespace cli::destroy {

class Destroy final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        declare_choice(args, request_.plan);
        declare_apply(args, request_, consent_, no_refresh_);
        declare_given(args);
        args.flag("full", detail_.full, "show every step by itself");
    }

protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        // As with apply, so that the same options can be given to both.
        if (options_given()) {
            context.err().line(
                "{} destroy goes by what is recorded: what the program is given has no "
                "effect",
                context.err_terminal().paint(Color::Cyan, "note:"));
        }
        request_.plan.refresh = !no_refresh_;
        request_.is_approved = is_approved(context, consent_);
        return run_apply(context, deployment, detail_, consent_,
                         [&](auto& opened, auto& observer, const auto& stop) {
                             return engine::destroy(opened, request_, observer, stop);
                         });
    }

private:
    engine::ApplyRequest request_;
    Consent consent_;
    PlanDetail detail_;
    bool no_refresh_ = false;
};

const Register<Destroy> registration{{
    .path = "destroy",
    .summary = "delete every resource of this workspace and environment",
    .manual = embedded::destroy_md,
}};

}
