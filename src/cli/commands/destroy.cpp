#include "cli/apply_command.hpp"
#include "cli/args.hpp"
#include "embedded/cli.hpp"

namespace cli::destroy {

class Destroy final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        declare_choice(args, request_.plan);
        declare_apply(args, request_, no_refresh_);
        args.flag("full", detail_.full, "show every step by itself");
    }

protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        request_.plan.refresh = !no_refresh_;
        return run_apply(context, deployment, detail_,
                         [&](auto& opened, auto& observer, const auto& stop) {
                             return engine::destroy(opened, request_, observer, stop);
                         });
    }

private:
    engine::ApplyRequest request_;
    PlanDetail detail_;
    bool no_refresh_ = false;
};

const Register<Destroy> registration{{
    .path = "destroy",
    .summary = "delete every resource of this workspace and environment",
    .manual = embedded::destroy_md,
}};

}
