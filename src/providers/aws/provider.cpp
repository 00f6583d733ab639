#include "providers/aws/provider.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "net/client/client_pool.hpp"
#include "net/client/curl_transport.hpp"
#include "net/client/trace.hpp"
#include "providers/aws/access_check.hpp"
#include "providers/aws/account.hpp"
#include "providers/aws/conventions.hpp"
#include "providers/aws/surface.hpp"
#include "providers/aws/types.hpp"
#include "providers/rest/connection.hpp"
#include "providers/rest/rest_resource.hpp"
#include "providers/rest/wire.hpp"
#include "value/number/rational.hpp"

#include <fmt/core.h>

#include <map>

namespace providers::aws {
namespace {

constexpr std::size_t kParallel = 16;
constexpr std::chrono::seconds kCallDeadline{60};
// Creates without a client token may take effect after their request is given up, and lists hear of
// it late.
constexpr std::chrono::seconds kEffectLag{15};
constexpr std::chrono::seconds kEffectLagOfEmulator{1};
constexpr std::chrono::seconds kIdentityDeadline{30};

std::vector<rest::RestConnection::MakeHandler> handlers() {
    std::vector<rest::RestConnection::MakeHandler> out;
    for (const Type* type : types()) {
        out.emplace_back([type](const rest::ConnectionContext& connection) {
            return std::make_unique<rest::RestResource>(connection, type->rest);
        });
    }
    return out;
}

rest::Api::Options api_options(const Account& account) {
    rest::Api::Options out;
    out.access = account.access;
    out.translation = std::make_shared<Surface>(account.endpoints, account.keys, service_objects(),
                                                base::system_clock());
    return out;
}

std::chrono::milliseconds poll_interval(const value::Value& settings) {
    const value::Value& wanted = rest::field_of(settings, "poll_interval");
    double seconds = 1;
    if (const std::int64_t* whole = wanted.as_integer()) {
        seconds = static_cast<double>(*whole);
    } else if (const value::Rational* exact = wanted.as_rational()) {
        seconds = exact->to_double();
    }
    // An hour: what is longer is a slip, and the product below must fit.
    constexpr double kLongest = 3600;
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(seconds, kLongest) * 1000));
}

// Whose the keys are.
base::Result<std::string> ask_for_account(const Account& account,
                                          const std::shared_ptr<net::Client>& client,
                                          const provider::Host& host) {
    const rest::Api api(client, error_mapping(), api_options(account));
    rest::Call call;
    call.path = "/operation/sts/GetCallerIdentity";
    call.what = fmt::format("asking whose the keys of {} are", account.place);
    provider::CallContext context;
    context.stop = host.stop;
    context.timeout = kIdentityDeadline;
    const rest::Answer answer = TRY(api.send(call, {std::move(context)}));
    std::string id(answer.body.string_or("Account", ""));
    if (!id.empty()) return id;
    return base::Error(base::Code::Unavailable, "AWS did not say").with_context(call.what);
}

std::unique_ptr<net::Transport> over_curl(net::TransportOptions options) {
    return std::make_unique<net::CurlTransport>(std::move(options));
}

class AwsProvider final : public provider::Provider {
public:
    explicit AwsProvider(MakeTransport make_transport)
        : make_transport_(std::move(make_transport)) {
        schema_.provider = "aws";
        schema_.doc = "Amazon Web Services.";
        schema_.types.push_back(connection_type());
        for (const Type* type : types()) schema_.types.push_back(type->rest.schema);
    }

    const provider::Schema& schema() const override { return schema_; }

    base::Result<void> validate(const provider::ResourceType& type,
                                const value::Value& inputs) const override {
        for (const Type* one : types()) {
            if (one->rest.schema.name == type.name) return rest::validate(one->rest, inputs);
        }
        return {};
    }

    base::Result<std::unique_ptr<provider::Connection>>
    connect(const value::Value& settings, const provider::Host& host) const override {
        net::TransportOptions options;
        options.max_connections_per_host = kParallel;
        if (host.environment) net::read_environment(options, host.environment);
        const net::ProxyOptions& proxy = options.proxy;
        const std::string way = base::join(
            std::vector<std::string>{proxy.http, proxy.https, proxy.no_proxy, options.ca_file},
            "\n");
        auto client = clients_.client(way, [&] { return make_transport_(std::move(options)); },
                                      {.trace = &net::program_trace()});
        const Account account = TRY(find_account(settings, host));
        const std::string id = TRY(account_of(account, client, host));
        return connect_to(account, id, settings, std::move(client));
    }

    std::string takes_secrets(const value::Value& settings,
                              const provider::Host& host) const override {
        return stranger_of(settings, host);
    }

private:
    // Asked once for each key: it never changes hands.
    base::Result<std::string> account_of(const Account& account,
                                         const std::shared_ptr<net::Client>& client,
                                         const provider::Host& host) const {
        const std::string key =
            base::sha256_hex(account.access.endpoint() + "\n" + account.keys.id + "\n" +
                             account.keys.secret.reveal());
        const std::string known = accounts_.with([&](const auto& accounts) {
            const auto found = accounts.find(key);
            return found != accounts.end() ? found->second : std::string();
        });
        if (!known.empty()) return known;
        std::string id = TRY(ask_for_account(account, client, host));
        accounts_.with([&](auto& accounts) { accounts[key] = id; });
        return id;
    }

    base::Result<std::unique_ptr<provider::Connection>>
    connect_to(const Account& account, const std::string& id, const value::Value& settings,
               std::shared_ptr<net::Client> client) const {
        const std::string& region = account.endpoints.region();
        const bool is_vendors =
            TRY(public_endpoint("ec2", region)).url == account.access.endpoint();
        rest::RestConnection::Options options;
        options.identity = fmt::format("{}/{}", id, region);
        if (!is_vendors) options.identity = account.access.endpoint() + "#" + options.identity;
        options.api = api_options(account);
        options.api.rate_key = {.account = options.identity, .service = "aws", .verb = {}};
        options.error_mapping = &error_mapping();
        options.conventions = &conventions();
        options.check_access = check_access;
        options.default_labels = rest::labels_from(rest::field_of(settings, "default_tags"));
        options.poll_interval = poll_interval(settings);
        options.capabilities = {.bulk_lists = true,
                                .tags = true,
                                .max_parallel = kParallel,
                                .effect_lag = is_vendors ? kEffectLag : kEffectLagOfEmulator,
                                .call_deadline = kCallDeadline};
        options.client = std::move(client);
        options.queue = queues_.of(options.identity);
        const auto makers = handlers();
        return std::unique_ptr<provider::Connection>(
            std::make_unique<rest::RestConnection>(std::move(options), makers));
    }

    MakeTransport make_transport_;
    provider::Schema schema_;
    // What its connections share.
    mutable net::ClientPool clients_;
    mutable rest::ResourceQueues queues_;
    mutable base::Guarded<std::map<std::string, std::string>> accounts_;   // by a digest of the key
};

}

std::unique_ptr<provider::Provider> make_provider(MakeTransport make_transport) {
    return std::make_unique<AwsProvider>(std::move(make_transport));
}

const provider::Provider& provider() {
    // Never destroyed: threads that still end a request at exit would find it gone.
    static const AwsProvider* const kProvider = new AwsProvider(over_curl);
    return *kProvider;
}

}
