#pragma once

#include "provider/registry.hpp"
#include "state/state.hpp"

#include <optional>
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
    bool closed = false;
    std::string what;                  // "done", "did not happen", or why it stays open
    std::optional<base::Time> until;   // open: when asking again is worth it, if it ever is
};

// The first act of every command that has the providers: asks them about each open intent of runs
// that do not live, and closes what can be told (ENGINE §8). Touches rows only, never the world.
base::Result<std::vector<Recovered>> recover(state::State& state,
                                             provider::ProviderRegistry& registry,
                                             base::WorkerPool& workers, const base::Clock& clock);

}
