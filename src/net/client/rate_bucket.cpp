#include "net/client/rate_bucket.hpp"

#include <algorithm>
#include <cmath>

namespace net {
namespace {

using Moment = RateBucket::Moment;

constexpr double kFirstPause = 0.5;    // after a refusal that says nothing
constexpr double kLongestPause = 60;   // likewise
constexpr double kGoodSpan = 10;       // seconds; below, a rate from whole seconds is a guess

double seconds_of(Moment duration) { return std::chrono::duration<double>(duration).count(); }

// Rounded up, so that whoever waits this long finds a token.
Moment duration_of(double seconds) {
    const double longest = std::chrono::duration<double>(kMaxRateWait).count();
    return Moment(static_cast<std::int64_t>(std::ceil(std::clamp(seconds, 0.0, longest) * 1e9)) +
                  1);
}

}

RateBucket::RateBucket(std::optional<Rate> assumed) {
    if (!assumed) return;
    is_limited_ = true;
    limit_ = std::max(1.0, static_cast<double>(std::min(assumed->burst, kMaxRateLimit)));
    per_second_ = std::max(assumed->per_second, 1e-6);
    tokens_ = limit_;
}

double RateBucket::seconds_for_one() const {
    return per_second_ > 0 ? 1 / per_second_ : kFirstPause;
}

// Continuously. A service that refills in steps refuses now and then, and refuse() takes that
// into account.
void RateBucket::refill(Moment now) {
    const double passed = seconds_of(std::max(now - updated_, Moment(0)));
    updated_ = std::max(updated_, now);
    if (!is_limited_) return;
    if (per_second_ > 0) {
        tokens_ = std::min(limit_, tokens_ + passed * per_second_);
    } else if (full_at_ && now >= *full_at_) {
        tokens_ = limit_;
        full_at_.reset();
    }
}

double RateBucket::tokens(Moment now) {
    refill(now);
    return is_limited_ ? tokens_ : static_cast<double>(kMaxRateLimit);
}

Moment RateBucket::ready_at(Moment now) {
    refill(now);
    Moment ready = now;
    if (is_limited_ && tokens_ < 1) {
        if (per_second_ > 0) {
            ready = now + duration_of((1 - tokens_) / per_second_);
        } else {
            ready = full_at_.value_or(now + duration_of(kFirstPause));
        }
    }
    ready = std::max(ready, blocked_until_);
    // After a refusal one request goes ahead, and the others wait for what becomes of it.
    if (refusals_ > 0 && ready <= now && open_.upper_bound(block_ticket_) != open_.end())
        return kNever;
    return ready;
}

std::uint64_t RateBucket::take(Moment now) {
    refill(now);
    // Below zero if it must be: what was sent beyond the budget is paid back first.
    if (is_limited_) tokens_ -= 1;
    open_.insert(++sent_);
    return sent_;
}

void RateBucket::lost(std::uint64_t ticket) { open_.erase(ticket); }

void RateBucket::answered(std::uint64_t ticket, const RateHeaders& rate, bool refused, Moment now) {
    open_.erase(ticket);
    refill(now);
    learn(ticket, rate, now);
    if (refused) return refuse(ticket, rate, now);
    if (ticket > block_ticket_) refusals_ = 0;
}

// Example: an answer says 97 are left, three requests were sent after the one it answers and two
// before it are still open: 92 are certain, 97 is the most. What we believed before stands if it
// lies between.
void RateBucket::learn(std::uint64_t ticket, const RateHeaders& rate, Moment now) {
    if (!rate.remaining) return;
    const double remaining = static_cast<double>(*rate.remaining);
    if (rate.limit) {
        limit_ = std::max(1.0, static_cast<double>(*rate.limit));
    } else {
        limit_ = std::max({1.0, limit_, remaining});
    }
    // Requests sent later, and those sent earlier that are still open, may not be counted in it.
    const auto earlier = std::distance(open_.begin(), open_.lower_bound(ticket));
    const double uncounted = static_cast<double>(sent_ - ticket) + static_cast<double>(earlier);
    const double least = remaining - uncounted;
    tokens_ = is_limited_ ? std::max(std::min(tokens_, remaining), least) : least;
    tokens_ = std::min(tokens_, limit_);
    is_limited_ = true;
    if (!rate.full_in) return;
    full_at_ = now + *rate.full_in;
    const double span = seconds_of(*rate.full_in);
    const double missing = limit_ - remaining;
    // A rate of whole seconds over a short span is mostly rounding; a longer one replaces it.
    if (missing < 1 || span < 1) return;
    if (span < kGoodSpan && per_second_ > 0) return;
    per_second_ = missing / span;
}

void RateBucket::refuse(std::uint64_t ticket, const RateHeaders& rate, Moment now) {
    const bool is_news = ticket > block_ticket_;
    // Many requests that were under way together are refused together: that is one refusal.
    if (!is_news && !rate.retry_after) return;
    double pause = 0;
    if (rate.retry_after) {
        pause = seconds_of(*rate.retry_after);
    } else {
        const double longest =
            rate.full_in ? std::max(1.0, seconds_of(*rate.full_in)) : kLongestPause;
        // Without a word from the service the pause doubles with each refusal in a row.
        pause = std::min(longest, seconds_for_one() * std::exp2(std::min(refusals_, 20U)));
    }
    if (is_news) ++refusals_;
    // All that is under way now was sent before this refusal and says nothing about its end.
    block_ticket_ = sent_;
    blocked_until_ = std::max(blocked_until_, now + duration_of(pause));
    // At the end of the pause there is one token, whatever we believed to have.
    if (is_limited_) tokens_ = std::min(tokens_, 1 - per_second_ * pause);
}
}
