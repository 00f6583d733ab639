#pragma once

#include "engine/plan/detach.hpp"
#include "engine/plan/resource.hpp"

#include <vector>

namespace engine {

// What breaks when a thing goes away and what depended on it is left as it is: whatever refers to
// something that is deleted for good, and whatever is attached to something that is made anew. What
// only shows a value of it (a file with the address of a server) is out of date, and not broken.
class Breakage {
public:
    Breakage(const provider::ProviderRegistry& registry, const ResourceTable& table,
             const std::vector<StepAction>& actions);

    // Those that break with it, of what changes: what depended on it by what is recorded.
    std::vector<ResourceIndex> broken_by(ResourceIndex removed) const;
    bool breaks(ResourceIndex dependent, ResourceIndex removed) const;

private:
    std::vector<StepAction> actions_;
    Attachments attachments_;
    std::vector<std::vector<ResourceIndex>> dependents_;   // by what is recorded
};

}
