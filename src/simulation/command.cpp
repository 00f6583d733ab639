#include "simulation/command.hpp"

#include "engine/run/apply.hpp"
#include "net/client/curl_transport.hpp"
#include "providers/hetzner/provider.hpp"
#include "providers/local/provider.hpp"
#include "simulation/network.hpp"
#include "simulation/world.hpp"

#include <fmt/core.h>

namespace simulation {
namespace {

// Tells the world what a person would see, and agrees to everything.
class Watcher final : public engine::Observer {
public:
    Watcher(World& world, CommandEnd& end) : world_(world), end_(end) {}

    base::Result<void> approve(const engine::Proposal&) override { return {}; }
    void on_plan(const engine::Proposal& proposal) override {
        const engine::Summary& summary = proposal.planned.plan.summary;
        end_.may_remove += summary.replace + summary.remove;
        world_.tell(fmt::format("plans: create {}, update {}, replace {}, remove {}",
                                summary.create, summary.update, summary.replace, summary.remove));
    }
    void on_recovered(const engine::Recovered& one) override {
        world_.tell(fmt::format("finds of {}: {}", one.address, name_of(one)));
    }
    void on_recovery_wait(std::int64_t run, base::Time) override {
        world_.tell(fmt::format("waits for what run {} may still do", run));
    }
    void on_step(const engine::StepEvent& event) override {
        if (event.kind == engine::StepEvent::Kind::Waiting) return;
        world_.tell(fmt::format("{} {}{}{}", event.step->address, engine::name_of(event.kind),
                                event.message.empty() ? "" : ": ", event.message));
    }

private:
    static std::string_view name_of(const engine::Recovered& one) {
        using Kind = state::Decision::Kind;
        switch (one.decision) {
            case Kind::WriteDone: return "it was done";
            case Kind::WriteIncomplete: return "it was done in part";
            case Kind::CloseAbsent: return "it was not done";
            case Kind::KeepUntil: return "it may still happen";
            case Kind::KeepRunning: return "it goes on";
            case Kind::KeepUnsure: return "nobody can tell";
        }
        return "";
    }
    World& world_;
    CommandEnd& end_;
};

}

struct Command::Thread {
    std::unique_ptr<base::Threads::Running> running;
};

std::string_view name_of(Verb verb) {
    switch (verb) {
        case Verb::Plan: return "plan";
        case Verb::Apply: return "apply";
        case Verb::Destroy: return "destroy";
        case Verb::Act: return "act";
    }
    return "";
}

Command::Command(World& world, CommandOptions options)
    : world_(world), options_(std::move(options)), process_{.name = options_.name} {}

Command::~Command() = default;

void Command::begin() {
    world_.add(process_);
    thread_ = std::make_unique<Thread>(world_.scheduler().begin_in(process_, [this] { run(); }));
}

CommandEnd Command::wait() {
    thread_.reset();
    world_.remove(process_);
    end_.died = process_.is_dead;
    end_.instants = process_.instants;
    end_.requests = process_.requests;
    return std::move(end_);
}

void Command::run() {
    world_.tell(fmt::format("begins: {}", name_of(options_.verb)));
    const auto done = work();
    if (!done.ok()) {
        world_.tell("ends: " + done.error().text());
        end_.error = done.error().text();
    } else {
        world_.tell(end_.is_complete ? "ends: all is done" : "ends: not all is done");
    }
}

base::Result<void> Command::work() {
    // Made anew, as by a new process: what it remembers is of this one alone.
    const auto hetzner = providers::hetzner::make_provider(
        [this](const net::TransportOptions&) { return make_transport(world_); });
    engine::DeploymentOptions options;
    options.providers = {hetzner.get(), &providers::local::provider()};
    options.parallelism = options_.parallelism;
    options.variable = [this](const std::string& name) -> std::optional<std::string> {
        if (name == "HCLOUD_TOKEN") return world_.token();
        const auto own = options_.variables.find(name);
        return own != options_.variables.end() ? std::optional(own->second) : std::nullopt;
    };
    // As people wait who are at it, and machines that work for them.
    options.planning_waits =
        std::make_shared<base::Patience>(base::system_clock(), std::chrono::minutes(1));
    options.applying_waits = std::make_shared<base::Patience>(base::system_clock());
    const engine::Stop stop{.first = process_.first.get_token(),
                            .second = process_.second.get_token()};
    auto deployment =
        TRY(engine::Deployment::open(engine::Workspace(kWorkspace), std::move(options)));
    Watcher watcher(world_, end_);
    if (options_.verb == Verb::Act) {
        TRY(options_.act(*deployment, watcher, stop.first));
        end_.is_complete = true;
        return {};
    }
    if (options_.verb == Verb::Plan) {
        const auto planned = TRY(engine::plan(*deployment, {}, watcher, stop.first));
        end_.has_changes = !planned.plan.is_empty();
        end_.is_complete = true;
        for (const engine::Step& step : planned.plan.steps) {
            end_.not_done.push_back(
                fmt::format("{} {}", engine::name_of(step.action), step.address));
        }
        return {};
    }
    const engine::ApplyRequest request{.is_approved = true};
    const auto outcome =
        TRY(options_.verb == Verb::Destroy ? engine::destroy(*deployment, request, watcher, stop)
                                           : engine::apply(*deployment, request, watcher, stop));
    end_.is_complete = outcome.report.succeeded() && !outcome.undecided;
    for (const engine::StepEvent& event : outcome.report.not_done) {
        end_.not_done.push_back(fmt::format("{}: {}", event.step->address, event.message));
    }
    if (outcome.undecided) end_.not_done.push_back(outcome.undecided->text());
    if (outcome.report.fatal) end_.not_done.push_back(outcome.report.fatal->text());
    return {};
}

CommandEnd run(World& world, CommandOptions options) {
    Command command(world, std::move(options));
    command.begin();
    return command.wait();
}

}
