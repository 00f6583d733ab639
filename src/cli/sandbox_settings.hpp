#pragma once

#include "base/result.hpp"
#include "json/value.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cli {

class Args;

// How a sandbox behaves, as options.
struct SandboxSettings {
    std::optional<std::string> speed;
    std::optional<std::string> rate_limit;
    std::vector<std::string> quotas;   // "server=10"

    void declare(Args& args);
    // Those that were given, as the sandbox's settings have it.
    base::Result<json::Value> to_json() const;
    // The same as words for a command that takes these options.
    std::vector<std::string> words() const;
};

}
