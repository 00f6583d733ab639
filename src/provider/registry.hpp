#pragma once

#include "provider/connection_record.hpp"
#include "provider/provider.hpp"
#include "provider/secrets.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace provider {

// A way to a platform that is in use: what the rows remember of it, and the connection itself.
struct ProviderInstance {
    const Provider* provider = nullptr;
    ConnectionRef record;
    std::string takes_secrets;   // Provider::takes_secrets()
    std::unique_ptr<Connection> connection;
};

// The providers of this program, their types by name, and the links made so far. Owned by the
// coordinating thread; links live as long as it does.
class ProviderRegistry {
public:
    ProviderRegistry(std::vector<const Provider*> providers, Host host);

    // From now on connections are handed secrets where there are references to them. Before the
    // first link is made.
    void use_secrets(std::unique_ptr<const Secrets> secrets) { secrets_ = std::move(secrets); }
    const Secrets* secrets() const { return secrets_.get(); }

    // Links made from now on are given up when this asks for it.
    void use_stop(std::stop_token stop) { host_.stop = std::move(stop); }

    const ResourceType* type(std::string_view name) const;
    const Provider* provider_of(std::string_view type_name) const;
    const std::vector<const Provider*>& providers() const { return providers_; }
    const Host& host() const { return host_; }
    std::vector<std::string> type_names() const;   // sorted
    // What reading and finding a thing with these inputs starts, beside its provider's program.
    std::vector<Program> programs_to_look(const ResourceType& type,
                                          const value::Value& inputs) const;
    // What a person has to agree to of the secrets in these inputs of a connection, or of what is
    // made through one with these settings.
    std::vector<Program> secrets_given_by(const Provider& provider, const std::string& address,
                                          const value::Value& settings,
                                          const value::Value& inputs) const;
    // Whether it is reached through connections that a program declares; if not, connecting asks
    // for nothing and costs nothing.
    static bool has_accounts(const Provider& provider);

    // The link of a connection that the program declares ("connections.hz"), or of "default".
    base::Result<ProviderInstance*> connect(const Provider& provider, const std::string& address,
                                            const value::Value& settings);
    // The instance of exactly this record, as a plan or a row names it; else as link_of.
    base::Result<ProviderInstance*> instance_of(const ConnectionRef& record);
    // The link that a row was made through: one that leads to the same place, else one from the
    // row's own settings.
    base::Result<ProviderInstance*> link_of(const ConnectionRecord& record);

private:
    std::vector<const Provider*> providers_;
    Host host_;
    std::unique_ptr<const Secrets> secrets_;   // outlives the links
    struct Entry {
        const Provider* provider;
        const ResourceType* type;
    };
    std::unordered_map<std::string_view, Entry> types_;   // names live in the schemas
    std::vector<std::unique_ptr<ProviderInstance>> links_;
};

}
