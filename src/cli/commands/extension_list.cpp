#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/deployment.hpp"
#include "cli/views/table.hpp"
#include "embedded/cli.hpp"
#include "engine/workspace/extensions.hpp"

#include <fmt/core.h>

namespace cli::extension_list {

class ExtensionList final : public Command {
public:
    base::Result<int> run(Context& context) override {
        const auto workspace = TRY(find_workspace(context));
        Table table({"NAME", "KIND", "VERSION", "DESCRIPTION"});
        std::string json;
        const auto names = TRY(engine::extension_names(workspace));
        for (const std::string& name : names) {
            const auto extension = TRY(engine::load_extension(workspace, name));
            const std::string_view kind = engine::name_of(extension.kind);
            table.add({name, std::string(kind), extension.version,
                       base::escape_controls(extension.description)});
            json += fmt::format(R"({}{{"name":{},"kind":{},"version":{},"description":{}}})",
                                json.empty() ? "" : ",", base::quote_json(name),
                                base::quote_json(kind), base::quote_json(extension.version),
                                base::quote_json(extension.description));
        }
        if (context.json()) {
            context.out().line("{{\"format\":1,\"extensions\":[{}]}}", json);
        } else if (names.empty()) {
            context.err().line("This workspace has no extensions: there is no folder in {}.",
                               workspace.extensions_folder());
        } else {
            table.print(context);
        }
        return 0;
    }
};

const Register<ExtensionList> registration{{
    .path = "extension list",
    .summary = "list the extensions of the workspace",
    .manual = embedded::extension_list_md,
}};

}
