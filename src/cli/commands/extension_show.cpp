#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/deployment.hpp"
#include "cli/limits.hpp"
#include "cli/views/json.hpp"
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
        const auto extension = TRY(engine::load_extension(
            workspace, name_, {.import_roots = import_roots(context.settings())}));
        if (context.json()) {
            const auto no_secret = [](const value::Value&) { return std::string(); };
            print_json(context, json::Object{{"format", 1},
                                             {"folder", extension.folder},
                                             {"modules", json_texts(extension.modules)},
                                             {"manifest",
                                              value::json_value(extension.manifest, no_secret)}});
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
