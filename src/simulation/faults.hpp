#pragma once

#include "base/result.hpp"
#include "json/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace base {
class Random;
}

namespace simulation {

// Something that may go wrong, and how often.
struct FaultRate {
    std::string name;         // of kFaultNames
    std::uint32_t rate = 0;   // of a million occasions
};

// How a simulated world ails: data of tests/simulation/*.toml.
struct FaultMix {
    std::vector<FaultRate> rates;

    std::uint32_t rate_of(std::string_view name) const;
    bool has(std::string_view name) const { return rate_of(name) > 0; }
    // Each fault stays or goes, as the numbers say: mixes of few faults find what a mix of all
    // hides.
    FaultMix subset(base::Random& random) const;
    FaultMix without(std::string_view name) const;

    // An object of names and rates in a million. InvalidArgument names what is none.
    static base::Result<FaultMix> from_json(const json::Value& from);
};

struct FaultName {
    std::string_view name;
    std::string_view occasion;   // for people
};
std::vector<FaultName> fault_names();

}
