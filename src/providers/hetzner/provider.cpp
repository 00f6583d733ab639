#include "providers/hetzner/provider.hpp"

#include "base/hash.hpp"
#include "net/client/curl_transport.hpp"
#include "net/client/trace.hpp"
#include "providers/hetzner/account.hpp"
#include "providers/hetzner/catalogue.hpp"
#include "providers/hetzner/style.hpp"
#include "providers/hetzner/types.hpp"
#include "providers/kit/connection.hpp"
#include "providers/kit/describe.hpp"
#include "providers/kit/lookup_kind.hpp"
#include "providers/kit/part_kind.hpp"
#include "providers/kit/rest_kind.hpp"
#include "providers/kit/wire.hpp"

namespace providers::hetzner {
namespace {

constexpr std::size_t kParallel = 16;
constexpr std::chrono::seconds kCallDeadline{60};
constexpr std::chrono::seconds kEffectLag{5};
constexpr std::chrono::seconds kSandboxDeadline{20};

std::vector<kit::KitConnection::MakeKind> kinds() {
    std::vector<kit::KitConnection::MakeKind> out;
    for (const kit::RestType* type : rest_types()) {
        out.emplace_back([type](const kit::Account& account) {
            return std::make_unique<kit::RestKind>(account, *type);
        });
    }
    for (const kit::PartType* type : part_types()) {
        out.emplace_back([type](const kit::Account& account) {
            return std::make_unique<kit::PartKind>(account, *type);
        });
    }
    for (const kit::LookupType* type : lookup_types()) {
        out.emplace_back([type](const kit::Account& account) {
            return std::make_unique<kit::LookupKind>(account, *type);
        });
    }
    return out;
}

class HetznerProvider final : public infra::Provider {
public:
    HetznerProvider() {
        schema_.provider = "hetzner";
        schema_.doc = "Hetzner Cloud: servers, networks, volumes, firewalls and addresses.";
        schema_.types.push_back(connection_type());
        for (const kit::RestType* type : rest_types()) schema_.types.push_back(type->schema);
        for (const kit::PartType* type : part_types()) schema_.types.push_back(type->schema);
        for (const kit::LookupType* type : lookup_types()) schema_.types.push_back(type->schema);
    }

    const infra::Schema& schema() const override { return schema_; }

    base::Result<std::unique_ptr<infra::Connection>>
    connect(const infra::Value& settings, const infra::Host& host) const override {
        net::TransportOptions options;
        options.max_connections_per_host = kParallel;
        if (host.environment) net::read_environment(options, host.environment);
        return connect_over(std::make_unique<net::CurlTransport>(std::move(options)), settings,
                            host);
    }

private:
    infra::Schema schema_;
};

}

base::Result<std::unique_ptr<infra::Connection>>
connect_over(std::unique_ptr<net::Transport> transport, const infra::Value& settings,
             const infra::Host& host) {
    Access access = TRY(find_access(settings, host));
    kit::KitConnection::Options options;
    options.identity = std::move(access.identity);
    options.api.endpoint = std::move(access.endpoint);
    // The bucket is the project's; the token stands for it, as what nobody can read back.
    options.api.rate_key = {.account = base::sha256_hex("rate limit of " + access.token.reveal()),
                            .service = "hetzner",
                            .verb = {}};
    options.api.token = std::move(access.token);
    options.dialect = &dialect();
    options.style = &style();
    options.default_labels = kit::labels_from(kit::field_of(settings, "labels"));
    options.poll_interval = access.poll_interval;
    options.capabilities = {.bulk_lists = true,
                            .tags = true,
                            .max_parallel = kParallel,
                            .effect_lag = access.is_sandbox ? std::chrono::seconds(1) : kEffectLag,
                            .call_deadline = access.is_sandbox ? kSandboxDeadline : kCallDeadline};
    options.trace = &net::program_trace();
    options.transport = std::move(transport);
    const auto makers = kinds();
    return std::unique_ptr<infra::Connection>(std::make_unique<kit::KitConnection>(
        std::move(options), makers,
        [catalogue = std::make_shared<Catalogue>(base::system_clock())](
            const kit::Api& api, const infra::Change& change) {
            return catalogue->check(api, change);
        }));
}

const infra::Provider& provider() {
    static const HetznerProvider* const kProvider = new HetznerProvider;
    return *kProvider;
}

}
