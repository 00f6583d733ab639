#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/deployment.hpp"
#include "embedded/cli.hpp"
#include "engine/workspace/extensions.hpp"
#include "value/json.hpp"

#include <fmt/core.h>

namespace cli::extension_show {

class ExtensionShow final : public Command {
public:
    void declare(Args& args) override {
        args.positional("NAME", &name_, "the name of its folder in extensions/");
    }

    base::Result<int> run(Context& context) override {
        const auto workspace = TRY(find_workspace(context));
        const auto extension = TRY(engine::load_extension(workspace, name_));
        if (context.json()) {
            std::string modules;
            for (const std::string& module : extension.modules) {
                modules += (modules.empty() ? "" : ",") + base::quote_json(module);
            }
            context.out().line(R"({{"format":1,"folder":{},"modules":[{}],"manifest":{}}})",
                               base::quote_json(extension.folder), modules,
                               value::to_json(extension.manifest,
                                              [](const value::Value&) { return std::string(); }));
            return 0;
        }
        context.out().line("{}  {} {}", context.out_terminal().paint(Color::Bold, extension.name),
                           engine::name_of(extension.kind), extension.version);
        context.out().line("{}", base::escape_controls(extension.description));
        context.out().line("in {}", extension.folder);
        for (const std::string& module : extension.modules) {
            context.out().line("  import \"{}\"", base::escape_controls(module));
        }
        return 0;
    }

private:
    std::string name_;
};

const Register<ExtensionShow> registration{{
    .path = "extension show",
    .summary = "show an extension and what it offers to import",
    .manual = embedded::extension_show_md,
}};

}
