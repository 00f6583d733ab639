#include "hetzner_platform.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "net/client/transport.hpp"
#include "providers/hetzner/provider.hpp"
#include "state/record.hpp"

#include <fmt/core.h>

namespace scenario {
namespace {

const std::string kToken(64, 'a');
constexpr std::string_view kEndpoint = "https://sandbox/v1";
// Longer than any test: that nothing is to be seen of what was lost is no proof yet.
constexpr std::chrono::hours kEffectLag{1};

std::string call_of(const provider::Intent& intent) {
    return fmt::format("{} {} {}", state::name_of(intent.action), intent.type, intent.address);
}

// An update that takes a server out of networks.
bool detaches(const provider::Intent& intent) {
    const auto networks_in = [](const value::Value& inputs) {
        const value::Value* networks = inputs.find("networks");
        const bool is_list = networks != nullptr && networks->as_array() != nullptr;
        return is_list ? networks->as_array()->size() : 0;
    };
    return intent.action == provider::Action::Update &&
           networks_in(intent.inputs) < networks_in(intent.prior);
}

// "hetzner.PlacementGroup": "/placement_groups".
std::string collection_of(std::string_view type) {
    std::string out = "/";
    for (const char c : type.substr(type.find('.') + 1)) {
        const bool is_capital = c >= 'A' && c <= 'Z';
        if (is_capital && out.size() > 1) out += '_';
        out += is_capital ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out + "s";
}

}

// Requests that come while it lives belong to the call.
class HetznerPlatform::UnderWay {
public:
    UnderWay(const HetznerPlatform& platform, std::string call) : platform_(platform) {
        const std::lock_guard lock(platform_.mutex_);
        platform_.under_way_ = std::move(call);
    }
    ~UnderWay() {
        const std::lock_guard lock(platform_.mutex_);
        platform_.under_way_.clear();
    }
    UnderWay(const UnderWay&) = delete;
    UnderWay& operator=(const UnderWay&) = delete;

private:
    const HetznerPlatform& platform_;
};

// Notes what is begun, and lets only one call be under way.
class HetznerPlatform::NotingConnection final : public provider::Connection {
public:
    NotingConnection(const HetznerPlatform& platform, std::unique_ptr<provider::Connection> within)
        : platform_(platform), within_(std::move(within)), capabilities_(within_->capabilities()) {
        capabilities_.max_parallel = 1;
        capabilities_.effect_lag = kEffectLag;
    }

    const provider::Capabilities& capabilities() const override { return capabilities_; }
    std::string identity() const override { return within_->identity(); }
    base::Result<void> validate(const provider::ResourceType& type,
                                const value::Value& inputs) override {
        return within_->validate(type, inputs);
    }
    std::vector<provider::ConflictKey> conflict_keys(const provider::ResourceType& type,
                                                     const value::Value& inputs) override {
        return within_->conflict_keys(type, inputs);
    }
    base::Result<provider::PlannedChange> plan(const provider::Change& change,
                                               provider::CallContext context) override {
        return within_->plan(change, context);
    }
    bool plan_calls_out(const provider::ResourceType& type) const override {
        return within_->plan_calls_out(type);
    }
    base::Result<provider::Page> list(const provider::ResourceType& type, std::string_view page,
                                      provider::CallContext context) override {
        return within_->list(type, page, context);
    }
    base::Result<provider::Page> list_own(const provider::ResourceType& type,
                                          const provider::Scope& scope, std::string_view page,
                                          provider::CallContext context) override {
        return within_->list_own(type, scope, page, context);
    }
    void inherit(const provider::ResourceType& type, value::Value& inputs) override {
        within_->inherit(type, inputs);
    }
    void normalize(const provider::ResourceType& type, provider::ObservedResource& seen,
                   const value::Value& recorded_inputs) override {
        within_->normalize(type, seen, recorded_inputs);
    }
    base::Result<std::optional<provider::ObservedResource>>
    read(const provider::ResourceType& type, const std::string& key,
         const value::Value& recorded_inputs, provider::CallContext context) override {
        return within_->read(type, key, recorded_inputs, context);
    }
    base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                                  provider::CallContext context) override {
        const UnderWay under_way(platform_, call_of(intent));
        auto answer = within_->start(intent, context);
        const bool is_queued =
            answer.ok() && answer->kind == provider::OperationResult::Kind::Queued;
        if (intent.phase.empty() && !is_queued) {
            platform_.note(call_of(intent) + (detaches(intent) ? " (detached)" : "") + project());
        }
        return answer;
    }
    base::Result<provider::OperationResult> poll(const provider::Intent& intent,
                                                 provider::CallContext context) override {
        const UnderWay under_way(platform_, call_of(intent));
        return within_->poll(intent, context);
    }
    base::Result<provider::LookupResult> find(const provider::Intent& intent,
                                              provider::CallContext context) override {
        return within_->find(intent, context);
    }

private:
    // " in side", where the connection names one.
    std::string project() const {
        const std::string identity = within_->identity();
        const std::size_t mark = identity.find('#');
        return mark == std::string::npos ? "" : " in " + identity.substr(mark + 1);
    }

