#include "cli/apply_command.hpp"
#include "cli/args.hpp"
#include "embedded/cli.hpp"

namespace cli::destroy {

class Destroy final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        declare_choice(args, request_.plan);
        args.flag("yes,y", request_.is_approved, "approve without asking");
        args.flag("no-refresh", no_refresh_, "trust the recorded values, look at nothing");
        args.flag("accept-missing", request_.plan.accept_missing,
                  "all resources of a connection may be gone");
        args.flag("stop-on-failure", request_.stop_on_failure, "begin nothing new after a failure");
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
