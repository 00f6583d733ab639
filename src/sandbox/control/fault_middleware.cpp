#include "sandbox/control/fault_middleware.hpp"

#include "base/secret.hpp"
#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <csignal>

namespace sandbox {
namespace {

constexpr std::string_view kControl = "/_sandbox/";
// A long test run asks some thousands of times; each entry is below a kilobyte.
constexpr std::size_t kKeptRequests = 5000;
constexpr std::size_t kLongestTarget = 500;   // of what the log keeps
constexpr std::int64_t kShown = 50;
constexpr json::Limits kBodyLimits{.max_bytes = std::size_t{1} << 20, .max_depth = 20};

std::string kinds_of(const std::vector<Fault>& faults) {
    std::string out;
    for (const Fault& fault : faults) {
        out += (out.empty() ? "" : "+") + std::string(name_of(fault.kind));
    }
    return out;
}

// Sent from here, and so at a known place of the request: "before" and "after" are about its
// effect. The test of a crash kills provisioning between its request and the answer, which no
// timer could hit.
void send_signals(const std::vector<Fault>& faults, When when) {
    for (const Fault& fault : faults) {
        if (fault.kind == FaultKind::Signal && fault.when == when) {
            ::kill(static_cast<pid_t>(fault.pid), fault.signal);
        }
    }
}

const Fault* find(const std::vector<Fault>& faults, FaultKind kind, When when) {
    for (const Fault& fault : faults) {
        if (fault.kind == kind && fault.when == when) return &fault;
    }
    return nullptr;
}

// Codes of our own API only, never of the imitated cloud's.
int status_of(base::Code code) {
    switch (code) {
        case base::Code::InvalidArgument: return 400;
        case base::Code::NotFound: return 404;
        case base::Code::Unauthenticated: return 401;
        case base::Code::Exhausted: return 409;
        default: return 500;
    }
}

net::Response json_response(int status, const json::Value& body) {
    return {.status = status,
            .headers = {{"Content-Type", "application/json"}},
            .body = json::to_text(body)};
}

std::int64_t number_or(std::string_view text, std::int64_t fallback) {
    std::int64_t number = fallback;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? number : fallback;
}

}

FaultMiddleware::FaultMiddleware(Cloud& cloud, std::string token, std::function<void()> stop)
    : cloud_(cloud), token_(std::move(token)), stop_(std::move(stop)) {
    struct Route {
        std::string_view method;
        std::string_view path;
        Run run;
    };
    static constexpr Route kRoutes[] = {
        {"GET", "/_sandbox/status", &FaultMiddleware::show_status},
        {"GET", "/_sandbox/requests", &FaultMiddleware::list_requests},
        {"PUT", "/_sandbox/settings", &FaultMiddleware::change_settings},
        {"GET", "/_sandbox/faults", &FaultMiddleware::list_faults},
        {"POST", "/_sandbox/faults", &FaultMiddleware::post_fault},
        {"DELETE", "/_sandbox/faults", &FaultMiddleware::remove_faults},
        {"DELETE", "/_sandbox/faults/{id}", &FaultMiddleware::remove_fault},
        {"POST", "/_sandbox/reset", &FaultMiddleware::reset},
        {"POST", "/_sandbox/stop", &FaultMiddleware::stop},
    };
    for (const Route& route : kRoutes) {
        const auto added = router_.add(route.method, route.path, {},
                                       [this, run = route.run](const net::Request& request,
                                                               const net::RequestContext& context) {
                                           return this->run(run, request, context);
                                       });
        CHECK(added.ok());
    }
    router_.refuse_with([](const net::Request& request, const net::RequestContext&,
                           const net::Router::Refusal& refusal) {
        return json_response(
            refusal.status,
            json::Object{{"error", fmt::format("the sandbox does not know {} {}", request.method,
                                               net::path_of(request.target))}});
    });
}

FaultyAnswer FaultMiddleware::answer(const net::Request& request,
                                     const net::RequestContext& context) {
    // Before the log and the faults: who tells the sandbox what to do is not to be hit by what it
    // was told.
    if (request.target.starts_with(kControl)) return {.response = control(request, context)};
    std::int64_t number = 0;
    const std::vector<Fault> faults = state_.with([&](State& state) {
        // Counted and matched under one lock, so `nth` means the order in which requests came in.
        number = ++state.count;
        return state.faults->match(request);
    });
    FaultyAnswer answer = through_faults(request, faults);
    Logged entry{.number = number,
                 .time = base::format_time(base::system_clock().now(), true),
                 .method = request.method,
                 .target = request.target.substr(0, kLongestTarget),
                 // A connection that was dropped had no status. It is in the log all the same: the
                 // request was there.
                 .status = answer.is_dropped ? 0 : answer.response.status,
                 .faults = kinds_of(faults)};
    state_.with([&](State& state) {
        state.requests.push_back(std::move(entry));
        if (state.requests.size() > kKeptRequests) state.requests.pop_front();
    });
    return answer;
}

FaultyAnswer FaultMiddleware::through_faults(const net::Request& request,
                                             const std::vector<Fault>& faults) {
    FaultyAnswer answer;
    const auto spoil = [&](When when) {
        // Drop goes before status: a connection without an answer has none.
        if (find(faults, FaultKind::Drop, when) != nullptr) {
            answer.is_dropped = true;
            return true;
        }
        const Fault* fault = find(faults, FaultKind::Status, when);
        if (fault == nullptr) return false;
        if (fault->body) {
            // A body of one's own stands for a gateway in front of the API, which speaks HTML.
            answer.response = {.status = fault->status,
                               .headers = {{"Content-Type", "text/html"}},
                               .body = *fault->body};
        } else {
            answer.response = cloud_.refuse(
                request, fault->status, fault->code,
                fault->message.empty() ? "the sandbox was told to answer so" : fault->message);
        }
        return true;
    };
    // "Before": the cloud has not seen the request. "After": it has done it, and only the answer
    // goes wrong; that is the case a client must tell apart by looking.
    send_signals(faults, When::Before);
    if (!spoil(When::Before)) {
        const Fault* action = find(faults, FaultKind::Action, When::Before);
        ActionFault wanted;
        if (action != nullptr) {
            if (!action->code.empty()) wanted.code = action->code;
            if (!action->message.empty()) wanted.message = action->message;
            wanted.happens = action->happens;
        }
        answer.response = cloud_.answer(request, action == nullptr ? nullptr : &wanted);
        send_signals(faults, When::After);
        spoil(When::After);
    }
    for (const Fault& fault : faults) {
        if (fault.kind == FaultKind::Latency) answer.delay += fault.delay;
        if (fault.kind == FaultKind::Slow) answer.spread += fault.delay;
        if (fault.kind == FaultKind::Malformed && !answer.is_dropped) {
            // Half of it: an announced length that is right and a document that is not. A body cut
            // off by the connection is what Drop is for.
            answer.response.body.resize(answer.response.body.size() / 2);
        }
    }
    return answer;
}

base::Result<std::int64_t> FaultMiddleware::add_fault(const Fault& fault) {
    return state_.with([&](State& state) { return state.faults->add(fault); });
}

net::Response FaultMiddleware::control(const net::Request& request,
                                       const net::RequestContext& context) {
    const std::string_view given = request.headers.find("Authorization").value_or("");
    // In constant time, as it is compared for whoever can reach the port: other users of the
    // machine can.
    if (!base::equal_in_constant_time(given, "Bearer " + token_)) {
        return json_response(401,
                             json::Object{{"error", "the sandbox's own token is needed here"}});
    }
    return std::move(router_.handle(request, context).response);
}

net::Response FaultMiddleware::run(Run run, const net::Request& request,
                                   const net::RequestContext& context) {
    json::Value body = json::Object{};
    base::Result<json::Value> result = json::Value();
    if (!request.body.empty()) {
        result = json::parse(request.body, kBodyLimits).context("reading the request");
        if (result.ok()) body = std::move(result).value();
    }
    if (result.ok()) {
        result = (this->*run)({.body = body,
                               .parameters = context.parameters,
                               .query = net::query_of(request.target)});
    }
    if (result.ok()) return json_response(200, *result);
    return json_response(status_of(result.error().code()),
                         json::Object{{"error", result.error().text()}});
}

base::Result<json::Value> FaultMiddleware::show_status(const Command&) {
    json::Object out = *cloud_.settings().to_json().as_object();
    out.set("things", cloud_.summary());
    state_.with([&](State& state) {
        out.set("requests", state.count);
        out.set("faults", state.faults->to_json());
    });
    return json::Value(std::move(out));
}

base::Result<json::Value> FaultMiddleware::change_settings(const Command& command) {
    // A copy is changed and checked first; a wrong member leaves everything as it was.
    CloudSettings settings = cloud_.settings();
    TRY(settings.take(command.body));
    cloud_.set(settings);
    return settings.to_json();
}

base::Result<json::Value> FaultMiddleware::list_faults(const Command&) {
    return state_.with([](State& state) {
        return json::Value(json::Object{{"faults", state.faults->to_json()}});
    });
}

base::Result<json::Value> FaultMiddleware::post_fault(const Command& command) {
    const Fault fault = TRY(Fault::from_json(command.body));
    const std::int64_t id = TRY(add_fault(fault));
    return json::Value(json::Object{{"id", id}});
}

base::Result<json::Value> FaultMiddleware::remove_faults(const Command&) {
    state_.with([](State& state) { state.faults->clear(); });
    return json::Value(json::Object{});
}

base::Result<json::Value> FaultMiddleware::remove_fault(const Command& command) {
    const std::string& wanted = command.parameters.text("id");
    const std::int64_t id = number_or(wanted, 0);
    const bool found = state_.with([&](State& state) { return state.faults->remove(id); });
    if (!found) return base::not_found(fmt::format("there is no fault {}", wanted));
    return json::Value(json::Object{});
}

base::Result<json::Value> FaultMiddleware::reset(const Command& command) {
    TRY(cloud_.reset());
    state_.with([&](State& state) {
        state.requests.clear();
        state.count = 0;
        // Tests reset the world between cases and keep the faults they have set up for all.
        if (!command.body.bool_or("keep_faults", false)) state.faults->clear();
    });
    return json::Value(json::Object{});
}

base::Result<json::Value> FaultMiddleware::stop(const Command&) {
    stop_();
    return json::Value(json::Object{});
}

// The last ones, as many as `last` says.
base::Result<json::Value> FaultMiddleware::list_requests(const Command& command) {
    constexpr std::string_view kLast = "last=";
    std::int64_t last = kShown;
    if (command.query.starts_with(kLast)) {
        last = number_or(command.query.substr(kLast.size()), kShown);
    }
    return state_.with([&](const State& state) {
        json::Array out;
        const auto size = static_cast<std::int64_t>(state.requests.size());
        for (std::int64_t i = std::max<std::int64_t>(0, size - std::max<std::int64_t>(0, last));
             i < size; ++i) {
            const Logged& entry = state.requests[static_cast<std::size_t>(i)];
            out.push_back(json::Object{
                {"number", entry.number},
                {"time", entry.time},
                {"method", entry.method},
                {"target", entry.target},
                {"status", entry.status == 0 ? json::Value() : json::Value(entry.status)},
                {"faults", entry.faults}});
        }
        return json::Value(json::Object{{"requests", std::move(out)}});
    });
}
}
