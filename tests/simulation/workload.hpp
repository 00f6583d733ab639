#pragma once

#include "base/result.hpp"
#include "simulation/faults.hpp"

#include <string>
#include <vector>

namespace simulated {

// What is done and what goes wrong meanwhile: a file of tests/simulation/*.toml.
struct Workload {
    std::string name;
    simulation::FaultMix faults;   // of which each seed has some
    simulation::FaultMix always;   // and these
    int things_least = 2;          // of the first program
    int things_most = 12;
    int edits_least = 0;
    int edits_most = 4;     // programs after the first
    int tries_most = 4;     // commands for each program, while things go wrong
    bool destroys = true;   // in the end
    bool secrets = false;   // programs have some
    bool late = false;      // and values that are known when others are made

    static base::Result<Workload> from_text(std::string name, std::string_view toml);
};

}
