#pragma once

#include "engine/plan/problems.hpp"
#include "provider/registry.hpp"

#include <string>
#include <unordered_map>

namespace engine {

// The connections that a program declares, and which of them a resource goes through. Part of
// collect. Coordinating thread only.
class Connections {
public:
    explicit Connections(provider::ProviderRegistry& registry) : registry_(registry) {}

    void declare(std::string address, const provider::Provider& provider, value::Value settings);
    bool contains(const std::string& address) const { return declared_.contains(address); }

    // Why a resource has no connection: what it says of it itself, or the connection, which is one
    // problem for all that go through it.
    struct Failure {
        bool is_choice = false;
        std::string address;   // of the connection; "" of one that is not declared
        base::Error error;
    };
    // `named` is the resource's own `connection`, "" for none. Makes the connection where it is
    // not made yet; null after `failure` was filled in.
    provider::ProviderInstance* link_for(const provider::ResourceType& type,
                                         const std::string& named, std::optional<Failure>& failure);

private:
    struct Declared {
        const provider::Provider* provider = nullptr;
        value::Value settings;
    };
    using ByAddress = std::unordered_map<std::string, Declared>;

    base::Result<const ByAddress::value_type*> choose(const provider::Provider& provider,
                                                      const std::string& named) const;

    provider::ProviderRegistry& registry_;
    ByAddress declared_;
};

}
