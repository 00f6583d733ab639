#include "cli/session.hpp"

#include "base/fs.hpp"
#include "cli/args.hpp"
#include "cli/environment.hpp"
#include "engine/workspace/registry.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cli {

base::Result<engine::Workspace> find_workspace(const Context& context) {
    auto folder = context.workspace_folder();
    if (folder.ok()) return engine::Workspace(std::move(folder).value());
    if (context.options().folder != ".") return std::move(folder).error();
    auto registry = TRY(engine::Registry::load(user_data_folder()));
    const engine::Registry::Entry* current = registry.current();
    if (current == nullptr) return std::move(folder).error();
    if (!base::file_exists(base::join_path(current->folder, "main.ncl"))) {
        return base::not_found(fmt::format("the workspace in use, {}, has no main.ncl in {}",
                                           current->name, current->folder))
            .with_exit_code(66)
            .with_help("`workspace use NAME` takes another one");
    }
    return engine::Workspace(current->folder);
}

static bool has_records(const engine::Workspace& workspace, const std::string& environment) {
    if (!base::is_directory(workspace.state_folder())) return false;
    auto state = state::State::open({.directory = workspace.state_folder()});
    if (!state.ok()) return false;
    auto usage = (*state)->usage();
    return usage.ok() && std::any_of(usage->begin(), usage->end(), [&](const auto& one) {
               return one.environment == environment;
           });
}

base::Result<std::unique_ptr<Session>> Session::open(Context& context) {
    auto workspace = TRY(find_workspace(context));
    auto main = workspace.main_path(context.environment_name());
    // What was applied can be shown and destroyed although its file is gone.
    if (!main.ok() && !has_records(workspace, context.environment_name()))
        return std::move(main).error();
    return std::unique_ptr<Session>(new Session(context, std::move(workspace)));
}

Session::Session(Context& context, engine::Workspace workspace)
    : context_(context), workspace_(std::move(workspace)),
      environment_(context.environment_name()) {}

Session::~Session() = default;

// Where that cannot be told, opening it says why.
bool Session::has_state() const {
    const auto exists = state::State::exists({.directory = workspace_.state_folder()});
    return !exists.ok() || *exists;
}

base::Result<state::State*> Session::state(state::OpenMode mode) {
    if (!state_) {
        if (mode == state::OpenMode::Write) TRY(workspace_.keep_out_of_git());
        const std::string& history = context_.settings().text("state.history");
        state_ = TRY(state::State::open(
            {.directory = workspace_.state_folder(),
             .environment = environment_,
             .mode = mode,
             .history = TRY(state::parse_history_policy(history).context("state.history"))}));
        auto key = state_->key();
        if (key.ok()) key_ = *key;
    }
    return state_.get();
}

value::Fingerprint Session::fingerprint() const {
    return [key = key_](const value::Value& secret) {
        return key != nullptr ? key->fingerprint_text(secret) : std::string();
    };
}

void declare_choice(Args& args, Session::PlanOptions& wanted) {
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
