#include "sandbox/kit/api_cloud.hpp"

#include "base/guarded.hpp"
#include "base/hash.hpp"
#include "sandbox/store/store.hpp"

#include <fmt/core.h>

namespace sandbox {
namespace {

constexpr std::size_t kProjectLength = 16;
constexpr json::Limits kBodyLimits{.max_bytes = std::size_t{1} << 20, .max_depth = 50};

struct State {
    std::unique_ptr<Store> store;
    std::map<std::string, PendingActions> pending;   // by project
    std::map<std::string, Bucket> buckets;           // likewise
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

class ApiCloud final : public Cloud {
public:
    ApiCloud(std::unique_ptr<const Api> api, CloudOptions options, std::unique_ptr<Store> store)
        : api_(std::move(api)), options_(std::move(options)), table_(table_of(*api_)) {
        for (const auto routes : api_->routes()) {
            for (const Route& route : routes) routes_.push_back(&route);
        }
        state_.with([&](State& state) {
            state.store = std::move(store);
            state.settings = options_.settings;
        });
    }

    net::Response answer(const net::Request& request, const ActionFault* fault) override {
        const Identity identity = identify(request);
        const base::Time now = options_.clock->now();
        // The journal is written under the lock: what is answered for is in it, in order.
        // One lock for the whole cloud: requests are served one after another. That is fast enough
        // for an imitation, and each request sees a world that nobody changes.
        return state_.with([&](State& state) {
            // By project, and one bucket for all unknown tokens.
            Bucket& bucket = state.buckets[identity.project];
            net::Response response;
            if (!bucket.take(state.settings.rate_limit, state.settings.speed, now)) {
                // The limit is looked at first, before the token, as a gateway would.
                const std::string limit = std::to_string(state.settings.rate_limit);
                response = response_of(api_->refuse(Reason::RateLimited, {.words = limit}));
            } else if (identity.project.empty()) {
                response = response_of(api_->refuse(Reason::Unauthenticated, {}));
            } else {
                response = answer(state, identity, request, now, fault);
            }
            api_->add_headers(response.headers, bucket);
            return response;
        });
    }

    // A request that a fault answers costs the client one of its budget as well.
    net::Response refuse(const net::Request& request, int status, std::string_view code,
                         std::string_view message) override {
        net::Response response = response_of(sandbox::refuse(
            status, code.empty() ? api_->code_of(status) : code, std::string(message)));
        const Identity identity = identify(request);
        const base::Time now = options_.clock->now();
        state_.with([&](State& state) {
            Bucket& bucket = state.buckets[identity.project];
            (void)bucket.take(state.settings.rate_limit, state.settings.speed, now);
            api_->add_headers(response.headers, bucket);
        });
        return response;
    }

    std::string_view base_path() const override { return api_->base_path(); }

