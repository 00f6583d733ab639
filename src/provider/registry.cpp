#include "provider/registry.hpp"

#include "provider/older_secrets.hpp"
#include "provider/secret_connection.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace provider {

ProviderRegistry::ProviderRegistry(std::vector<const Provider*> providers, Host host)
    : providers_(std::move(providers)), host_(std::move(host)) {
    // Types are named by their provider's prefix, so none occurs twice; the first would win.
    for (const Provider* provider : providers_) {
        for (const ResourceType& type : provider->schema().types) {
            types_.emplace(type.name, Entry{provider, &type});
        }
    }
}

const ResourceType* ProviderRegistry::type(std::string_view name) const {
    auto found = types_.find(name);
    return found != types_.end() ? found->second.type : nullptr;
}

const Provider* ProviderRegistry::provider_of(std::string_view type_name) const {
    auto found = types_.find(type_name);
    return found != types_.end() ? found->second.provider : nullptr;
}

bool ProviderRegistry::has_accounts(const Provider& provider) {
    const auto& types = provider.schema().types;
    return std::any_of(types.begin(), types.end(),
                       [](const ResourceType& type) { return type.is_connection; });
}

std::vector<std::string> ProviderRegistry::type_names() const {
    std::vector<std::string> names;
    for (const auto& [name, entry] : types_) names.emplace_back(name);
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<Program> ProviderRegistry::programs_to_look(const ResourceType& type,
                                                        const value::Value& inputs) const {
    const Provider* provider = provider_of(type.name);
    if (provider == nullptr) return {};
    if (secrets_ == nullptr || !inputs.has_secret()) {
        return provider->programs_to_look(host_, type, inputs);
    }
    // As the call will have them: a program is told by what it is started with.
    const auto revealed = secrets_->reveal(inputs);
    return provider->programs_to_look(host_, type, revealed.ok() ? *revealed : inputs);
}

std::vector<Program> ProviderRegistry::secrets_given_by(const Provider& provider,
                                                        const std::string& address,
                                                        const value::Value& settings,
                                                        const value::Value& inputs) const {
    return inputs.has_secret()
               ? secrets_for(provider.takes_secrets(settings, host_), address, inputs)
               : std::vector<Program>();
}

base::Result<ProviderInstance*> ProviderRegistry::connect(const Provider& provider,
                                                          const std::string& address,
                                                          const value::Value& settings) {
    // Settings as they stand, secrets as references: rotating a secret does not make another
    // connection of it, since the new one is taken by the next start of the program.
    for (const auto& link : links_) {
        if (link->provider == &provider && link->record->address == address &&
            link->record->settings.same_as(settings)) {
            return link.get();
        }
    }
    // Only what is handed over has the secrets; what is remembered below keeps the references.
    const bool has_secret = secrets_ != nullptr && settings.has_secret();
    const value::Value handed = has_secret ? TRY(secrets_->reveal(settings)) : settings;
    const std::string taker = provider.takes_secrets(handed, host_);
    if (has_secret) TRY(require(host_, secrets_for(taker, address, settings)));
    auto connection = provider.connect(handed, host_);
    if (!connection.ok()) {
        return std::move(connection)
            .error()
            .with_context(fmt::format("connecting {} ({})", address, provider.schema().provider));
    }
    auto link = std::make_unique<ProviderInstance>();
    link->provider = &provider;
    link->takes_secrets = taker;
    link->connection = std::move(connection).value();
    // Around each connection, so that no provider can forget it.
    if (secrets_ != nullptr)
        link->connection = with_secrets(std::move(link->connection), *secrets_,
                                        {.host = &host_, .name = taker, .role = address});
    link->record = std::make_shared<ConnectionRecord>(
        ConnectionRecord{.address = address,
                         .provider = provider.schema().provider,
                         .identity = link->connection->identity(),
                         .settings = settings});
    // Kept until the end: rate budgets and transports belong to accounts, and tasks point to it.
    links_.push_back(std::move(link));
    return links_.back().get();
}

base::Result<ProviderInstance*> ProviderRegistry::instance_of(const ConnectionRef& record) {
    for (const auto& link : links_) {
        // By identity of the object first. Thousands of steps share some few records.
        if (link->record == record || link->record->same_as(*record)) return link.get();
    }
    return link_of(*record);
}

// Endpoint and account decide, not the address: a connection that was renamed in the program still
// reaches the thing, and with the settings of today rather than those of then.
base::Result<ProviderInstance*> ProviderRegistry::link_of(const ConnectionRecord& record) {
    for (const auto& link : links_) {
        if (link->record->provider == record.provider &&
            link->record->identity == record.identity) {
            return link.get();
        }
    }
    // The connection has left the program together with its resources, which still have to be
    // deleted.
    for (const Provider* provider : providers_) {
        if (provider->schema().provider == record.provider) {
            return connect(*provider, record.address,
                           secrets_ != nullptr ? with_older_settings(record.settings, *secrets_)
                                               : record.settings);
        }
    }
    return base::not_found(fmt::format("no provider is named {}", record.provider))
        .with_help("this program does not have the provider that made the resource");
}

}
