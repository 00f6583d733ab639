#pragma once

#include "base/result.hpp"
#include "sandbox/cloud.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace sandbox {

struct ProcessOptions {
    std::string folder;
    std::string cloud;
    std::uint16_t port = 0;   // 0: the one of the last time if it is free, else any
    std::uint64_t seed = 0;   // 0: by chance, if the world is new
    CloudSettings settings;
    std::vector<json::Value> faults;   // from the first request on
};

// Runs a sandbox until it is asked to stop or gets SIGTERM: the body of `internal sandbox`. Says
// "ready" on the standard output when it answers, or "taken" when another one has the folder, and
// closes it.
base::Result<void> run_process(const ProcessOptions& options);

}