    json::Value summary() const override {
        return state_.with([&](const State& state) {
            json::Object out;
            for (const std::string& project : state.store->projects()) {
                json::Object counts;
                for (const std::string_view type : api_->counted_types()) {
                    const std::size_t count = state.store->table(project, type).size();
                    if (count > 0) counts.set(std::string(type), static_cast<std::int64_t>(count));
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
            // What is kept in memory is about the world that goes. Settings stay.
            state.pending.clear();
            state.buckets.clear();
            return state.store->clear();
        });
    }

private:
    Identity identify(const net::Request& request) const {
        const std::string token = api_->token_of(request);
        // The read-only token belongs to the project of the full one.
        if (!options_.read_only_token.empty() && token == options_.read_only_token) {
            return {project_of(options_.token), true};
        }
        // The first project's is made by the process, which knows no vendor's form.
        const bool is_own = !token.empty() && token == options_.token;
        return is_own || api_->is_token(token) ? Identity{project_of(token)} : Identity{};
    }

    net::Response answer(State& state, const Identity& identity, const net::Request& request,
                         base::Time now, const ActionFault* fault) const {
        // Derived again after a restart, when the project is first asked for.
        auto pending = state.pending.find(identity.project);
        if (pending == state.pending.end()) {
            auto loaded = pending_actions_of(*state.store, identity.project);
            pending = state.pending.emplace(identity.project, std::move(loaded)).first;
        }
        Project project(*state.store, identity.project, pending->second, *api_, state.settings,
                        now);
        // First all that was due before this request, then the request.
        advance(project, now);
        if (fault != nullptr) project.fault = *fault;
        const base::Result<Reply> reply = handle(project, request, identity.is_read_only);
        // After a refusal too: advance() may have changed things. When the journal cannot be
        // written, the answer is an error, whatever the handler said.
        if (auto committed = state.store->commit(); !committed.ok()) {
            return response_of(std::move(committed).error());
        }
        return response_of(reply);
    }

    base::Result<Reply> handle(Project& project, const net::Request& request,
                               bool is_read_only) const {
        using Outcome = net::RouteMatch::Outcome;
        const std::string_view path = net::path_of(request.target);
        const std::string_view query_text = net::query_of(request.target);
        const std::string_view base = api_->base_path();
        if (!path.starts_with(base)) return api_->refuse(Reason::NoPath, {});
        std::string_view own_path = path.substr(base.size());
        if (api_->ignores_last_slash() && own_path.size() > 1 && own_path.ends_with('/')) {
            own_path.remove_suffix(1);
        }
        net::RouteMatch match = table_.match(request.method, own_path);
        // In this order: what is not there, what may not be done, what is not understood.
        if (match.outcome == Outcome::NoPath || match.outcome == Outcome::Malformed) {
            return api_->refuse(Reason::NoPath, {});
        }
        if (is_read_only && request.method != "GET") {
            return api_->refuse(Reason::ReadOnlyToken, {});
        }
        if (match.outcome == Outcome::NoMethod) return api_->refuse(Reason::NoMethod, {});
        auto query = Query::parse(query_text);
        if (!query.ok()) return api_->refuse(Reason::BadQuery, {.words = query.error().message()});
        json::Value body = json::Object{};
        // A body of a GET is ignored, as servers do.
        if (request.method != "GET" && !request.body.empty()) {
            auto parsed = json::parse(request.body, kBodyLimits);
            if (!parsed.ok() || !parsed->is_object()) return api_->refuse(Reason::BadBody, {});
            body = std::move(*parsed);
        }
        const auto* id = match.parameters.find("id");
        const std::int64_t number = id == nullptr ? 0 : id->number.value_or(0);
        const std::string host(request.headers.find("Host").value_or("localhost"));
        ApiCall call{.project = project,
                     .base = fmt::format("http://{}{}", host, base),
                     .path = std::string(own_path),
                     .query_text = std::string(query_text),
                     .query = std::move(*query),
                     // Taken out of the match only here; `match.route` is a number and still good.
                     .parameters = std::move(match.parameters),
                     .id = number,
                     .body = std::move(body)};
        return routes_[match.route]->handle(call);
    }

    net::Response response_of(const base::Result<Reply>& result) const {
        net::Response response;
        std::string_view type = "application/json";
        if (result.ok()) {
            response.status = result->status;
            response.headers = result->headers;
            if (!result->body.is_null()) response.body = json::to_text(result->body);
        } else {
            Refusal failure;   // of the sandbox itself, unless the error is one that it made
            failure.code = std::string(api_->code_of(failure.status));
            // A 500 with the text: whoever develops against the sandbox should see it.
            failure.message = result.error().text();
            const auto* refusal = dynamic_cast<const Refusal*>(result.error().detail());
            if (refusal == nullptr) refusal = &failure;
            response.status = refusal->status;
            response.body = json::to_text(api_->body_of(*refusal));
            type = api_->content_type_of(*refusal);
        }
        if (!response.body.empty()) response.headers.set("Content-Type", std::string(type));
        return response;
    }

    const std::unique_ptr<const Api> api_;
    const CloudOptions options_;
    const net::RouteTable table_;
    std::vector<const Route*> routes_;   // by their place in the table
    base::Guarded<State> state_;
};

}

base::Result<std::unique_ptr<Cloud>> make_api_cloud(std::unique_ptr<const Api> api,
                                                    CloudOptions options) {
    CHECK(options.clock != nullptr);
    auto store = TRY(Store::open(options.folder, options.seed));
    return std::unique_ptr<Cloud>(
        std::make_unique<ApiCloud>(std::move(api), std::move(options), std::move(store)));
}

}
