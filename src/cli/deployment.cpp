#include "cli/deployment.hpp"

#include "base/fs.hpp"
#include "cli/args.hpp"
#include "cli/environment.hpp"
#include "cli/limits.hpp"
#include "cli/views/problems_view.hpp"
#include "engine/workspace/registry.hpp"
#include "providers/all.hpp"
#include "providers/extension/provider.hpp"

#include <fmt/core.h>

namespace cli {

base::Result<engine::Workspace> find_workspace(const Context& context) {
    auto folder = context.workspace_folder();
    if (folder.ok()) return engine::Workspace(std::move(folder).value());
    // With -C the user has said which one; the one in use elsewhere would be a surprise.
    if (context.options().folder != ".") return std::move(folder).error();
    auto registry = TRY(engine::Registry::load(user_data_folder()));
    const engine::Registry::Entry* current = registry.current();
    if (current == nullptr) return std::move(folder).error();
    if (!base::file_exists(base::join_path(current->folder, "main.ncl"))) {
        return base::not_found(fmt::format("the workspace in use, {}, has no main.ncl in {}",
                                           current->name, current->folder))
            .with_help("`workspace use NAME` takes another one");
    }
    return engine::Workspace(current->folder);
}

base::Result<std::unique_ptr<engine::Deployment>> open_deployment(const Context& context) {
    const Settings& settings = context.settings();
    const auto shipped = providers::all();
    auto executable = base::real_path("/proc/self/exe");
    engine::DeploymentOptions options;
    options.environment = context.environment_name();
    options.providers.assign(shipped.begin(), shipped.end());
    options.load_extensions = [roots = import_roots(settings)](const engine::Workspace& workspace) {
        return providers::extension::load(workspace, {.import_roots = roots});
    };
    options.parallelism = settings.number("apply.parallelism");
    options.limits.max_memory = settings.number("limits.memory_mib") << 20U;
    options.limits.max_depth = static_cast<std::uint32_t>(settings.number("limits.depth"));
    read_limits(settings, options.limits);
    options.history =
        TRY(state::parse_history_policy(settings.text("state.history")).context("state.history"));
    options.clock = &context.clock();
    // As a function: the engine asks for variables when a secret refers to one, and never sees all
    // of them.
    options.variable = cli::environment;
    if (executable.ok()) options.executable = std::move(executable).value();
    return engine::Deployment::open(TRY(find_workspace(context)), std::move(options));
}

base::Result<int> DeploymentCommand::run(Context& context) {
    auto deployment = TRY(open_deployment(context));
    // The deployment must live until its problems are rendered: they point into its sources.
    auto done = work(context, *deployment);
    if (done.ok()) return done;
    return shown_problems(std::move(done).error(), deployment->workspace().folder());
}

void declare_choice(Args& args, engine::PlanRequest& wanted) {
    args.option("only", &wanted.only, "these resources or groups alone, with what they need")
        .value_name("ADDRESS")
        .completes(Completes::Address);
    args.option("except", &wanted.except, "all but these, and what needs them")
        .value_name("ADDRESS")
        .completes(Completes::Address);
}

void declare_set(Args& args, std::vector<std::string>& settings) {
    args.option("set", &settings, "give a value to an input of the program: a.b=EXPR")
        .value_name("PATH=EXPR");
}

}
