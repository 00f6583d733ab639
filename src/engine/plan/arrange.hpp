#pragma once

#include "engine/plan/resource.hpp"

#include <vector>

namespace engine {

// Order: the steps by number, what has to come before what, and what has to be detached first.
struct Arrangement {
    std::vector<ResourceIndex> by_address;   // all; generations of one in the order of the state
    std::vector<ResourceIndex> resources;    // of each step, by address
    std::vector<std::uint32_t> step_of;      // by resource; Order::kNone: there is none
    Order order;
    std::vector<std::vector<Detach>> detaches;   // of each step
};

// FailedPrecondition when the steps would wait for each other in a circle.
base::Result<Arrangement> arrange(const provider::ProviderRegistry& registry,
                                  const ResourceTable& table, const Decisions& decisions);

}
