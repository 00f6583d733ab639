#include "engine/plan/connections.hpp"

#include <fmt/core.h>

namespace engine {

void Connections::declare(std::string address, const provider::Provider& provider,
                          value::Value settings) {
    declared_[std::move(address)] = {.provider = &provider, .settings = std::move(settings)};
}

// Null: the program declares none for this provider, and the default one is used.
base::Result<const Connections::ByAddress::value_type*>
Connections::choose(const provider::Provider& provider, const std::string& named) const {
    const std::string& name = provider.schema().provider;
    if (!named.empty()) {
        const auto found = declared_.find(named);
        if (found != declared_.end() && found->second.provider == &provider) return &*found;
        return base::invalid_argument(fmt::format("`{}` is no connection of {}", named, name));
    }
    const ByAddress::value_type* only = nullptr;
    for (const auto& candidate : declared_) {
        if (candidate.second.provider != &provider) continue;
        // To guess among accounts is how things come to be made in the wrong one.
        if (only != nullptr) {
            return base::invalid_argument(fmt::format("{} has several connections", name))
                .with_help(fmt::format("say which: connection = {}", candidate.first));
        }
        only = &candidate;
    }
    return only;
}

provider::ProviderInstance* Connections::link_for(const provider::ResourceType& type,
                                                  const std::string& named,
                                                  std::optional<Failure>& failure) {
    const provider::Provider& provider = *registry_.provider_of(type.name);
    auto chosen = choose(provider, named);
    if (!chosen.ok()) {
        failure = {.is_choice = true, .address = {}, .error = std::move(chosen).error()};
        return nullptr;
    }
    auto link = *chosen == nullptr
                    ? registry_.connect(provider, "default", value::Value())
                    : registry_.connect(provider, (*chosen)->first, (*chosen)->second.settings);
    if (link.ok()) return *link;
    failure = {.is_choice = false,
               .address = *chosen == nullptr ? "" : (*chosen)->first,
               .error = std::move(link).error()};
    return nullptr;
}

}
