#include "engine/run/evaluate.hpp"

#include "base/fs.hpp"
#include "engine/workspace/modules.hpp"

namespace engine {

std::string path_of(const Workspace& workspace, const std::string& source) {
    return source.starts_with('/') ? source : base::join_path(workspace.folder(), source);
}

base::Result<std::shared_ptr<lang::Program>> make_program(Deployment& deployment,
                                                          const Evaluation& evaluation) {
    const Workspace& workspace = deployment.workspace();
    lang::ProgramOptions options;
    options.main_path = TRY(workspace.main_path(deployment.environment()));
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
    options.stop = evaluation.stop;
    return std::shared_ptr<lang::Program>(lang::Program::create(std::move(options)));
}

}
