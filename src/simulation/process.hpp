#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

namespace simulation {

// A process of the simulated machine: one command of a person. When it is dead, what its threads
// still do has no effect: every call to the world fails, and they come to their end by the
// program's own error paths, before anything else goes on.
struct Process {
    std::string name;   // "apply 3"
    std::string host = "machine";
    bool is_dead = false;
    std::uint64_t instants = 0;             // calls to the world so far
    std::optional<std::uint64_t> dies_at;   // at which of them
    std::uint64_t requests = 0;
    std::optional<std::uint64_t> dies_at_request;   // while it is under way
    bool dies_with_power = false;
    std::optional<std::uint64_t> stops_at;   // an interrupt comes
    bool stops_twice = false;
    std::optional<std::uint64_t> pauses_at;   // stands still for a while
    std::chrono::nanoseconds pause{0};
    std::optional<std::uint64_t> steps_clock_at;   // somebody sets the clock
    std::chrono::seconds clock_step{0};
    std::chrono::nanoseconds paused_until{0};
    std::stop_source first, second;
    int threads = 0;   // that have not ended
};

}
