#include "base/fs.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/sandbox_place.hpp"
#include "cli/sandbox_settings.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"
#include "engine/workspace/workspace.hpp"
#include "sandbox/control/faults.hpp"

namespace cli::sandbox_start {

constexpr std::int64_t kLargestPort = 65535;

class SandboxStart final : public Command {
public:
    void declare(Args& args) override {
        choice_.declare(args);
        args.option("port", &port_,
                    "the port to listen on; otherwise that of the last time, or a free one");
        args.option("seed", &seed_, "of ids, addresses and tokens, when its world is new");
        settings_.declare(args);
        args.option("fault", &faults_, "a fault from the first request on, as JSON")
            .value_name("JSON");
    }

    base::Result<int> run(Context& context) override {
        const sandbox::SandboxFolder folder = TRY(choice_.sandbox_folder(context));
        const json::Value settings = TRY(settings_.to_json());
        sandbox::Info info;
        const bool was_running = folder.is_running();
        if (!choice_.folder) {
            // Only under the workspace's own folder; a folder of one's own choice is the user's
            // business.
            TRY(engine::Workspace(TRY(context.workspace_folder())).keep_out_of_git());
        }
        if (was_running) {
            info = TRY(folder.await_ready());
            // It runs already: settings and faults are handed on, and its world stays.
            if (!settings.as_object()->empty()) TRY(folder.ask("PUT", "settings", settings));
            for (const std::string& fault : faults_) {
                TRY(folder.ask("POST", "faults",
                               TRY(json::parse(fault).context("reading --fault"))));
            }
        } else {
            info = TRY(folder.start(TRY(base::real_path("/proc/self/exe")), TRY(words())));
        }
        if (context.json()) {
            json::Object out = *info.to_json().as_object();
            out.set("was_running", was_running);
            print_json(context, out);
            return 0;
        }
        context.out().line("{} {} at {}", info.cloud, was_running ? "runs already" : "runs",
                           info.endpoint);
        context.out().line("Token: {}", info.token);
        return 0;
    }

private:
    base::Result<std::vector<std::string>> words() const {
        std::vector<std::string> out{"--cloud", choice_.cloud_name()};
        if (port_) {
            const std::int64_t port = TRY(whole_number("port", *port_));
            if (port > kLargestPort) return usage_error("--port takes a number up to 65535");
            out.insert(out.end(), {"--port", std::to_string(port)});
        }
        if (seed_)
            out.insert(out.end(), {"--seed", std::to_string(TRY(whole_number("seed", *seed_)))});
        for (const std::string& word : settings_.words()) out.push_back(word);
        for (const std::string& fault : faults_) {
            const json::Value parsed = TRY(json::parse(fault).context("reading --fault"));
            // Checked here: the process could only say in its log what is wrong with it.
            TRY(sandbox::Fault::from_json(parsed));
            out.insert(out.end(), {"--fault", fault});
        }
        return out;
    }

    SandboxChoice choice_;
    SandboxSettings settings_;
    std::optional<std::string> port_;
    std::optional<std::string> seed_;
    std::vector<std::string> faults_;
};

const Register<SandboxStart> registration{{
    .path = "sandbox start",
    .summary = "start a cloud on this machine",
    .manual = embedded::sandbox_start_md,
}};

}
