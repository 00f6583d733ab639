#include "engine/run/deployment.hpp"

#include "state/key.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {
namespace {

bool has_records(const Workspace& workspace, const std::string& environment) {
    const auto exists = state::State::exists({.directory = workspace.state_folder()});
    if (!exists.ok() || !*exists) return false;
    auto state = state::State::open({.directory = workspace.state_folder()});
    if (!state.ok()) return false;
    auto usage = (*state)->usage();
    return usage.ok() && std::ranges::any_of(*usage, [&](const state::State::Usage& one) {
               return one.environment == environment;
           });
}

}

base::Result<std::unique_ptr<Deployment>> Deployment::open(Workspace workspace,
                                                           DeploymentOptions options) {
    // Whatever fails here is not told: the error of the missing environment is the one that a typo
    // in its name should give.
    auto main = workspace.main_path(options.environment);
    if (!main.ok() && !has_records(workspace, options.environment)) return std::move(main).error();
    return std::unique_ptr<Deployment>(new Deployment(std::move(workspace), std::move(options)));
}

Deployment::Deployment(Workspace workspace, DeploymentOptions options)
    : workspace_(std::move(workspace)), options_(std::move(options)) {}

Deployment::~Deployment() = default;

base::Clock& Deployment::clock() const {
    return options_.clock != nullptr ? *options_.clock : base::system_clock();
}

base::Result<provider::ProviderRegistry*> Deployment::providers() {
    if (registry_) return registry_.get();
    Programs* programs = TRY(this->programs());
    if (options_.load_extensions) extensions_ = TRY(options_.load_extensions(workspace_));
    std::vector<const provider::Provider*> all = options_.providers;
    for (const auto& extension : extensions_) all.push_back(extension.get());
    registry_ = std::make_unique<provider::ProviderRegistry>(
        std::move(all), provider::Host{.workspace_dir = workspace_.folder(),
                                       // The key may be read only later, when the state is
                                       // opened; hence by way of `this`.
                                       .state_dir = workspace_.state_folder(),
                                       .executable = options_.executable,
                                       .environment = options_.variable,
                                       .stop = {},
                                       .seal = sealing(&state::Key::seal),
                                       .open = sealing(&state::Key::open),
                                       .programs = programs});
    registry_->use_secrets(std::make_unique<provider::Secrets>(
        options_.variable, workspace_.folder(), [this](const value::Value& secret) {
            return key_ != nullptr ? key_->fingerprint_text(secret) : std::string();
        }));
    return registry_.get();
}

// By the state's key, once there is one; calls come from the workers.
provider::Host::Seal Deployment::sealing(
    base::Result<std::string> (state::Key::*work)(std::string_view, std::string_view) const) {
    return
        [this, work](std::string_view text, std::string_view place) -> base::Result<std::string> {
            if (key_ == nullptr) {
                return base::Error(base::Code::PermissionDenied,
                                   "the key of the workspace is not there");
            }
            return (key_->*work)(text, place);
        };
}

base::WorkerPool& Deployment::workers() {
    // More calls than this are refused by the pool and tried again by the scheduler: memory is
    // bounded.
    constexpr std::size_t kMaxQueued = 10'000;
    // No platform takes more calls at once, and each thread has a stack.
    constexpr std::size_t kMaxThreads = 256;
    if (!workers_) {
        workers_ = std::make_unique<base::WorkerPool>(
            std::clamp<std::size_t>(options_.parallelism, 1, kMaxThreads), kMaxQueued);
        workers_->start();
    }
    return *workers_;
}

// Where that cannot be told, opening it says why.
bool Deployment::has_state() const {
    const auto exists = state::State::exists({.directory = workspace_.state_folder()});
    return !exists.ok() || *exists;
}

base::Result<Trust*> Deployment::trust() {
    if (options_.trust.folder.empty()) return nullptr;
    if (!trust_) {
        trust_ = TRY(Trust::open(options_.trust, workspace_.folder(), workspace_.state_folder()));
    }
    return trust_.get();
}

