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

net::Answer FaultMiddleware::answer(const net::Request& request) {
    if (request.target.starts_with(kControl)) return control(request);
    std::int64_t number = 0;
    const std::vector<Fault> faults = state_.with([&](State& state) {
        number = ++state.count;
        return state.faults->match(request);
    });
    net::Answer answer = through_faults(request, faults);
    Logged entry{.number = number,
                 .time = base::format_time(base::system_clock().now(), true),
                 .method = request.method,
                 .target = request.target.substr(0, kLongestTarget),
                 .status = answer.kind == net::Answer::Kind::Whole ? answer.response.status : 0,
                 .faults = kinds_of(faults)};
    state_.with([&](State& state) {
        state.requests.push_back(std::move(entry));
        if (state.requests.size() > kKeptRequests) state.requests.pop_front();
    });
    return answer;
}

net::Answer FaultMiddleware::through_faults(const net::Request& request,
                                            const std::vector<Fault>& faults) {
    if (faults.empty()) return cloud_.answer(request, nullptr);
    const auto status_answer = [&](const Fault& fault) -> net::Answer {
        if (fault.body) {
            return net::Response{.status = fault.status,
                                 .headers = {{"Content-Type", "text/html"}},
                                 .body = *fault.body};
        }
        const std::string code =
            fault.code.empty() ? std::string(code_of(fault.status)) : fault.code;
        const std::string message =
            fault.message.empty() ? "the sandbox was told to answer so" : fault.message;
        return cloud_.refuse(request, fault.status, code, message);
    };
    send_signals(faults, When::Before);
    net::Answer answer{net::Response{}};
    if (find(faults, FaultKind::Drop, When::Before) != nullptr) {
        answer = net::Answer::drop();
    } else if (const Fault* fault = find(faults, FaultKind::Status, When::Before)) {
        answer = status_answer(*fault);
    } else {
        const Fault* action = find(faults, FaultKind::Action, When::Before);
        ActionFault wanted;
        if (action != nullptr) {
            if (!action->code.empty()) wanted.code = action->code;
            if (!action->message.empty()) wanted.message = action->message;
            wanted.happens = action->happens;
        }
        answer = cloud_.answer(request, action == nullptr ? nullptr : &wanted);
        send_signals(faults, When::After);
        if (find(faults, FaultKind::Drop, When::After) != nullptr) {
            answer = net::Answer::drop();
        } else if (const Fault* late = find(faults, FaultKind::Status, When::After)) {
            answer = status_answer(*late);
        }
    }
    for (const Fault& fault : faults) {
        if (fault.kind == FaultKind::Latency) answer.delay += fault.delay;
        if (fault.kind == FaultKind::Slow) answer.spread += fault.delay;
        if (fault.kind == FaultKind::Malformed && answer.kind == net::Answer::Kind::Whole) {
            answer.response.body.resize(answer.response.body.size() / 2);
        }
    }
    return answer;
}

base::Result<std::int64_t> FaultMiddleware::add_fault(const Fault& fault) {
    return state_.with([&](State& state) { return state.faults->add(fault); });
}

net::Answer FaultMiddleware::control(const net::Request& request) {
    const std::string_view given = request.headers.find("Authorization").value_or("");
    base::Result<json::Value> result =
        base::equal_in_constant_time(given, "Bearer " + token_)
            ? command(request)
            : base::Error(base::Code::Unauthenticated, "the sandbox's own token is needed here");
    if (result.ok()) return json_response(200, *result);
    return json_response(status_of(result.error().code()),
                         json::Object{{"error", result.error().text()}});
}

base::Result<json::Value> FaultMiddleware::command(const net::Request& request) {
    std::string_view path = std::string_view(request.target).substr(kControl.size());
    std::int64_t last = kShown;
    if (const std::size_t question = path.find("?last="); question != std::string_view::npos) {
        last = number_or(path.substr(question + 6), kShown);
        path = path.substr(0, question);
    }
    json::Value body = json::Object{};
    if (!request.body.empty()) {
        body = TRY(json::parse(request.body, kBodyLimits).context("reading the request"));
    }
    const std::string what = request.method + " " + std::string(path);
    if (what == "GET status") {
        json::Object out = *cloud_.settings().to_json().as_object();
        out.set("things", cloud_.summary());
        state_.with([&](State& state) {
            out.set("requests", state.count);
            out.set("faults", state.faults->to_json());
        });
        return json::Value(std::move(out));
    }
    if (what == "GET requests") return requests(last);
    if (what == "PUT settings") {
        CloudSettings settings = cloud_.settings();
        TRY(settings.take(body));
        cloud_.set(settings);
        return settings.to_json();
    }
    if (what == "GET faults") {
        return state_.with([](State& state) {
            return json::Value(json::Object{{"faults", state.faults->to_json()}});
        });
    }
    if (what == "POST faults") {
        const Fault fault = TRY(Fault::from_json(body));
        const std::int64_t id = TRY(add_fault(fault));
        return json::Value(json::Object{{"id", id}});
    }
    if (what == "DELETE faults") {
        state_.with([](State& state) { state.faults->clear(); });
        return json::Value(json::Object{});
    }
    if (what.starts_with("DELETE faults/")) {
        const std::int64_t id = number_or(path.substr(7), 0);
        const bool found = state_.with([&](State& state) { return state.faults->remove(id); });
        if (!found) return base::not_found(fmt::format("there is no fault {}", path.substr(7)));
        return json::Value(json::Object{});
    }
    if (what == "POST reset") {
        TRY(cloud_.reset());
        state_.with([&](State& state) {
            state.requests.clear();
            state.count = 0;
            if (!body.bool_or("keep_faults", false)) state.faults->clear();
        });
        return json::Value(json::Object{});
    }
    if (what == "POST stop") {
        stop_();
        return json::Value(json::Object{});
    }
    return base::not_found("the sandbox does not know " + what);
}

json::Value FaultMiddleware::requests(std::int64_t last) const {
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
