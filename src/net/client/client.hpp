#pragma once

#include "base/guarded.hpp"
#include "base/patience.hpp"
#include "base/random.hpp"
#include "net/client/rate_limits.hpp"
#include "net/client/transport.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace net {

class Trace;

// The header fields that prove who sends a request: a token, or a signature over all of it.
using Sign = std::function<Headers(const Request&)>;

struct CallOptions {
    std::chrono::nanoseconds timeout{std::chrono::minutes{5}};   // waits and all attempts
    std::chrono::nanoseconds attempt_timeout{std::chrono::minutes{1}};
    std::stop_token stop;
    unsigned max_attempts = 5;
    unsigned attempts_before = 0;   // of those, when it comes again after a pause
    // Doing it twice is the same as doing it once. GET, HEAD and OPTIONS are so by themselves.
    bool is_idempotent = false;
    // Asked for each attempt, from the calling thread, as a signature may carry its time; null:
    // the request is sent as it is.
    Sign sign;
    // True for an answer by which the service says that it did nothing and may be asked again (a
    // lock, a rate limit): then any request is repeated. It is asked in addition to the rules of
    // send(), and from the calling thread.
    std::function<bool(const Response&)> may_repeat;
    RateKey rate_key;                   // whose budget is used; all empty: none
    std::optional<Rate> assumed_rate;   // until the service tells
    // False: where it would wait for the rate limit, or pause before another attempt for longer
    // than a moment, send() fails with budget_spent() instead, so that the caller's thread is free
    // for others. Once a request may have been done, it waits: it cannot be begun again.
    bool waits_for_budget = true;
    // Told what the call waits for, and on whose behalf it is. Where it has a limit, it says how
    // long a service is tried that gives no sign of life, instead of max_attempts. Null: none.
    std::shared_ptr<base::Patience> patience = nullptr;
    std::string who = {};
    std::vector<std::string> secret_query;   // names of query fields whose values are not shown
    bool secret_body = false;
    std::size_t max_response_bytes = std::size_t{64} << 20;
};

struct ClientOptions {
    base::Clock* clock = nullptr;   // null: the system's
    std::uint64_t seed = 0;         // of the jitter; 0: from the kernel
    Trace* trace = nullptr;
    std::chrono::milliseconds first_pause{250};   // before the second attempt, at most
    std::chrono::milliseconds longest_pause{std::chrono::seconds{20}};
};

// The client of all providers: waits for its turn, sends, and sends again where that is safe. Any
// thread, many at once; with a clock other than the system's, one thread. Transport, clock and
// trace are borrowed and must outlive it.
class Client {
public:
    explicit Client(Transport& transport, ClientOptions options = {});

    // The answer, whatever its status. An error tells by delivery_of() what is known about the
    // request; it is about all attempts together.
    //
    // Sent again, after a pause that grows, with jitter, and is at least what Retry-After asks for:
    // - what certainly was not sent;
    // - GET, HEAD, OPTIONS and what is_idempotent: also after an answer that was lost, and after
    //   429, 502, 503 and 504;
    // - anything, if may_repeat says so of the answer.
    // When attempts, time or patience are used up, the last outcome is returned.
    base::Result<Response> send(const Request& request, const CallOptions& options = {});

private:
    struct Call;
    enum class Verdict : unsigned char { Final, Repeat };

    Exchange attempt(Call& call);
    Verdict judge(const Call& call, const Exchange& exchange) const;
    bool has_done_nothing(const Call& call, const Exchange& exchange) const;
    std::chrono::nanoseconds pause_before_next(const Call& call, const Exchange& exchange);
    bool plan_next(const Call& call, const Exchange& exchange, std::chrono::nanoseconds& pause);
    base::Result<Response> outcome_of(const Call& call, Exchange last) const;
    void report(const Call& call, const Exchange& exchange, std::chrono::nanoseconds duration,
                bool is_repeated);

    Transport& transport_;
    const ClientOptions options_;
    base::Clock& clock_;
    RateLimits limits_;
    base::Guarded<base::Random> random_;
};

}