base::Result<Programs*> Deployment::programs() {
    if (!programs_) {
        programs_ = std::make_unique<Programs>(TRY(trust()), options_.ask_about_programs, clock());
    }
    return programs_.get();
}

base::Result<void> Deployment::check_own(state::State& state) {
    Trust* trust = TRY(this->trust());
    if (trust == nullptr) return {};
    TRY(trust->check_owner());
    const auto loaded = state.key();
    const state::Key* key = loaded.ok() ? *loaded : nullptr;
    if (trust->is_own(state.workspace_id(), key)) {
        trust->use_state(state.workspace_id());
        return check_newest(*trust, state);
    }
    // One that was being made here when the program was ended.
    if (trust->is_being_made() || options_.takes_over_state) {
        return trust->take_over(state.workspace_id(), key);
    }
    return base::Error(base::Code::NotApproved, "the state in " + workspace_.state_folder() +
                                                    " was not made by this user on this machine")
        .with_advice({.next = base::Next::TrustState});
}

// Whoever puts an older copy of the state back has it plan from what was: things that were made
// since would be made again. Where runs are kept no longer, it cannot be told.
base::Result<void> Deployment::check_newest(Trust& trust, state::State& state) {
    const auto newest = trust.newest(options_.environment);
    if (!newest) return {};
    const auto runs = TRY(state.runs(1));
    if (runs.empty()) return {};
    const Trust::Newest here{.epoch = runs.front().epoch, .run = runs.front().number};
    if (here >= *newest) return {};
    if (options_.takes_over_state) return trust.forget_newest();
    return base::Error(base::Code::NotApproved,
                       fmt::format("the state in {} is an older copy: it ends with run {}, and run "
                                   "{} was the last here",
                                   workspace_.state_folder(), here.run, newest->run))
        .with_advice({.next = base::Next::TrustState});
}

base::Result<void> Deployment::require_own_state() {
    state::State* state = TRY(state_if_any());
    return state != nullptr ? check_own(*state) : base::Result<void>();
}

// One that is there is only read until it is known to be one's own: to open it for writing would
// already change it.
base::Result<void> Deployment::prepare_to_write(bool& is_new) {
    Trust* trust = TRY(this->trust());
    if (trust == nullptr) return {};
    is_new = !has_state();
    if (is_new) return trust->begin_state();
    // Cut short before there was an id: what there is of it has nothing in it.
    is_new = trust->is_being_made();
    if (is_new) return trust->check_owner();
    const auto read = TRY(state::State::open({.directory = workspace_.state_folder(),
                                              .environment = options_.environment,
                                              .clock = options_.clock}));
    return check_own(*read);
}

base::Result<state::State*> Deployment::state(state::OpenMode mode) {
    if (state_) return state_.get();
    bool is_new = false;
    if (mode == state::OpenMode::Write) {
        // Before anything is written: the key and the state must never be seen by `git add .`.
        TRY(workspace_.keep_out_of_git());
        TRY(prepare_to_write(is_new));
    }
    auto opened = TRY(state::State::open({.directory = workspace_.state_folder(),
                                          .environment = options_.environment,
                                          .mode = mode,
                                          .clock = options_.clock,
                                          .history = options_.history}));
    // A workspace without a state has none; where there is a state, it was not opened without.
    auto key = opened->key();
    if (key.ok()) key_ = *key;
    if (is_new) TRY(TRY(trust())->take_over(opened->workspace_id(), key_));
    state_ = std::move(opened);
    return state_.get();
}

base::Result<state::State*> Deployment::state_if_any() {
    if (!state_ && !has_state()) return nullptr;
    return state(state::OpenMode::Read);
}

base::Result<const state::Key*> Deployment::key() {
    return TRY(state(state::OpenMode::Write))->key();
}

value::Fingerprint Deployment::fingerprint() const {
    return [key = key_](const value::Value& secret) {
        return key != nullptr ? key->fingerprint_text(secret) : std::string();
    };
}

}
