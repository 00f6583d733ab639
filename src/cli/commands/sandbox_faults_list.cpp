#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/sandbox_place.hpp"
#include "cli/views/json.hpp"
#include "cli/views/table.hpp"
#include "embedded/cli.hpp"

#include <fmt/core.h>

namespace cli::sandbox_faults_list {

class SandboxFaultsList final : public Command {
public:
    void declare(Args& args) override { choice_.declare(args); }

    base::Result<int> run(Context& context) override {
        const sandbox::SandboxFolder folder = TRY(choice_.sandbox_folder(context));
        const json::Value told = TRY(folder.ask("GET", "faults"));
        const json::Array& faults = *told.find("faults")->as_array();
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}, {"faults", faults}});
            return 0;
        }
        if (faults.empty()) {
            context.out().line("No fault is set.");
            return 0;
        }
        Table table({"ID", "KIND", "METHOD", "PATH", "MATCHED", "FIRED"});
        for (const json::Value& fault : faults) {
            const auto text = [&](std::string_view key) {
                return std::string(fault.string_or(key, ""));
            };
            const auto number = [&](std::string_view key) {
                return std::to_string(fault.int64_or(key, 0));
            };
            table.add({number("id"), text("kind"), text("method").empty() ? "any" : text("method"),
                       text("path").empty() ? "any" : text("path"), number("matched"),
                       number("fired")});
        }
        table.print(context);
        return 0;
    }

private:
    SandboxChoice choice_;
};

const Register<SandboxFaultsList> registration{{
    .path = "sandbox faults list",
    .summary = "show the faults that are set, and how often they were at work",
    .manual = embedded::sandbox_faults_list_md,
}};

}
