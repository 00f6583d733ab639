#include "cli/deployment.hpp"

#include "base/fs.hpp"
#include "cli/approval.hpp"
#include "cli/args.hpp"
#include "cli/environment.hpp"
#include "cli/limits.hpp"
#include "cli/views/problems_view.hpp"
#include "cli/views/programs_view.hpp"
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
    // One that is there and not taken is not passed over in silence.
    if (folder.error().code() != base::Code::NotFound) return std::move(folder).error();
    auto registry = TRY(engine::Registry::load(user_data_folder()));
    const engine::Registry::Entry* current = registry.current();
    if (current == nullptr) return std::move(folder).error();
    if (!base::file_exists(base::join_path(current->folder, "main.ncl"))) {
        return base::not_found(fmt::format("the workspace in use, {}, has no main.ncl in {}",
                                           current->name, current->folder))
            .with_help("`workspace use NAME` takes another one");
    }
    TRY(check_owner(current->folder, context.search()));
    return engine::Workspace(current->folder);
}

// What the workspace would start, each program whole, then the question.
static base::Result<void> ask_about_programs(Context& context,
                                             std::span<const provider::Program> programs) {
    if (!context.can_ask()) {
        return base::Error(base::Code::NotApproved, "there is no terminal to ask on");
    }
    context.out().flush();
    const bool is_secret = programs.front().kind == provider::Program::Kind::Secret;
    context.err().line("This workspace is to {} nobody has agreed to yet:",
                       is_secret ? "give away secrets, which" : "start what");
    show_programs(context.err(), programs);
    const char* them = programs.size() == 1 ? "it" : "them";
    return ask_approval(context, is_secret ? fmt::format("Give {} away, now and later?", them)
                                           : fmt::format("Start {}, now and later?", them));
}

engine::TrustOptions trust_options(const Context& context, const engine::Workspace& workspace) {
    const SearchOptions search = context.search();
    return {.folder = user_state_folder(),
            .person = search.person,
            .any_owner = is_trusted_folder(workspace.folder(), search)};
}

base::Result<std::unique_ptr<engine::Deployment>> open_deployment(Context& context) {
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
    options.planning_waits = context.planning_waits();
    options.applying_waits = context.applying_waits();
    // As a function: the engine asks for variables when a secret refers to one, and never sees all
    // of them.
    options.variable = cli::environment;
    engine::Workspace workspace = TRY(find_workspace(context));
    options.trust = trust_options(context, workspace);
    options.takes_over_state = context.options().trust;
    options.ask_about_programs = [&context](std::span<const provider::Program> programs) {
        return context.options().trust ? base::Result<void>()
                                       : ask_about_programs(context, programs);
    };
    if (executable.ok()) options.executable = std::move(executable).value();
    return engine::Deployment::open(std::move(workspace), std::move(options));
}

static bool is_here(const std::string& folder) {
    const auto here = base::current_directory();
    return here.ok() && (*here == folder || here->starts_with(folder + "/"));
}

std::string place_of(const engine::Deployment& deployment) {
    const std::string& folder = deployment.workspace().folder();
    std::string out = fmt::format("{} ({})", base::file_name(folder), deployment.environment());
    return is_here(folder) ? out : out + ", the workspace in use at " + folder;
}

base::Result<int> DeploymentCommand::run(Context& context) {
    if (takes_given_) given_ = TRY(read_given(given_options_));
    auto deployment = TRY(open_deployment(context));
    auto done = work(context, *deployment);
    if (!done.ok() && lacks_inputs(done.error()) && takes_given_ && context.can_ask() &&
        !context.json()) {
        TRY(ask_inputs(context, *deployment, given_));
        done = work(context, *deployment);
    }
    // The deployment must live until its problems are rendered: they point into its sources.
    if (done.ok()) return done;
    return shown_problems(std::move(done).error(), deployment->workspace().folder());
}

void DeploymentCommand::declare_given(Args& args) {
    takes_given_ = true;
    declare_given_options(args, given_options_);
}

void declare_choice(Args& args, engine::PlanRequest& wanted) {
    args.option("only", &wanted.only, "these resources or groups alone, with what they need")
        .value_name("ADDRESS")
        .completes(Completes::Address);
    args.option("except", &wanted.except, "all but these, and what needs them")
        .value_name("ADDRESS")
        .completes(Completes::Address);
}

}
