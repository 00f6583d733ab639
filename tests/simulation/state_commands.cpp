#include "state_commands.hpp"

#include "checks.hpp"

#include "engine/run/adopt.hpp"
#include "engine/run/deployment.hpp"
#include "simulation/world.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace simulated {
namespace {

using simulation::CommandOptions;
using simulation::Verb;
using simulation::World;

// Any of the rows, by a number. Empty: there is none.
const state::Row* any_row(const state::Snapshot& snapshot, std::uint64_t choice) {
    return snapshot.rows.empty() ? nullptr : &snapshot.rows[choice % snapshot.rows.size()];
}

base::Result<void> move(engine::Deployment& deployment, std::uint64_t choice) {
    state::State* state = TRY(deployment.state(state::OpenMode::Write));
    const state::Snapshot snapshot = TRY(state->read());
    const state::Row* row = any_row(snapshot, choice);
    if (row == nullptr) return {};
    TRY(state->move(row->address, fmt::format("moved{}", choice % 100)));
    return {};
}

base::Result<void> forget(World& world, engine::Deployment& deployment, std::uint64_t choice,
                          bool& has_forgotten) {
    state::State* state = TRY(deployment.state(state::OpenMode::Write));
    const state::Snapshot snapshot = TRY(state->read());
    const state::Row* row = any_row(snapshot, choice);
    // What has no tags is found again by nobody.
    if (row == nullptr || !has_tags(row->type)) return {};
    world.tell("forgets " + row->address);
    has_forgotten = true;
    TRY(state->remove(row->address));
    return {};
}

// By what is seen in the cloud, long after all that was under way has arrived.
base::Result<void> resolve(World& world, engine::Deployment& deployment, std::uint64_t choice) {
    using Resolution = state::State::Resolution;
    state::State* state = TRY(deployment.state(state::OpenMode::Write));
    for (const state::OpenIntent& open : TRY(state->read()).open) {
        const provider::Intent& intent = open.intent;
        Resolution how = choice % 2 == 0 ? Resolution::Done : Resolution::NotDone;
        // A thing that is there has a key that a person would have to know: recovery finds it.
        if (intent.action == provider::Action::Create) {
            if (!has_tags(intent.type) || has_token(world, intent.token)) continue;
            how = Resolution::NotDone;
        } else if (intent.action == provider::Action::Delete) {
            if (!has_tags(intent.type)) continue;
            how = is_there(world, intent.type, intent.key) ? Resolution::NotDone : Resolution::Done;
        }
        world.tell(fmt::format("resolves {}: {}", intent.address,
                               how == Resolution::Done ? "done" : "not done"));
        TRY(state->resolve(intent.address, how));
    }
    return {};
}

base::Result<void> abandon(engine::Deployment& deployment) {
    state::State* state = TRY(deployment.state(state::OpenMode::Write));
    const auto runs = TRY(state->runs(1));
    if (!runs.empty()) TRY(state->abandon(std::to_string(runs.front().number)));
    return {};
}

}

CommandOptions roll_state_command(World& world, base::Random& random, bool may_forget,
                                  bool& has_forgotten) {
    const std::uint64_t choice = random.next();
    const std::uint64_t which = random.below(4);
    CommandOptions out{.verb = Verb::Act, .name = "", .act = {}, .variables = {}};
    out.act = [&world, &has_forgotten, may_forget, choice,
               which](engine::Deployment& deployment, engine::Observer&, const std::stop_token&) {
        if (!deployment.has_state()) return base::Result<void>();
        switch (which) {
            case 0: return move(deployment, choice);
            case 1:
                if (!may_forget) return base::Result<void>();
                return forget(world, deployment, choice, has_forgotten);
            case 2: return resolve(world, deployment, choice);
            default: return abandon(deployment);
        }
    };
    return out;
}

static CommandOptions abandon_elsewhere(bool idle_only) {
    CommandOptions out{.verb = Verb::Act, .name = "", .act = {}, .variables = {}};
    out.act = [idle_only](engine::Deployment& deployment, engine::Observer&,
                          const std::stop_token&) -> base::Result<void> {
        constexpr std::size_t kAll = 1000;
        if (!deployment.has_state()) return {};
        state::State* state = TRY(deployment.state(state::OpenMode::Write));
        const state::Snapshot snapshot = TRY(state->read());
        for (const state::RunInfo& run : TRY(state->runs(kAll))) {
            if (run.status != state::RunStatus::Running || !run.elsewhere) continue;
            const bool is_at_work = std::ranges::any_of(
                snapshot.open, [&](const auto& open) { return open.run == run.number; });
            if (!idle_only || !is_at_work) TRY(state->abandon(std::to_string(run.number)));
        }
        return {};
    };
    return out;
}

CommandOptions abandon_idle() { return abandon_elsewhere(true); }
CommandOptions abandon_all() { return abandon_elsewhere(false); }

CommandOptions adopt_all() {
    CommandOptions out{.verb = Verb::Act, .name = "", .act = {}, .variables = {}};
    out.act = [](engine::Deployment& deployment, engine::Observer& observer,
                 const std::stop_token& stop) -> base::Result<void> {
        TRY(engine::adopt(deployment, {}, {}, observer, stop));
        return {};
    };
    return out;
}

}
