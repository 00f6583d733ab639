#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/sandbox_place.hpp"
#include "cli/views/json.hpp"
#include "cli/views/table.hpp"
#include "embedded/cli.hpp"

#include <fmt/core.h>

namespace cli::sandbox_status {

class SandboxStatus final : public Command {
public:
    void declare(Args& args) override {
        choice_.declare(args);
        args.flag("requests", requests_, "also the last requests that it answered");
        args.option("last", &last_, "how many requests (50)").value_name("COUNT");
    }

    base::Result<int> run(Context& context) override {
        const sandbox::SandboxFolder folder = TRY(choice_.sandbox_folder(context));
        const std::int64_t last = last_ ? TRY(whole_number("last", *last_)) : 50;
        const sandbox::Info info = TRY(folder.info());
        json::Object status = *info.to_json().as_object();
        status.set("running", folder.is_running());
        if (folder.is_running()) {
            const json::Value told = TRY(folder.ask("GET", "status"));
            for (const auto& [key, value] : *told.as_object()) status.set(key, value);
            if (requests_) {
                const json::Value log =
                    TRY(folder.ask("GET", fmt::format("requests?last={}", last)));
                status.set("log", *log.find("requests"));
            }
        }
        if (context.json()) {
            print_json(context, status);
            return 0;
        }
        show(context, info, status);
        return 0;
    }

private:
    static void show(Context& context, const sandbox::Info& info, const json::Value& status) {
        if (!status.bool_or("running", false)) {
            context.out().line("{} does not run; its world is kept", info.cloud);
            return;
        }
        context.out().line("{} runs at {} (process {})", info.cloud, info.endpoint, info.pid);
        const json::Array& faults = *status.find("faults")->as_array();
        context.out().line("{} requests, {} faults, speed {}", status.int64_or("requests", 0),
                           faults.size(), status.find("speed")->to_double().value_or(1));
        Table things({"PROJECT", "TYPE", "COUNT"});
        for (const auto& [project, counts] : *status.find("things")->as_object()) {
            for (const auto& [type, count] : *counts.as_object()) {
                things.add({project, type, count.number_text().value_or("")});
            }
        }
        if (!things.empty()) things.print(context);
        const json::Value* log = status.find("log");
        if (log == nullptr) return;
        Table table({"NUMBER", "METHOD", "STATUS", "FAULTS", "TARGET"});
        for (const json::Value& entry : *log->as_array()) {
            table.add({entry.find("number")->number_text().value_or(""),
                       std::string(entry.string_or("method", "")),
                       entry.find("status")->number_text().value_or("none"),
                       std::string(entry.string_or("faults", "")),
                       std::string(entry.string_or("target", ""))});
        }
        table.print(context);
    }

    SandboxChoice choice_;
    bool requests_ = false;
    std::optional<std::string> last_;
};

const Register<SandboxStatus> registration{{
    .path = "sandbox status",
    .summary = "show whether a sandbox runs and what it holds",
    .manual = embedded::sandbox_status_md,
}};

}
