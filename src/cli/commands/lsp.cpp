#include "lsp/server.hpp"

#include "base/fs.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/deployment.hpp"
#include "cli/environment.hpp"
#include "cli/limits.hpp"
#include "cli/nickel/import_paths.hpp"
#include "embedded/cli.hpp"
#include "engine/workspace/modules.hpp"
#include "providers/all.hpp"
#include "providers/extension/provider.hpp"

#include <unistd.h>

namespace cli::lsp_command {

class Lsp final : public Command {
public:
    void declare(Args& args) override {
        // What clients add to say how they speak; there is no other way.
        args.flag("stdio", stdio_, "speak over standard input and output, as always").hidden();
        nickel::declare_import_paths(args, import_paths_);
    }

    base::Result<int> run(Context& context) override {
        lsp::Options options;
        options.modules.push_back(engine::prelude_module());
        for (const provider::Provider* provider : providers::all()) {
            options.modules.push_back(engine::builtin_module(provider->schema()));
        }
        // An extension that cannot be read is told by `check`; the editor works without it.
        if (const auto workspace = find_workspace(context); workspace.ok()) {
            const auto found = providers::extension::load(
                *workspace, {.import_roots = import_roots(context.settings())});
            if (found.ok()) {
                for (const auto& extension : *found) {
                    options.modules.push_back(engine::builtin_module(extension->schema()));
                }
            }
        }
        if (auto executable = base::real_path("/proc/self/exe")) {
            options.check = [program = std::move(*executable)](std::string_view name) {
                std::vector<std::string> words{program, "check", "--json"};
                if (!name.empty()) words.insert(words.end(), {"--env", std::string(name)});
                return words;
            };
        }
        options.import_paths = nickel::all_import_paths(import_paths_);
        lsp::Wire wire(STDIN_FILENO, STDOUT_FILENO);
        return lsp::Server(std::move(options), wire).run();
    }

private:
    bool stdio_ = false;
    std::vector<std::string> import_paths_;
};

const Register<Lsp> registration{{
    .path = "lsp",
    .summary = "serve editors: the language server",
    .manual = embedded::lsp_md,
}};

}
