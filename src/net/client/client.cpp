#include "net/client/client.hpp"

#include "base/probe.hpp"
#include "base/text.hpp"
#include "net/client/trace.hpp"
#include "net/http/url.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace net {
namespace {

using std::chrono::nanoseconds;

constexpr int kTooManyRequests = 429;
// A pause that a thread may be held for: less would be spent on beginning again, with the looks
// that come before a change.
constexpr std::chrono::milliseconds kMoment{500};
// While it is told until when a service is tried: a last try ends at that time, and nobody looks at
// a line that stands still for longer.
constexpr nanoseconds kLastTry = std::chrono::seconds{1};
constexpr nanoseconds kLongestSilentPause = std::chrono::seconds{4};
constexpr std::array<const char*, 4> kRequestIds{"X-Correlation-Id", "X-Request-Id", "Request-Id",
                                                 "X-Amzn-RequestId"};

std::uint64_t seed_of(std::uint64_t wanted) {
    if (wanted != 0) return wanted;
    std::uint64_t seed = 0;
    base::fill_random(std::as_writable_bytes(std::span(&seed, 1)));
    return seed;
}

// RFC 9110, 9.2.1 calls these safe. PUT and DELETE are idempotent by the standard; whether a
// vendor's are only the caller knows.
bool is_safe_method(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

// A limit, or a gateway that has no server just now. 500 may be of the request itself and come
// again.
bool is_passing(int status) {
    return status == kTooManyRequests || status == 502 || status == 503 || status == 504;
}

// Whatever a service calls it: its support asks for this.
std::string request_id_of(const Headers& headers) {
    constexpr std::size_t kLongest = 200;
    for (const char* name : kRequestIds) {
        if (const auto value = headers.find(name))
            return base::escape_controls(value->substr(0, kLongest));
    }
    return {};
}

bool is_counted(const RateKey& key) {
    return !key.account.empty() || !key.service.empty() || !key.verb.empty();
}

// The part that a call has in the patience with its service. Of one thread.
class PeerWatch {
public:
    PeerWatch(const CallOptions& options, std::string peer)
        : patience_(options.patience.get()), who_(options.who), peer_(std::move(peer)) {}
    ~PeerWatch() { leave(); }
    PeerWatch(const PeerWatch&) = delete;
    PeerWatch& operator=(const PeerWatch&) = delete;

    bool has_limit() const { return patience_ != nullptr && patience_->limit().has_value(); }
    nanoseconds left() const { return has_limit() ? *patience_->left(peer_) : nanoseconds::max(); }
    void begin() {
        if (patience_ == nullptr) return;
        patience_->begin(peer_, who_);
        is_waiting_ = true;
    }
    void end(const Exchange& exchange) {
        is_silent_ = !exchange.result.ok() && exchange.info.bytes_received == 0 &&
                     status_of(exchange.result.error()) == 0;
        if (patience_ == nullptr) return;
        if (!is_silent_) return patience_->heard(peer_);
        patience_->failed(peer_, exchange.result.error().text());
    }
    void pause(nanoseconds pause) {
        if (is_waiting_) patience_->pause(peer_, pause);
    }
    void leave() {
        if (std::exchange(is_waiting_, false)) patience_->leave(peer_);
    }
    // Whether the last attempt ended without a sign of life.
    bool is_silent() const { return is_silent_; }

    bool is_given_up() const { return left() <= kLastTry && !patience_->reason(peer_).empty(); }
    base::Error given_up() const {
        std::string text = fmt::format("{} gave no sign of life for {}", peer_,
                                       base::format_duration(*patience_->limit()));
        if (const std::string reason = patience_->reason(peer_); !reason.empty())
            text += ": " + reason;
        return call_error(base::Code::Unavailable, std::move(text), Delivery::NotSent);
    }

private:
    base::Patience* const patience_;
    const std::string& who_;
    const std::string peer_;
    bool is_waiting_ = false;
    bool is_silent_ = false;
};

}

// A call on its way through its attempts.
struct Client::Call {
    const Request& request;
    const CallOptions& options;
    std::string url;   // masked
    nanoseconds arrived;
    nanoseconds deadline;
    PeerWatch peer;
    bool is_repeatable = false;
    unsigned attempts = 0;      // those before included
    nanoseconds waited{0};      // for the rate limit, before the last attempt
    nanoseconds began{0};       // the last attempt
    bool may_be_done = false;   // an attempt was sent and lost
    bool had_no_turn = false;   // the last attempt was not made

