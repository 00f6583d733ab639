#pragma once

#include "engine/plan/plan.hpp"
#include "engine/plan/refresh.hpp"
#include "provider/registry.hpp"
#include "state/state.hpp"

#include <string>
#include <vector>

// Taking things into the state that exist already (`import ADDRESS ID`).
namespace engine {

// By whom a platform is asked, how that is stopped, and who hears of it while it takes long.
struct Looking {
    base::WorkerPool& workers;
    RefreshOptions options;
};

struct ImportRequest {
    std::string address;   // in the program, and not in the state
    std::string key;       // of the thing, as its platform names it
    std::string environment;
};

struct Taken {
    state::Row row;
    // Inputs that no platform shows, and that would replace it if they were others: recorded as the
    // program has them.
    std::vector<std::string> unseen;
};

// Reads the thing through the connection that the program gives the address, and writes its row as
// the platform shows it: what differs from the program is the next plan's. Changes nothing outside.
// The plan was made with this address as `importing`. Errors: NotFound (66) when the
// address or the thing does not exist, AlreadyExists (1) when the address or the thing is recorded,
// those of the provider, and those of State::begin_run.
base::Result<Taken> import_resource(const Plan& plan, const state::Snapshot& snapshot,
                                    provider::ProviderRegistry& registry, state::State& state,
                                    const ImportRequest& request, const Looking& looking);

// Rows for orphans that planning found, as the platform shows them: at the address that their tag
// names if that is free, else at "orphans.KEY". Of `keys`, or all where there is none. What becomes
// of them is the next plan's. NotFound (66) names a key that no orphan has; NotFound too when one
// has gone since; else those of the provider and of State::begin_run. All or none.
base::Result<std::vector<state::Row>>
adopt_orphans(const Plan& plan, const state::Snapshot& snapshot,
              provider::ProviderRegistry& registry, state::State& state,
              const std::vector<std::string>& keys, const Looking& looking);

// What exists of this key, by this link; `inputs` as far as they are known. NotFound (66).
base::Result<provider::ObservedResource>
look_at(const provider::ProviderRegistry& registry, const provider::ResourceType& type,
        const std::string& key, const provider::ProviderInstance& link, const value::Value& inputs,
        const Looking& looking);

}
