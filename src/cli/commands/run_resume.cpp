#include "cli/apply_command.hpp"
#include "cli/args.hpp"
#include "embedded/cli.hpp"
#include "engine/run/saved.hpp"

namespace cli::run_resume {

class RunResume final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.positional("RUN", &request_.run,
                        "its number or id; the newest that did not end well if not given");
        args.flag("stop-on-failure", request_.stop_on_failure, "begin nothing new after a failure");
        args.flag("full", detail_.full, "show every step by itself");
    }

protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        return run_apply(context, deployment, detail_, {},
                         [&](auto& opened, auto& observer, const auto& stop) {
                             return engine::resume(opened, request_, observer, stop);
                         });
    }

private:
    engine::ResumeRequest request_;
    PlanDetail detail_;
};

const Register<RunResume> registration{{
    .path = "run resume",
    .summary = "go on with the approved rest of a run that did not end well",
    .manual = embedded::run_resume_md,
}};

}