    bool waits() const { return options.waits_for_budget || may_be_done; }
};

Client::Client(Transport& transport, ClientOptions options)
    : transport_(transport), options_(options),
      clock_(options.clock == nullptr ? base::system_clock() : *options.clock), limits_(clock_),
      random_(base::Random(seed_of(options.seed))) {}

// Waits for a turn and sends once.
// The turn is taken before the signature is made, as a signature carries the time of sending.
Exchange Client::attempt(Call& call) {
    const CallOptions& options = call.options;
    const nanoseconds arrived = clock_.elapsed();
    RateLimits::Turn turn;
    if (is_counted(options.rate_key)) {
        auto taken = call.waits() ? limits_.take(options.rate_key, options.assumed_rate,
                                                 call.deadline, options.stop)
                                  : limits_.take_now(options.rate_key, options.assumed_rate,
                                                     call.deadline, options.stop);
        if (!taken.ok()) {
            call.had_no_turn = true;
            return {std::move(taken).error(), {}};
        }
        turn = std::move(taken).value();
    }
    // From here on the attempt counts, also against the budget: whatever becomes of it, it may be
    // counted over there.
    const nanoseconds now = clock_.elapsed();
    call.waited = now - arrived;
    call.began = now;
    ++call.attempts;
    std::optional<Request> with_proof;
    if (options.sign) {
        with_proof = call.request;
        const Headers proof = options.sign(call.request);
        for (const auto& [name, value] : proof.fields()) with_proof->headers.set(name, value);
    }
    const nanoseconds time = std::min(
        {options.attempt_timeout, call.deadline - now, std::max(call.peer.left(), kLastTry)});
    call.peer.begin();
    Exchange exchange = transport_.exchange(with_proof ? *with_proof : call.request,
                                            {.timeout = time,
                                             .stop = options.stop,
                                             .max_response_bytes = options.max_response_bytes,
                                             .secret_body = options.secret_body,
                                             .is_repeatable = call.is_repeatable});
    call.peer.end(exchange);
    if (exchange.result.ok()) {
        const Response& response = *exchange.result;
        turn.answered(read_rate_headers(response.headers, clock_.now()),
                      response.status == kTooManyRequests);
        // An answer that it failed says nothing of what was done before it did.
        const bool may_repeat = options.may_repeat && options.may_repeat(response);
        if (response.status >= 500 && !is_safe_method(call.request.method) && !may_repeat) {
            call.may_be_done = true;
        }
        // A lost answer after which a later attempt is not even sent must not be told as "not
        // sent".
    } else if (delivery_of(exchange.result.error()) != Delivery::NotSent) {
        call.may_be_done = true;
    }
    return exchange;
}

Client::Verdict Client::judge(const Call& call, const Exchange& exchange) const {
    const bool is_patient = call.peer.is_silent() && call.peer.has_limit();
    if (!is_patient && call.attempts >= call.options.max_attempts) return Verdict::Final;
    if (exchange.result.ok()) {
        const Response& response = *exchange.result;
        if (call.options.may_repeat && call.options.may_repeat(response)) return Verdict::Repeat;
        return call.is_repeatable && is_passing(response.status) ? Verdict::Repeat : Verdict::Final;
    }
    const base::Error& error = exchange.result.error();
    if (!is_transient(error)) return Verdict::Final;
    const bool is_safe = call.is_repeatable || delivery_of(error) == Delivery::NotSent;
    return is_safe ? Verdict::Repeat : Verdict::Final;
}

// Whether the attempt certainly did nothing, so that the caller may begin anew.
bool Client::has_done_nothing(const Call& call, const Exchange& exchange) const {
    if (is_safe_method(call.request.method)) return true;
    if (!exchange.result.ok()) return delivery_of(exchange.result.error()) == Delivery::NotSent;
    return call.options.may_repeat && call.options.may_repeat(*exchange.result);
}

// Full jitter: any time up to the bound. A thousand clients that failed together would otherwise
// come back together, each time.
nanoseconds Client::pause_before_next(const Call& call, const Exchange& exchange) {
    const double doubled = std::exp2(std::min(call.attempts - 1, 30U));
    const double most =
        std::min(static_cast<double>(nanoseconds(options_.longest_pause).count()),
                 static_cast<double>(nanoseconds(options_.first_pause).count()) * doubled);
    const double fraction = random_.with([](base::Random& random) { return random.fraction(); });
    nanoseconds pause(static_cast<std::int64_t>(most * fraction));
    if (!exchange.result.ok()) return pause;
    const auto rate = read_rate_headers(exchange.result.value().headers, clock_.now());
    // On top of what the service asks for, so that not all come back at the moment it names.
    if (rate.retry_after) pause += *rate.retry_after;
    return pause;
}

// Whether there is another attempt, and after which pause.
bool Client::plan_next(const Call& call, const Exchange& exchange, nanoseconds& pause) {
    if (judge(call, exchange) != Verdict::Repeat) return false;
    pause = pause_before_next(call, exchange);
    if (call.peer.is_silent() && call.peer.has_limit()) {
        const nanoseconds left = call.peer.left() - kLastTry;
        if (left <= nanoseconds(0)) return false;
        pause = std::min({pause, left, kLongestSilentPause});
    }
    // A pause that would end behind the deadline is not begun.
    return pause < call.deadline - clock_.elapsed();
}

void Client::report(const Call& call, const Exchange& exchange, nanoseconds duration,
                    bool is_repeated) {
    if (options_.trace == nullptr) return;
    TraceEvent event{.method = call.request.method,
                     .url = call.url,
                     .attempt = call.attempts,
                     .error = {},
                     .request_body_bytes = call.request.body.size(),
                     .info = exchange.info,
                     .duration = duration,
                     .waited = call.waited,
                     .is_repeated = is_repeated};
    if (exchange.result.ok()) {
        const Response& response = exchange.result.value();
        event.status = response.status;
        event.request_id = request_id_of(response.headers);
        event.response_body_bytes = response.body.size();
    } else {
        event.error = exchange.result.error().text();
        event.delivery = delivery_of(exchange.result.error());
    }
    options_.trace->attempt(event);
}

base::Result<Response> Client::send(const Request& request, const CallOptions& options) {
    const auto url = parse_url(request.target);
    if (!url.ok()) return call_error(url.error().code(), url.error().text(), Delivery::NotSent);
    // The deadline holds for waits and attempts together; each attempt has its own, shorter one.
    Call call{.request = request,
              .options = options,
              .url = mask_url(request.target, options.secret_query),
              .arrived = clock_.elapsed(),
              .deadline = clock_.elapsed() + options.timeout,
              .peer = {options, fmt::format("{}:{}", url->host, url->effective_port())},
              .is_repeatable = options.is_idempotent || is_safe_method(request.method),
              .attempts = options.attempts_before};
    std::optional<Exchange> last;
    for (;;) {
        // By the silence that other calls met: they have made the last try.
        if (!last && call.peer.is_given_up()) {
            base::probe("client: given up by the silence of others");
            return call.peer.given_up();
        }
        Exchange exchange = attempt(call);
        // An outcome of an earlier attempt says more than the want of another turn.
        if (call.had_no_turn) {
            const bool is_spent = is_budget_spent(exchange.result.error());
            if (!last || is_spent) last.emplace(std::move(exchange));
            break;
        }
        last.emplace(std::move(exchange));
        const nanoseconds now = clock_.elapsed();
        nanoseconds pause{0};
        const bool is_repeated = plan_next(call, *last, pause);
        report(call, *last, now - call.began, is_repeated);
        const bool is_over_budget = last->result.ok() && last->result->status == kTooManyRequests;
        // The caller gives its thread back; the line of this budget has noted the refusal.
        if (is_repeated && is_over_budget && !call.waits()) {
            base::probe("client: the service asks for a pause");
            return budget_spent("the service asks for a pause", kTooManyRequests);
        }
        if (is_repeated && pause > kMoment && !call.waits() && has_done_nothing(call, *last)) {
            base::probe("client: the service needs a pause");
            return budget_spent("the service needs a pause", 0, pause);
        }
        if (!is_repeated) break;
        call.peer.pause(pause);
        if (!wait_for(clock_, pause, options.stop)) break;
        call.peer.leave();
    }
    return outcome_of(call, std::move(*last));
}

base::Result<Response> Client::outcome_of(const Call& call, Exchange last) const {
    if (last.result.ok()) return std::move(last).result;
    base::Error error = std::move(last.result).error();
    if (call.may_be_done && delivery_of(error) == Delivery::NotSent) {
        error = call_error(error.code(), error.text() + ", and an earlier attempt was not answered",
                           Delivery::Unknown);
    }
    std::string what = call.request.method + " " + call.url;
    if (call.attempts > 1 && call.peer.is_silent() && call.peer.has_limit()) {
        what += fmt::format(" ({} attempts in {})", call.attempts,
                            base::format_duration(clock_.elapsed() - call.arrived));
    } else if (call.attempts > 1) {
        what += fmt::format(" ({} attempts)", call.attempts);
    }
    return std::move(error).with_context(std::move(what));
}

}
