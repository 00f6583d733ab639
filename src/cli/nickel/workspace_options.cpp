#include "cli/nickel/workspace_options.hpp"

#include "base/fs.hpp"
#include "engine/workspace/modules.hpp"

namespace cli::nickel {

base::Result<lang::EvaluationOptions> workspace_options(engine::Deployment& deployment) {
    const engine::Workspace& workspace = deployment.workspace();
    lang::EvaluationOptions options;
    options.limits = deployment.options().limits;
    options.limits.import_roots.push_back(workspace.folder());
    options.import_paths = {workspace.folder(), workspace.extensions_folder()};
    if (base::is_directory(workspace.schemas_folder())) {
        options.schemas_dir = workspace.schemas_folder();
    }
    options.modules.push_back(engine::prelude_module());
    for (const provider::Provider* provider : TRY(deployment.providers())->providers()) {
        options.modules.push_back(engine::builtin_module(provider->schema()));
    }
    return options;
}

}
