#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/deployment.hpp"
#include "cli/limits.hpp"
#include "cli/views/json.hpp"
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
        json::Array records;
        const auto names = TRY(engine::extension_names(workspace));
        for (const std::string& name : names) {
            const auto extension = TRY(engine::load_extension(
                workspace, name, {.import_roots = import_roots(context.settings())}));
            const std::string_view kind = engine::name_of(extension.kind);
            table.add({name, std::string(kind), extension.version,
                       base::escape_controls(extension.description)});
            records.push_back(json::Object{{"name", name},
                                           {"kind", kind},
                                           {"version", extension.version},
                                           {"description", extension.description}});
        }
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}, {"extensions", std::move(records)}});
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
