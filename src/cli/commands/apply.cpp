#include "base/fs.hpp"
#include "cli/apply_command.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/interrupts.hpp"
#include "embedded/cli.hpp"

namespace cli::apply {

class Apply final : public Command {
public:
    void declare(Args& args) override {
        declare_set(args, request_.wanted.settings);
        args.positional("PLAN", &plan_, "what `plan --out` kept: does that, asks nothing")
            .completes(Completes::File);
        declare_choice(args, request_.wanted);
        args.flag("yes,y", request_.yes, "approve without asking");
        args.flag("no-refresh", no_refresh_, "trust the recorded values, look at nothing");
        args.flag("accept-missing", request_.wanted.accept_missing,
                  "all resources of a connection may be gone");
        args.flag("stop-on-failure", request_.stop_on_failure, "begin nothing new after a failure");
        args.flag("all", request_.all, "list unchanged resources too");
        args.flag("full", request_.full, "show every step by itself");
    }

    base::Result<int> run(Context& context) override {
        if (plan_) return apply_saved(context);
        request_.command = "apply";
        request_.wanted.refresh = !no_refresh_;
        return run_apply(context, request_);
    }

private:
    base::Result<int> apply_saved(Context& context) {
        constexpr std::size_t kMaxPlan = std::size_t{1} << 30;
        const std::string bytes = TRY(base::read_file(*plan_, kMaxPlan));
        auto session = TRY(Session::open(context));
        context.interrupts();
        const state::Key* key = TRY(session->key());
        TRY(session->recover(Session::RecoveryWait::Waits));
        request_.approved = TRY(engine::read_saved_plan(bytes, *key).context(*plan_));
        return run_saved(context, *session, std::move(request_));
    }

    std::optional<std::string> plan_;
    ApplyRequest request_;
    bool no_refresh_ = false;
};

const Register<Apply> registration{{
    .path = "apply",
    .summary = "make the world as the workspace says",
    .manual = embedded::apply_md,
}};

}
