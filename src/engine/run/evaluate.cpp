#include "engine/run/evaluate.hpp"

#include "base/fs.hpp"
#include "engine/workspace/modules.hpp"

#include <fmt/core.h>

namespace engine {

std::string path_of(const Workspace& workspace, const std::string& source) {
    return source.starts_with('/') ? source : base::join_path(workspace.folder(), source);
}

// A link in a workspace that somebody else wrote must not show what else is on this machine.
static base::Result<void> expect_below(const std::vector<std::string>& roots,
                                       const std::string& path) {
    const std::string real = TRY(base::real_path(path));
    for (const std::string& root : roots) {
        auto folder = base::real_path(root);
        if (folder.ok() && real.starts_with(base::join_path(*folder, ""))) return {};
    }
    return base::invalid_argument(
               fmt::format("{} is a link to {}, which lies outside of the workspace", path, real))
        .with_help("copy it into the workspace, or import it there from a main.ncl of its own; "
                   "`limits.import_roots` in your own settings names folders beside the "
                   "workspace's");
}

base::Result<std::shared_ptr<lang::Program>> make_program(Deployment& deployment,
                                                          const Evaluation& evaluation) {
    const Workspace& workspace = deployment.workspace();
    lang::ProgramOptions options;
    options.main_path = TRY(workspace.main_path(deployment.environment()));
    options.base_path = base::join_path(workspace.folder(), "main.ncl");
    options.given = evaluation.given;
    // A saved plan runs from its own copies, so that what was approved does not depend on what has
    // happened to the files; that they have changed is told, and no more (`on_changed_sources`).
    if (evaluation.approved != nullptr) {
        options.given = evaluation.approved->given;
        auto& files = options.frozen_files.emplace();
        for (const auto& [source, text] : evaluation.approved->sources) {
            files[path_of(workspace, source)] = text;
        }
    }
    options.import_paths = {workspace.folder(), workspace.extensions_folder()};
    if (base::is_directory(workspace.schemas_folder()))
        options.schemas_dir = workspace.schemas_folder();
    // Modules are made from the schemas of this run's providers, in memory: an extension that was
    // updated shows its new types at once.
    options.modules.push_back(prelude_module());
    for (const provider::Provider* provider : TRY(deployment.providers())->providers()) {
        options.modules.push_back(builtin_module(provider->schema()));
    }
    options.all_unknown = evaluation.all_unknown;
    options.limits = deployment.options().limits;
    auto& roots = options.limits.import_roots;
    roots.insert(roots.begin(), workspace.folder());
    // The file itself, too: what cannot be parsed is shown, and logs are read by others.
    if (!options.frozen_files) {
        TRY(expect_below(roots, options.main_path));
        TRY(base::expect_file(options.main_path));
        TRY(base::expect_file(base::join_path(workspace.folder(), "main.ncl")));
    }
    options.stop = evaluation.stop;
    return std::shared_ptr<lang::Program>(lang::Program::create(std::move(options)));
}

}
