#pragma once

#include "provider/registry.hpp"
#include "state/recovery.hpp"
#include "state/state.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace base {
class WorkerPool;
}

namespace engine {

// What recovery found out about one intent that a dead run left open.
struct Recovered {
    std::string address;
    provider::Action action = provider::Action::Create;
    std::int64_t run = 0;
    bool run_died = true;   // else it ended by its own word
    state::Decision::Kind decision = state::Decision::Kind::KeepUnsure;
    std::string reason;                // KeepUnsure: why nobody can tell
    base::Time acts_until;             // KeepUntil: it may happen up to then
    std::optional<base::Time> until;   // open: when asking again is worth it, if it ever is

    bool closed() const { return decision <= state::Decision::Kind::CloseAbsent; }
};

struct RecoveryOptions {
    const base::Clock* clock = nullptr;   // null: the system's
    std::stop_token stop;
};

// The first act of every command that has the providers: asks them about each open intent of runs
// that do not live, and closes what can be told (ENGINE §8). Touches rows only, never the world.
// Cancelled when stopped before all were asked: then nothing is written.
base::Result<std::vector<Recovered>> recover(state::State& state,
                                             provider::ProviderRegistry& registry,
                                             base::WorkerPool& workers,
                                             const RecoveryOptions& options);

}
