#include "sandbox/hetzner/hetzner.hpp"

#include "base/guarded.hpp"
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "sandbox/hetzner/actions.hpp"
#include "sandbox/hetzner/call.hpp"
#include "sandbox/hetzner/catalogue.hpp"
#include "sandbox/hetzner/rate_limit.hpp"
#include "sandbox/hetzner/refusal.hpp"
#include "sandbox/store/store.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace sandbox::hetzner {
namespace {

constexpr std::string_view kBase = "/v1";
constexpr std::size_t kTokenLength = 64;
constexpr std::size_t kProjectLength = 16;
constexpr json::Limits kBodyLimits{.max_bytes = std::size_t{1} << 20, .max_depth = 50};

struct State {
    std::unique_ptr<Store> store;
    std::map<std::string, PendingActions> pending;
    std::map<std::string, Bucket> buckets;
    CloudSettings settings;
};

struct Identity {
    std::string project;   // empty: not known
    bool is_read_only = false;
};

// Tokens are not kept: a project is known by a part of its token's digest.
std::string project_of(std::string_view token) {
    return base::sha256_hex(token).substr(0, kProjectLength);
}

Identity identify(const net::Request& request, const CloudOptions& options) {
    constexpr std::string_view kScheme = "Bearer ";
    const std::string_view header = request.headers.find("Authorization").value_or("");
    if (!header.starts_with(kScheme)) return {};
    const std::string_view token = header.substr(kScheme.size());
    if (!options.read_only_token.empty() && token == options.read_only_token) {
        return {project_of(options.token), true};
    }
    const bool is_token =
        token.size() == kTokenLength && std::all_of(token.begin(), token.end(), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        });
    return is_token ? Identity{project_of(token)} : Identity{};
}

// What the vendor calls a failure of this status.
std::string_view code_of(int status) {
    switch (status) {
        case 401: return "unauthorized";
        case 403: return "forbidden";
        case 404: return "not_found";
        case 409: return "conflict";
        case 412: return "resource_unavailable";
        case 422: return "service_error";
        case 423: return "locked";
        case 429: return "rate_limit_exceeded";
        case 500: return "server_error";
        case 502: return "bad_gateway";
        case 503: return "unavailable";
        case 504: return "timeout";
        default: return "unknown_error";
    }
}

base::Result<Reply> handle(Tenant& tenant, const net::Request& request, bool is_read_only) {
    const std::string_view target = request.target;
    const std::size_t question = std::min(target.find('?'), target.size());
    const std::string_view path = target.substr(0, question);
    if (!path.starts_with(kBase)) return not_found("page");
    const std::string_view own_path = path.substr(kBase.size());
    const Match match = find_route(request.method, own_path);
    if (!match.knows_path) return not_found("page");
    if (is_read_only && request.method != "GET") {
        return refuse(401, "token_readonly", "the token is only allowed to perform GET requests");
    }
    if (match.route == nullptr) return refuse(405, "method_not_allowed", "method not allowed");
    auto query = Query::parse(target.substr(std::min(question + 1, target.size())));
    if (!query.ok()) return invalid_input(std::string(query.error().message()));
    json::Value body = json::Object{};
    if (request.method != "GET" && !request.body.empty()) {
        auto parsed = json::parse(request.body, kBodyLimits);
        if (!parsed.ok() || !parsed->is_object()) {
            return refuse(400, "json_error", "the request body is not a valid JSON object");
        }
        body = std::move(*parsed);
    }
    const std::string host(request.headers.find("Host").value_or("localhost"));
    Call call{.tenant = tenant,
              .base = fmt::format("http://{}{}", host, kBase),
              .path = std::string(own_path),
              .query_text = std::string(target.substr(std::min(question + 1, target.size()))),
              .query = std::move(*query),
              .id = match.id,
              .action_id = match.action_id,
              .body = std::move(body)};
    return match.route->handle(call);
}

net::Response response_of(const base::Result<Reply>& result) {
    net::Response response;
    if (result.ok()) {
        response.status = result->status;
        if (!result->body.is_null()) response.body = json::to_text(result->body);
        if (!result->link.empty()) response.headers.set("Link", result->link);
    } else if (const auto* refusal = dynamic_cast<const Refusal*>(result.error().detail())) {
        response.status = refusal->status;
        response.body = json::to_text(refusal->body());
    } else {
        response.status = 500;
        response.body =
            json::to_text(json::Object{{"error", json::Object{{"code", "server_error"},
                                                              {"message", result.error().text()},
                                                              {"details", nullptr}}}});
    }
    if (!response.body.empty()) response.headers.set("Content-Type", "application/json");
    response.headers.set("X-Correlation-Id", base::random_token(8));
    return response;
}

