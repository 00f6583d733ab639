#include "cli/apply_command.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "embedded/cli.hpp"

namespace cli::destroy {

class Destroy final : public Command {
public:
    void declare(Args& args) override {
        declare_choice(args, request_.wanted);
        args.flag("yes,y", request_.yes, "approve without asking");
        args.flag("no-refresh", no_refresh_, "trust the recorded values, look at nothing");
        args.flag("accept-missing", request_.wanted.accept_missing,
                  "all resources of a connection may be gone");
        args.flag("stop-on-failure", request_.stop_on_failure, "begin nothing new after a failure");
        args.flag("full", request_.full, "show every step by itself");
    }

    base::Result<int> run(Context& context) override {
        request_.command = "destroy";
        request_.wanted.destroy = true;
        request_.wanted.refresh = !no_refresh_;
        return run_apply(context, request_);
    }

private:
    ApplyRequest request_;
    bool no_refresh_ = false;
};

const Register<Destroy> registration{{
    .path = "destroy",
    .summary = "delete every resource of this workspace and environment",
    .manual = embedded::destroy_md,
}};

}
