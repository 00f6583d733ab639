#include "providers/upcloud/provider.hpp"

#include "base/text.hpp"
#include "net/client/client_pool.hpp"
#include "net/client/curl_transport.hpp"
#include "net/client/trace.hpp"
#include "providers/rest/connection.hpp"
#include "providers/rest/data_source.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/rest_resource.hpp"
#include "providers/rest/sub_resource.hpp"
#include "providers/rest/wire.hpp"
#include "providers/upcloud/access_check.hpp"
#include "providers/upcloud/account.hpp"
#include "providers/upcloud/conventions.hpp"
#include "providers/upcloud/types.hpp"

namespace providers::upcloud {
namespace {

// Changes at once; also the connections to the host, one for each.
constexpr std::size_t kParallel = 16;
// Of one request alone: what it begins in the background is polled.
constexpr std::chrono::seconds kCallDeadline{120};
// How long after our request is given up it may still take effect over there: until then "not
// found" is no proof that nothing was made.
constexpr std::chrono::seconds kEffectLag{5};
constexpr std::chrono::seconds kSandboxDeadline{20};

std::vector<rest::RestConnection::MakeHandler> handlers() {
    std::vector<rest::RestConnection::MakeHandler> out;
    for (const rest::RestType* type : rest_types()) {
        out.emplace_back([type](const rest::ConnectionContext& connection) {
            return std::make_unique<rest::RestResource>(connection, *type);
        });
    }
    for (const rest::SubResourceType* type : sub_resource_types()) {
        out.emplace_back([type](const rest::ConnectionContext& connection) {
            return std::make_unique<rest::SubResource>(connection, *type);
        });
    }
    for (const rest::DataSourceType* type : data_source_types()) {
        out.emplace_back([type](const rest::ConnectionContext& connection) {
            return std::make_unique<rest::DataSource>(connection, *type);
        });
    }
    return out;
}

base::Result<std::unique_ptr<provider::Connection>>
connect_to(Account account, const value::Value& settings, std::shared_ptr<net::Client> client,
           std::shared_ptr<rest::ResourceQueue> queue) {
    rest::RestConnection::Options options;
    options.identity = std::move(account.identity);
    options.api.access = std::move(account.access);
    const rest::Credential& credential = options.api.access.credential();
    options.api.sign = credential.size() == 1
                           ? rest::bearer(credential.front())
                           : rest::basic(credential.front().reveal(), credential.back());
    options.api.rate_key = {.account = std::move(account.name), .service = "upcloud", .verb = {}};
    options.error_mapping = &error_mapping();
    options.conventions = &conventions();
    options.check_access = check_access;
    options.default_labels = rest::labels_from(rest::field_of(settings, "labels"));
    options.poll_interval = account.poll_interval;
    options.capabilities = {.bulk_lists = true,
                            .tags = true,
                            .max_parallel = kParallel,
                            .effect_lag = account.is_sandbox ? std::chrono::seconds(1) : kEffectLag,
                            .call_deadline = account.is_sandbox ? kSandboxDeadline : kCallDeadline};
    options.client = std::move(client);
    options.queue = std::move(queue);
    const auto makers = handlers();
    return std::unique_ptr<provider::Connection>(
        std::make_unique<rest::RestConnection>(std::move(options), makers));
}

std::unique_ptr<net::Transport> over_curl(net::TransportOptions options) {
    return std::make_unique<net::CurlTransport>(std::move(options));
}

class UpcloudProvider final : public provider::Provider {
public:
    explicit UpcloudProvider(MakeTransport make_transport)
        : make_transport_(std::move(make_transport)) {
        schema_.provider = "upcloud";
        schema_.doc = "UpCloud: servers, storages, networks, and the services beside them.";
        schema_.types.push_back(connection_type());
        for (const rest::RestType* type : rest_types()) schema_.types.push_back(type->schema);
        for (const rest::SubResourceType* type : sub_resource_types())
            schema_.types.push_back(type->schema);
        for (const rest::DataSourceType* type : data_source_types())
            schema_.types.push_back(type->schema);
    }

    const provider::Schema& schema() const override { return schema_; }

    base::Result<void> validate(const provider::ResourceType& type,
                                const value::Value& inputs) const override {
        for (const rest::RestType* one : rest_types()) {
            if (one->schema.name == type.name) return rest::validate(*one, inputs);
        }
        for (const rest::SubResourceType* one : sub_resource_types()) {
            if (one->schema.name != type.name || one->validate == nullptr) continue;
            return one->validate(inputs);
        }
        return {};
    }

    base::Result<std::unique_ptr<provider::Connection>>
    connect(const value::Value& settings, const provider::Host& host) const override {
        net::TransportOptions options;
        options.max_connections_per_host = kParallel;
        if (host.environment) net::read_environment(options, host.environment);
        const net::ProxyOptions& proxy = options.proxy;
        // Clients are shared by how they reach the network, not by token: connections and TLS
        // sessions are worth keeping, the `Authorization` header is set for each request.
        const std::string way = base::join(
            std::vector<std::string>{proxy.http, proxy.https, proxy.no_proxy, options.ca_file},
            "\n");
        auto client = clients_.client(way, [&] { return make_transport_(std::move(options)); },
                                      {.trace = &net::program_trace()});
        Account account = TRY(find_account(settings, host));
        // By account and not by connection: two connections of one project may change the same
        // server, and the queue keeps them from it.
        auto queue = queues_.of(account.name);
        return connect_to(std::move(account), settings, std::move(client), std::move(queue));
    }

    std::string takes_secrets(const value::Value& settings,
                              const provider::Host& host) const override {
        return stranger_of(settings, host);
    }

private:
    MakeTransport make_transport_;
    provider::Schema schema_;
    // What its connections share.
    mutable net::ClientPool clients_;
    mutable rest::ResourceQueues queues_;
};

}

base::Result<std::unique_ptr<provider::Connection>>
connect_over(std::unique_ptr<net::Transport> transport, const value::Value& settings,
             const provider::Host& host) {
    Account account = TRY(find_account(settings, host));
    return connect_to(std::move(account), settings,
                      net::make_client(std::move(transport), {.trace = &net::program_trace()}),
                      std::make_shared<rest::ResourceQueue>());
}

std::unique_ptr<provider::Provider> make_provider(MakeTransport make_transport) {
    return std::make_unique<UpcloudProvider>(std::move(make_transport));
}

const provider::Provider& provider() {
    // Never destroyed: threads that still end a request at exit would find it gone.
    static const UpcloudProvider* const kProvider = new UpcloudProvider(over_curl);
    return *kProvider;
}

}
