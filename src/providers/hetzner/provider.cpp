#include "providers/hetzner/provider.hpp"

#include "base/hash.hpp"
#include "net/client/curl_transport.hpp"
#include "net/client/trace.hpp"
#include "providers/hetzner/account.hpp"
#include "providers/hetzner/catalogue.hpp"
#include "providers/hetzner/conventions.hpp"
#include "providers/hetzner/types.hpp"
#include "providers/rest/connection.hpp"
#include "providers/rest/data_source.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/rest_resource.hpp"
#include "providers/rest/sub_resource.hpp"
#include "providers/rest/wire.hpp"

namespace providers::hetzner {
namespace {

constexpr std::size_t kParallel = 16;
constexpr std::chrono::seconds kCallDeadline{60};
constexpr std::chrono::seconds kEffectLag{5};
constexpr std::chrono::seconds kSandboxDeadline{20};

std::vector<rest::RestConnection::MakeHandler> kinds() {
    std::vector<rest::RestConnection::MakeHandler> out;
    for (const rest::RestType* type : rest_types()) {
        out.emplace_back([type](const rest::ConnectionContext& account) {
            return std::make_unique<rest::RestResource>(account, *type);
        });
    }
    for (const rest::SubResourceType* type : part_types()) {
        out.emplace_back([type](const rest::ConnectionContext& account) {
            return std::make_unique<rest::SubResource>(account, *type);
        });
    }
    for (const rest::DataSourceType* type : lookup_types()) {
        out.emplace_back([type](const rest::ConnectionContext& account) {
            return std::make_unique<rest::DataSource>(account, *type);
        });
    }
    return out;
}

class HetznerProvider final : public provider::Provider {
public:
    HetznerProvider() {
        schema_.provider = "hetzner";
        schema_.doc = "Hetzner Cloud: servers, networks, volumes, firewalls and addresses.";
        schema_.types.push_back(connection_type());
        for (const rest::RestType* type : rest_types()) schema_.types.push_back(type->schema);
        for (const rest::SubResourceType* type : part_types())
            schema_.types.push_back(type->schema);
        for (const rest::DataSourceType* type : lookup_types())
            schema_.types.push_back(type->schema);
    }

    const provider::Schema& schema() const override { return schema_; }

    base::Result<std::unique_ptr<provider::Connection>>
    connect(const value::Value& settings, const provider::Host& host) const override {
        net::TransportOptions options;
        options.max_connections_per_host = kParallel;
        if (host.environment) net::read_environment(options, host.environment);
        return connect_over(std::make_unique<net::CurlTransport>(std::move(options)), settings,
                            host);
    }

private:
    provider::Schema schema_;
};

}

base::Result<std::unique_ptr<provider::Connection>>
connect_over(std::unique_ptr<net::Transport> transport, const value::Value& settings,
             const provider::Host& host) {
    Access access = TRY(find_access(settings, host));
    rest::RestConnection::Options options;
    options.identity = std::move(access.identity);
    options.api.endpoint = std::move(access.endpoint);
    // The bucket is the project's; the token stands for it, as what nobody can read back.
    options.api.rate_key = {.account = base::sha256_hex("rate limit of " + access.token.reveal()),
                            .service = "hetzner",
                            .verb = {}};
    options.api.token = std::move(access.token);
    options.error_mapping = &error_mapping();
    options.style = &style();
    options.default_labels = rest::labels_from(rest::field_of(settings, "labels"));
    options.poll_interval = access.poll_interval;
    options.capabilities = {.bulk_lists = true,
                            .tags = true,
                            .max_parallel = kParallel,
                            .effect_lag = access.is_sandbox ? std::chrono::seconds(1) : kEffectLag,
                            .call_deadline = access.is_sandbox ? kSandboxDeadline : kCallDeadline};
    options.trace = &net::program_trace();
    options.transport = std::move(transport);
    const auto makers = kinds();
    return std::unique_ptr<provider::Connection>(std::make_unique<rest::RestConnection>(
        std::move(options), makers,
        [catalogue = std::make_shared<Catalogue>(base::system_clock())](
            const rest::Api& api, const provider::Change& change) {
            return catalogue->check(api, change);
        }));
}

const provider::Provider& provider() {
    static const HetznerProvider* const kProvider = new HetznerProvider;
    return *kProvider;
}

}