    const HetznerPlatform& platform_;
    std::unique_ptr<provider::Connection> within_;
    provider::Capabilities capabilities_;
};

class HetznerPlatform::Transport final : public net::Transport {
public:
    explicit Transport(const HetznerPlatform& platform) : platform_(platform) {}

    net::Exchange exchange(const net::Request& request, const net::ExchangeOptions&) override {
        net::Request inner = request;
        inner.target.erase(0, std::string_view("https://sandbox").size());
        return {platform_.exchange(inner), {}};
    }

private:
    const HetznerPlatform& platform_;
};

std::optional<std::string> HetznerPlatform::environment(const std::string& name) {
    if (name == "HCLOUD_TOKEN") return kToken;
    if (name == "HCLOUD_ENDPOINT") return std::string(kEndpoint);
    // Another token is another project; 64 characters, as the vendor's are.
    if (name.ends_with("_TOKEN")) return base::sha256_hex(name);
    return std::nullopt;
}

HetznerPlatform::HetznerPlatform() {
    sandbox::CloudOptions options;
    options.token = kToken;
    options.settings.rate_limit = 0;
    options.clock = &clock_;
    cloud_ = sandbox::make_cloud("hetzner", std::move(options)).value();
}

const provider::Schema& HetznerPlatform::schema() const {
    return providers::hetzner::provider().schema();
}

base::Result<std::unique_ptr<provider::Connection>>
HetznerPlatform::connect(const value::Value& settings, const provider::Host& host) const {
    provider::Host own = host;
    own.environment = environment;
    value::Value quick =
        settings.as_record() != nullptr ? settings : value::Value(value::Value::Record());
    quick.set("poll_interval", value::Rational::from_fraction(1, 1000));
    return std::unique_ptr<provider::Connection>(std::make_unique<NotingConnection>(
        *this,
        TRY(providers::hetzner::connect_over(std::make_unique<Transport>(*this), quick, own))));
}

net::Response HetznerPlatform::answer(const net::Request& request) const {
    const std::lock_guard lock(mutex_);
    clock_.advance(std::chrono::minutes(1));
    return cloud_->answer(request, nullptr);
}

base::Result<net::Response> HetznerPlatform::exchange(const net::Request& request) const {
    const auto take_trouble = [&]() -> std::optional<Trouble> {
        const std::lock_guard lock(mutex_);
        const auto found = troubles_.find(under_way_);
        if (request.method == "GET" || found == troubles_.end()) return std::nullopt;
        const Trouble kind = found->second;
        // The half that is done goes through; the next request is refused.
        if (kind == Trouble::HalfDone)
            found->second = Trouble::Refused;
        else
            troubles_.erase(found);
        return kind;
    };
    const auto reset_by_peer = [] {
        return net::call_error(base::Code::Unavailable, "the connection was reset",
                               net::Delivery::Unknown);
    };
    const std::optional<Trouble> kind = take_trouble();
    if (!kind || *kind == Trouble::HalfDone) return answer(request);
    if (*kind == Trouble::Lost) return reset_by_peer();
    if (*kind == Trouble::AnswerLost) {
        static_cast<void>(answer(request));
        return reset_by_peer();
    }
    constexpr int kForbidden = 403;
    const std::lock_guard lock(mutex_);
    return cloud_->refuse(request, kForbidden, "resource_limit_exceeded", "the quota is used up");
}

json::Value HetznerPlatform::ask(std::string method, std::string path,
                                 const json::Value& body) const {
    net::Request request{.method = std::move(method),
                         .target = "/v1" + std::move(path),
                         .headers = {{"Authorization", "Bearer " + kToken}},
                         .body = {}};
    if (!body.is_null()) request.body = json::to_text(body);
    auto document = json::parse(answer(request).body);
    return document.ok() ? std::move(document).value() : json::Value();
}

std::string HetznerPlatform::path_of(std::string_view type, std::string_view name) const {
    const std::string collection = collection_of(type);
    const json::Value answer = ask("GET", collection + "?name=" + std::string(name));
    const json::Value* items = answer.find(std::string_view(collection).substr(1));
    if (items == nullptr || !items->is_array() || items->as_array()->empty()) return {};
    return fmt::format("{}/{}", collection, items->as_array()->front().int64_or("id", 0));
}

base::Result<void> HetznerPlatform::reset() {
    const std::lock_guard lock(mutex_);
    return cloud_->reset();
}

void HetznerPlatform::trouble(std::string call, Trouble kind) {
    const std::lock_guard lock(mutex_);
    troubles_.insert_or_assign(std::move(call), kind);
}

void HetznerPlatform::note(std::string call) const {
    const std::lock_guard lock(mutex_);
    calls_.push_back(std::move(call));
}

std::vector<std::string> HetznerPlatform::take_calls() {
    const std::lock_guard lock(mutex_);
    return std::exchange(calls_, {});
}

}
