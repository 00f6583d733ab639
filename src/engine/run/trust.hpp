#pragma once

#include "engine/run/deployment.hpp"

namespace engine {

// What a workspace would do before anything was approved, and what was agreed to. Giving a secret
// away is such a thing as well as starting a program.
struct TrustReport {
    bool has_state = false;
    bool is_own = false;            // the state was made or taken over by this user on this machine
    bool is_older = false;          // a copy that does not have the last run of here
    bool has_foreign_key = false;   // without a state
    std::vector<state::State::Usage> usage;    // of the state, by environment
    std::vector<provider::Program> programs;   // that looking at it starts, or gives away
    std::vector<provider::Program> unknown;    // those of them that nobody has agreed to
    std::vector<KnownProgram> known;

    bool is_settled() const {
        return unknown.empty() && !has_foreign_key && (!has_state || (is_own && !is_older));
    }
};

// Of all environments. Starts nothing, asks no platform and changes nothing. Needs a place where it
// is remembered.
base::Result<TrustReport> report_trust(Deployment& deployment);

// Agrees to what the report tells as not agreed to, and takes the state over.
base::Result<void> agree_to(Deployment& deployment, const TrustReport& report);

}
