#pragma once

#include "engine/plan/plan.hpp"
#include "engine/plan/problems.hpp"
#include "provider/registry.hpp"

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace engine {

// The connections that a program declares, and which of them a resource goes through. Part of
// collect. Once one is declared, there is no falling back to the account of the environment: a
// setting that cannot be read yet is not one that was not given. Coordinating thread only.
class Connections {
public:
    explicit Connections(provider::ProviderRegistry& registry) : registry_(registry) {}

    enum class State : std::uint8_t {
        Found,      // it stands in the tree; what it is told is not evaluated yet
        Deferred,   // some of its settings are known after apply
        Known,
        Failed,   // why is among the problems
    };
    // An instance was met in the tree. What is known of it already stays.
    void find(const std::string& address, const provider::Provider& provider);
    void declare(const std::string& address, value::Value settings);
    // Of settings with unknown parts: which cells they wait for ("net.id").
    void defer(const std::string& address, std::vector<std::string> waits_for);
    void fail(const std::string& address);
    bool contains(const std::string& address) const { return declared_.contains(address); }
    // Whether the program declares one that things of this type could go through. Those of a
    // provider that has no accounts need none.
    bool has_any(const provider::ResourceType& type) const;
    // Counts what became known of them.
    std::uint64_t changes() const { return changes_; }

    // What a resource of this type goes through.
    struct Choice {
        enum class Kind : std::uint8_t {
            Instance,
            Wait,        // for `address`
            Deferred,    // until `waits_for` is known
            Told,        // there is none, and why is among the problems
            Wrong,       // what the resource says is wrong: `error`
            NoInstance   // it cannot be connected to: `error`, of `address`
        };
        Kind kind = Kind::Instance;
        provider::ProviderInstance* instance = nullptr;
        std::string address;   // of the connection; "" of one that is not declared
        std::vector<std::string> waits_for;
        std::optional<base::Error> error;
    };
    // `named` is the resource's own `connection`, "" for none. Makes the connection where it is
    // not made yet.
    Choice choose(const provider::ResourceType& type, const std::string& named);
    // Each that is declared, by its address, with its provider.
    std::map<std::string, const provider::Provider*> all() const;
    // What goes through this one, "" for the account of the environment.
    Choice use(const provider::Provider& provider, const std::string& address);

private:
    struct Declared {
        const provider::Provider* provider = nullptr;
        State state = State::Found;
        value::Value settings;
        std::vector<std::string> waits_for;
    };
    using ByAddress = std::unordered_map<std::string, Declared>;

    base::Result<const ByAddress::value_type*> find_for(const provider::Provider& provider,
                                                        const std::string& named) const;

    provider::ProviderRegistry& registry_;
    ByAddress declared_;
    std::uint64_t changes_ = 0;
};

}
