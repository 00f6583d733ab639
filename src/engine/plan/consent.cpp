#include "engine/plan/consent.hpp"

#include <fmt/core.h>

#include <set>

namespace engine {

base::Result<std::vector<provider::Program>>
programs_to_look(const provider::ProviderRegistry& registry, std::span<const ToLook> things) {
    std::vector<provider::Program> out;
    std::set<std::string> told;
    for (const ToLook& thing : things) {
        for (provider::Program& one : TRY(registry.programs_to_look(*thing.type, *thing.inputs))) {
            if (!told.insert(one.identity).second) continue;
            if (one.origin.empty()) {
                one.role = fmt::format("the {} of {}", one.role, thing.address);
                one.origin = fmt::format("recorded for {}", thing.address);
            }
            out.push_back(std::move(one));
        }
    }
    return out;
}

base::Result<void> require_programs(const provider::ProviderRegistry& registry,
                                    std::span<const ToLook> things) {
    // Most places start nothing, and a large state has many rows.
    if (registry.host().programs == nullptr) return {};
    const auto programs = TRY(programs_to_look(registry, things));
    return programs.empty() ? base::Result<void>() : require(registry.host(), programs);
}

}
