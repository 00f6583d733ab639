#include "engine/plan/connections.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {

void Connections::find(const std::string& address, const provider::Provider& provider) {
    if (declared_.try_emplace(address, Declared{.provider = &provider}).second) ++changes_;
}

bool Connections::has_any(const provider::ResourceType& type) const {
    const provider::Provider& provider = *registry_.provider_of(type.name);
    if (!provider::ProviderRegistry::has_accounts(provider)) return true;
    return std::ranges::any_of(declared_, [&](const ByAddress::value_type& one) {
        return one.second.provider == &provider;
    });
}

void Connections::declare(const std::string& address, value::Value settings) {
    Declared& declared = declared_[address];
    declared.state = State::Known;
    ++changes_;
    declared.settings = std::move(settings);
}

void Connections::defer(const std::string& address, std::vector<std::string> waits_for) {
    Declared& declared = declared_[address];
    declared.state = State::Deferred;
    ++changes_;
    declared.waits_for = std::move(waits_for);
}

void Connections::fail(const std::string& address) {
    declared_[address].state = State::Failed;
    ++changes_;
}

// Null: the program declares none for this provider, and the one of the environment is used.
base::Result<const Connections::ByAddress::value_type*>
Connections::find_for(const provider::Provider& provider, const std::string& named) const {
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
            const std::string& first = std::min(only->first, candidate.first);
            return base::invalid_argument(fmt::format("{} has several connections", name))
                .with_help(fmt::format("say which: connection = {}", first));
        }
        only = &candidate;
    }
    return only;
}

Connections::Choice Connections::choose(const provider::ResourceType& type,
                                        const std::string& named) {
    const provider::Provider& provider = *registry_.provider_of(type.name);
    auto found = find_for(provider, named);
    if (found.ok()) return use(provider, *found != nullptr ? (*found)->first : "");
    Choice out;
    out.kind = Choice::Kind::Wrong;
    out.error = std::move(found).error();
    return out;
}

std::map<std::string, const provider::Provider*> Connections::all() const {
    std::map<std::string, const provider::Provider*> out;
    for (const auto& [address, declared] : declared_) out.emplace(address, declared.provider);
    return out;
}

Connections::Choice Connections::use(const provider::Provider& provider,
                                     const std::string& address) {
    Choice out;
    const value::Value none;
    const value::Value* settings = &none;
    if (const auto found = declared_.find(address); found != declared_.end()) {
        const Declared& declared = found->second;
        out.address = address;
        settings = &declared.settings;
        switch (declared.state) {
            case State::Found: out.kind = Choice::Kind::Wait; return out;
            case State::Failed: out.kind = Choice::Kind::Told; return out;
            case State::Deferred:
                out.kind = Choice::Kind::Deferred;
                out.waits_for = declared.waits_for;
                return out;
            case State::Known: break;
        }
    }
    auto instance =
        registry_.connect(provider, out.address.empty() ? "default" : out.address, *settings);
    if (instance.ok()) {
        out.instance = *instance;
    } else {
        out.kind = Choice::Kind::NoInstance;
        out.error = std::move(instance).error();
    }
    return out;
}

}
