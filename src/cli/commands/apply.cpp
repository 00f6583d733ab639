#include "cli/apply_command.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "embedded/cli.hpp"

namespace cli::apply {

class Apply final : public Command {
public:
    void declare(Args& args) override {
        declare_set(args, request_.wanted.settings);
        declare_choice(args, request_.wanted);
        args.flag("yes,y", request_.yes, "approve without asking");
        args.flag("no-refresh", no_refresh_, "trust the recorded values, look at nothing");
        args.flag("accept-missing", request_.wanted.accept_missing, "all resources of a connection may be gone");
        args.flag("stop-on-failure", request_.stop_on_failure, "begin nothing new after a failure");
        args.flag("all", request_.all, "list unchanged resources too");
        args.flag("full", request_.full, "show every step by itself");
    }

    base::Result<int> run(Context& context) override {
        request_.command = "apply";
        request_.wanted.refresh = !no_refresh_;
        return run_apply(context, request_);
    }

private:
    ApplyRequest request_;
    bool no_refresh_ = false;
};

const Register<Apply> registration{{
    .path = "apply",
    .summary = "make the world as the workspace says",
    .manual = embedded::apply_md,
}};

}