class Hetzner final : public Cloud {
public:
    Hetzner(CloudOptions options, std::unique_ptr<Store> store) : options_(std::move(options)) {
        state_.with([&](State& state) {
            state.store = std::move(store);
            state.settings = options_.settings;
        });
    }

    net::Response answer(const net::Request& request, const ActionFault* fault) override {
        const Identity identity = identify(request, options_);
        const base::Time now = options_.clock->now();
        // The journal is written under the lock: what is answered for is in it, in order.
        return state_.with([&](State& state) {
            Bucket& bucket = state.buckets[identity.project];
            net::Response response;
            if (!bucket.take(state.settings.rate_limit, state.settings.speed, now)) {
                response = response_of(refuse_by_rate(state.settings.rate_limit));
            } else if (identity.project.empty()) {
                response =
                    response_of(hetzner::refuse(401, "unauthorized", "unable to authenticate"));
            } else {
                response = answer(state, identity, request, now, fault);
            }
            bucket.add_headers(response.headers);
            return response;
        });
    }

    net::Response refuse(const net::Request& request, int status, std::string_view code,
                         std::string_view message) override {
        net::Response response = response_of(
            hetzner::refuse(status, code.empty() ? code_of(status) : code, std::string(message)));
        const Identity identity = identify(request, options_);
        const base::Time now = options_.clock->now();
        state_.with([&](State& state) {
            Bucket& bucket = state.buckets[identity.project];
            (void)bucket.take(state.settings.rate_limit, state.settings.speed, now);
            bucket.add_headers(response.headers);
        });
        return response;
    }

    std::string_view base_path() const override { return kBase; }

    json::Value summary() const override {
        return state_.with([&](const State& state) {
            json::Object out;
            for (const std::string& project : state.store->projects()) {
                json::Object counts;
                for (const char* type :
                     {"server", "network", "volume", "firewall", "primary_ip", "floating_ip",
                      "ssh_key", "placement_group", "image", "action"}) {
                    const std::size_t count = state.store->table(project, type).size();
                    if (count > 0) counts.set(type, static_cast<std::int64_t>(count));
                }
                out.set(project, std::move(counts));
            }
            return json::Value(std::move(out));
        });
    }

    CloudSettings settings() const override {
        return state_.with([](const State& state) { return state.settings; });
    }
    void set(const CloudSettings& settings) override {
        state_.with([&](State& state) { state.settings = settings; });
    }

    base::Result<void> reset() override {
        return state_.with([](State& state) {
            state.pending.clear();
            state.buckets.clear();
            return state.store->clear();
        });
    }

private:
    static base::Result<Reply> refuse_by_rate(std::int64_t limit) {
        return hetzner::refuse(429, "rate_limit_exceeded",
                               fmt::format("limit of {} requests per hour reached", limit));
    }

    net::Response answer(State& state, const Identity& identity, const net::Request& request,
                         base::Time now, const ActionFault* fault) {
        auto pending = state.pending.find(identity.project);
        if (pending == state.pending.end()) {
            pending =
                state.pending
                    .emplace(identity.project, pending_actions_of(*state.store, identity.project))
                    .first;
        }
        Tenant tenant(*state.store, identity.project, pending->second, catalogue_, state.settings,
                      now);
        advance(tenant, now);
        if (fault != nullptr) tenant.fault = *fault;
        base::Result<Reply> reply = handle(tenant, request, identity.is_read_only);
        if (auto committed = state.store->commit(); !committed.ok()) {
            return response_of(std::move(committed).error());
        }
        return response_of(reply);
    }

    const CloudOptions options_;
    const Catalogue catalogue_;
    base::Guarded<State> state_;
};

}

base::Result<std::unique_ptr<Cloud>> make(CloudOptions options) {
    CHECK(options.clock != nullptr);
    auto store = TRY(Store::open(options.folder, options.seed));
    return std::unique_ptr<Cloud>(std::make_unique<Hetzner>(std::move(options), std::move(store)));
}

}
