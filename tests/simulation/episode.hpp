#pragma once

#include "support/program.hpp"
#include "workload.hpp"

#include "simulation/faults.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace simulated {

// All that a seed of a workload decides, as data, so that parts of it can be left out.
struct Episode {
    struct Stage {
        programs::Program program;
        int spelling = 0;
        int tries = 1;   // commands that are disturbed
    };
    std::uint64_t seed = 1;
    simulation::FaultMix faults;
    std::vector<Stage> stages;
    bool destroys = true;
    bool secrets = false;
    bool late = false;
};

Episode plan_episode(const Workload& workload, std::uint64_t seed);

// What came of one.
struct Outcome {
    std::string broken;   // the promise that did not hold, and how; empty if all did
    std::vector<std::string> trace;
    std::uint64_t digest = 0;
    double seconds = 0;   // of simulated time
    std::size_t commands = 0;
    std::size_t deaths = 0;
    std::uint64_t most_requests = 0;   // of a command
};

Outcome run(const Episode& episode, bool keeps_trace);

}
