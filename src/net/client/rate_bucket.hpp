#pragma once

#include "net/client/rate_headers.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>

namespace net {

struct Rate {
    std::uint64_t burst = 1;   // requests that may be sent at once
    double per_second = 1.0;   // that come back
};

// What we believe to be left of a service's budget. Follows what answers say: the number that the
// service counted down to, less the requests that it had not seen when it wrote that. Times are
// those of one steady clock. Not for several threads.
class RateBucket {
public:
    using Moment = std::chrono::nanoseconds;
    static constexpr Moment kNever = Moment::max();

    // Without a rate, requests go out freely until an answer tells one.
    explicit RateBucket(std::optional<Rate> assumed = std::nullopt);

    // When a request may be sent: now or before: at once; kNever: after an answer that is awaited.
    Moment ready_at(Moment now);
    // Counts a request as sent. Each ticket is to be given to answered() or lost().
    std::uint64_t take(Moment now);
    void answered(std::uint64_t ticket, const RateHeaders& rate, bool refused, Moment now);
    void lost(std::uint64_t ticket);

    double tokens(Moment now);

private:
    void refill(Moment now);
    void learn(std::uint64_t ticket, const RateHeaders& rate, Moment now);
    void refuse(std::uint64_t ticket, const RateHeaders& rate, Moment now);
    double seconds_for_one() const;

    bool is_limited_ = false;   // a budget is known
    double limit_ = 0;
    double per_second_ = 0;   // 0: unknown
    double tokens_ = 0;       // below 1: the next one waits
    Moment updated_{0};
    std::optional<Moment> full_at_;

    Moment blocked_until_{0};
    std::uint64_t block_ticket_ = 0;   // the last one sent before the block
    unsigned refusals_ = 0;            // in a row

    std::uint64_t sent_ = 0;
    std::set<std::uint64_t> open_;   // without an answer so far
};

}
