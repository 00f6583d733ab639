#include "engine/plan/consent.hpp"

#include <fmt/core.h>

#include <set>

namespace engine {

base::Result<std::vector<provider::Program>>
programs_to_look(const provider::ProviderRegistry& registry, std::span<const ToLook> things) {
    std::vector<provider::Program> out;
    std::set<std::string> told;
    std::set<const provider::Provider*> providers;
    for (const ToLook& thing : things) {
        const provider::Provider* provider = registry.provider_of(thing.type->name);
        if (provider != nullptr && providers.insert(provider).second) {
            if (auto own = TRY(provider->program(registry.host()))) out.push_back(std::move(*own));
        }
        for (provider::Program& one : registry.programs_to_look(*thing.type, *thing.inputs)) {
            if (!told.insert(one.identity).second) continue;
            one.role = fmt::format("the {} of {}", one.role, thing.address);
            if (one.origin.empty()) one.origin = "as it is recorded";
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

base::Result<void> require_secrets(const provider::ProviderRegistry& registry,
                                   const provider::ProviderInstance& link, std::string_view address,
                                   const value::Value& inputs) {
    if (link.takes_secrets.empty() || !inputs.has_secret()) return {};
    return require(registry.host(), provider::secrets_for(link.takes_secrets, address, inputs));
}

}
