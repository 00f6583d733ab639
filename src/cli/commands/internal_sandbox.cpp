#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/sandbox_place.hpp"
#include "cli/sandbox_settings.hpp"
#include "embedded/cli.hpp"
#include "sandbox/control/process.hpp"

namespace cli::internal_sandbox {

class RunSandbox final : public Command {
public:
    void declare(Args& args) override {
        choice_.declare(args);
        args.option("port", &port_, "the port to listen on");
        args.option("seed", &seed_, "of ids and addresses");
        settings_.declare(args);
        args.option("fault", &faults_, "a fault as JSON");
    }

    base::Result<int> run(Context& context) override {
        constexpr std::int64_t kLargestPort = 65535;
        sandbox::ProcessOptions options{.folder = TRY(choice_.sandbox_folder(context)).folder(),
                                        .cloud = choice_.cloud_name()};
        const std::int64_t port = port_ ? TRY(whole_number("port", *port_)) : 0;
        if (port > kLargestPort) return usage_error("--port takes a number up to 65535");
        options.port = static_cast<std::uint16_t>(port);
        if (seed_) options.seed = static_cast<std::uint64_t>(TRY(whole_number("seed", *seed_)));
        TRY(options.settings.take(TRY(settings_.to_json())));
        for (const std::string& fault : faults_) {
            options.faults.push_back(TRY(json::parse(fault).context("reading --fault")));
        }
        TRY(sandbox::run_process(options));
        return 0;
    }

private:
    SandboxChoice choice_;
    SandboxSettings settings_;
    std::optional<std::string> port_;
    std::optional<std::string> seed_;
    std::vector<std::string> faults_;
};

const Register<RunSandbox> registration{{
    .path = "internal sandbox",
    .summary = "be a cloud on this machine",
    .manual = embedded::internal_sandbox_md,
    .hidden = true,
}};

}
