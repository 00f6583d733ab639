#include "engine/plan/breakage.hpp"

#include <algorithm>

namespace engine {

Breakage::Breakage(const provider::ProviderRegistry& registry, const ResourceTable& table,
                   const std::vector<StepAction>& actions)
    : actions_(actions), attachments_(registry, table, actions_), dependents_(table.size()) {
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        if (table[i].recorded.row == nullptr) continue;
        for (const std::string& address : table[i].recorded.row->dependencies) {
            const ResourceIndex owner = table.find(address);
            if (owner != kNoResource) dependents_[owner].push_back(i);
        }
    }
}

std::vector<ResourceIndex> Breakage::broken_by(ResourceIndex removed) const {
    std::vector<ResourceIndex> out;
    for (const ResourceIndex dependent : dependents_[removed]) {
        if (breaks(dependent, removed)) out.push_back(dependent);
    }
    return out;
}

// An older generation has the address of what took its place, and nothing refers to it any more.
bool Breakage::breaks(ResourceIndex dependent, ResourceIndex removed) const {
    if (dependent == removed || actions_[dependent] == StepAction::None) return false;
    if (!removes(actions_[removed])) return false;
    if (actions_[removed] == StepAction::Delete) return true;
    return attachments_.names(dependent, removed);
}

}
