#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/session.hpp"
#include "embedded/cli.hpp"

namespace cli::check {

class Check final : public Command {
public:
    void declare(Args& args) override { declare_set(args, settings_); }

    base::Result<int> run(Context& context) override {
        auto session = TRY(Session::open(context));
        std::size_t count = TRY(session->check(settings_));
        if (context.json()) {
            context.out().line("{{\"format\":1,\"ok\":true,\"resources\":{}}}", count);
        } else {
            context.out().line("{} {}", context.out_terminal().paint(Color::Green, "ok:"),
                               base::count_of(count, "resource"));
        }
        return 0;
    }

private:
    std::vector<std::string> settings_;
};

const Register<Check> registration{{
    .path = "check",
    .summary = "check the configuration without asking anybody",
    .manual = embedded::check_md,
    .alias = "validate",
}};

}
