#include "base/fs.hpp"
#include "cli/environment.hpp"
#include "cli/interrupts.hpp"
#include "cli/limits.hpp"
#include "cli/session.hpp"
#include "cli/views/problems_view.hpp"
#include "engine/workspace/modules.hpp"
#include "providers/all.hpp"
#include "providers/extension/provider.hpp"

#include <algorithm>
#include <thread>

namespace cli {

base::Result<provider::ProviderRegistry*> Session::registry() {
    if (!registry_) {
        extensions_ = TRY(providers::extension::load(workspace_));
        auto shipped = providers::all();
        std::vector<const provider::Provider*> providers(shipped.begin(), shipped.end());
        for (const auto& extension : extensions_) providers.push_back(extension.get());
        auto executable = base::real_path("/proc/self/exe");
        registry_ = std::make_unique<provider::ProviderRegistry>(
            std::move(providers),
            provider::Host{.workspace_dir = workspace_.folder(),
                           .state_dir = workspace_.state_folder(),
                           .executable = executable.ok() ? *executable : std::string(),
                           .environment = cli::environment});
        registry_->use_secrets(std::make_unique<provider::Secrets>(
            cli::environment, workspace_.folder(), [this](const value::Value& secret) {
                return key_ != nullptr ? key_->fingerprint_text(secret) : std::string();
            }));
    }
    return registry_.get();
}

base::WorkerPool& Session::workers() {
    if (!workers_) {
        constexpr std::size_t kMaxQueued = 10'000;
        std::size_t threads =
            std::clamp<std::size_t>(context_.settings().number("apply.parallelism"), 1, 256);
        workers_ = std::make_unique<base::WorkerPool>(threads, kMaxQueued);
        workers_->start();
    }
    return *workers_;
}

void Session::tell(const engine::Recovered& one) {
    const Terminal& terminal = context_.err_terminal();
    context_.err().line("{} the {} of {} by run {}, which died: {}",
                        terminal.paint(one.closed ? Color::Cyan : Color::Yellow, "recovered:"),
                        state::name_of(one.action), one.address, one.run, one.what);
    if (!one.closed) {
        context_.err().line(
            "{} if you know what happened: provisioning state resolve {} --done | --not-done",
            terminal.paint(Color::Cyan, " help:"), one.address);
    }
}

// A request of a run that died may act for a while after it. What is worth waiting for is waited
// for; Ctrl-C ends that.
base::Result<void> Session::wait_until(base::Time until) {
    constexpr std::chrono::milliseconds kSlice{50};
    const std::stop_token interrupted = context_.interrupts().first();
    while (context_.clock().now() < until) {
        if (interrupted.stop_requested()) {
            return base::Error(base::Code::Cancelled,
                               "interrupted while waiting; nothing was begun");
        }
        std::this_thread::sleep_for(kSlice);
    }
    return {};
}

base::Result<void> Session::recover(RecoveryWait patience) {
    constexpr std::chrono::minutes kLongestWait{3};
    if (!has_state()) return {};
    auto* state = TRY(this->state(state::OpenMode::Write));
    provider::ProviderRegistry* registry = TRY(this->registry());
    const base::Time give_up = context_.clock().now() + kLongestWait;
    for (bool is_told = false;;) {
        const auto recovered = TRY(engine::recover(*state, *registry, workers(), context_.clock()));
        std::optional<base::Time> next;
        for (const engine::Recovered& one : recovered) {
            if (one.until && *one.until < give_up)
                next = std::max(next.value_or(*one.until), *one.until);
        }
        const bool waits = patience == RecoveryWait::Waits && next;
        for (const engine::Recovered& one : recovered) {
            if (one.closed || !waits) tell(one);
        }
        if (!waits) return {};
        if (!is_told) {
            const auto open =
                std::ranges::find_if(recovered, [](const auto& one) { return !one.closed; });
            context_.err().line(
                "{} for what run {} was at when it died, until {} at the latest (Ctrl-C ends this)",
                context_.err_terminal().paint(Color::Cyan, "waiting:"), open->run,
                base::format_time(*next));
        }
        is_told = true;
        TRY(wait_until(*next));
    }
}

base::Result<void> Session::evaluate(const PlanOptions& wanted, bool all_unknown) {
    lang::ProgramOptions options;
    options.main_path = TRY(workspace_.main_path(environment_));
    options.settings = wanted.settings;
    if (wanted.approved != nullptr) {
        options.settings = wanted.approved->settings;
        auto& files = options.frozen_files.emplace();
        for (const auto& [source, text] : wanted.approved->sources) files[path_of(source)] = text;
    }
    options.import_paths = {workspace_.folder(), workspace_.extensions_folder()};
    if (base::is_directory(workspace_.schemas_folder()))
        options.schemas_dir = workspace_.schemas_folder();
    options.modules.push_back(engine::prelude_module());
    for (const provider::Provider* provider : TRY(registry())->providers()) {
        options.modules.push_back(engine::builtin_module(provider->schema()));
    }
    options.all_unknown = all_unknown;
    options.limits.max_memory = context_.settings().number("limits.memory_mib") << 20U;
    options.limits.max_depth =
        static_cast<std::uint32_t>(context_.settings().number("limits.depth"));
    read_limits(context_.settings(), options.limits);
    program_ = lang::Program::create(std::move(options));
    return {};
}

base::Result<engine::Plan> Session::plan(const PlanOptions& wanted) {
    if (!wanted.destroy) TRY(evaluate(wanted, false));
    if (has_state() || state_) {
        auto* state = TRY(this->state(state::OpenMode::Read));
        snapshot_ = TRY(state->read());
    }
    bool refresh = wanted.refresh || snapshot_.refresh_required;
    planner_ = std::make_unique<engine::Planner>(
        *TRY(registry()), snapshot_, workers(),
        engine::Planner::Options{.refresh = refresh,
                                 .accept_missing = wanted.accept_missing,
                                 .scope = {state_ ? state_->workspace_id() : "", environment_},
                                 .only = wanted.only,
                                 .except = wanted.except,
                                 .graph = wanted.graph,
                                 .importing = wanted.importing,
                                 .approved = wanted.approved != nullptr
                                                 ? std::optional(wanted.approved->addresses())
                                                 : std::nullopt});
    auto plan = wanted.destroy ? planner_->plan_destroy() : planner_->plan(*program_);
    if (plan.ok()) return plan;
    return shown_problems(std::move(plan).error(), program_.get(), workspace_.folder());
}

base::Result<const state::Key*> Session::key() {
    auto* state = TRY(this->state(state::OpenMode::Write));
    return state->key();
}

// Sources beneath the workspace are named relative to it, so that it may lie elsewhere tomorrow.
std::string Session::path_of(const std::string& source) const {
    return source.starts_with('/') ? source : base::join_path(workspace_.folder(), source);
}

engine::SavedPlan Session::saved(const engine::Plan& plan, const PlanOptions& wanted,
                                 const state::Key* key) {
    engine::SavedPlan out = engine::save_plan(plan, key);
    out.command = wanted.destroy ? "destroy" : "apply";
    out.environment = environment_;
    if (state_) out.workspace = state_->workspace_id();
    out.made_at = base::format_time(context_.clock().now());
    out.settings = wanted.settings;
    out.accept_missing = wanted.accept_missing;
    if (!program_) return out;
    const std::string prefix = workspace_.folder() + "/";
    for (auto& [path, text] : program_->sources()) {
        out.sources[path.starts_with(prefix) ? path.substr(prefix.size()) : path] = std::move(text);
    }
    return out;
}

std::vector<std::string> Session::changed_since(const engine::SavedPlan& plan) const {
    std::vector<std::string> out;
    for (const auto& [source, text] : plan.sources) {
        auto today = base::read_file(path_of(source), text.size() + 1);
        if (!today.ok() || *today != text) out.push_back(source);
    }
    return out;
}

base::Result<std::size_t> Session::check(const std::vector<std::string>& settings) {
    TRY(evaluate({.settings = settings}, true));
    planner_ = std::make_unique<engine::Planner>(*TRY(registry()), snapshot_, workers(),
                                                 engine::Planner::Options{});
    auto checked = planner_->check(*program_);
    if (checked.ok()) return checked;
    return shown_problems(std::move(checked).error(), program_.get(), workspace_.folder());
}

}
