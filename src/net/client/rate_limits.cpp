#include "net/client/rate_limits.hpp"

#include "base/text.hpp"
#include "base/threads.hpp"
#include "net/client/transport.hpp"

#include <list>

namespace net {
namespace {

using std::chrono::nanoseconds;

bool is_real(const base::Clock& clock) { return &clock == &base::system_clock(); }

base::Error no_turn(base::Code code, std::string message) {
    return call_error(code, std::move(message), Delivery::NotSent);
}

base::Error stopped() {
    return no_turn(base::Code::Cancelled, "stopped while waiting for the rate limit");
}

// `ready` is kNever while it depends on an answer that is awaited.
base::Error too_late(nanoseconds ready, nanoseconds now) {
    std::string message = "the rate limit leaves no turn within the time";
    if (ready != RateBucket::kNever) {
        message += ", the next is in " + base::format_duration(ready - now);
    }
    return no_turn(base::Code::DeadlineExceeded, std::move(message));
}

}

bool wait_for(base::Clock& clock, nanoseconds duration, const std::stop_token& stop) {
    if (stop.stop_requested()) return false;
    if (duration <= nanoseconds::zero()) return true;
    if (!is_real(clock)) {
        clock.sleep_for(duration);
        return !stop.stop_requested();
    }
    // A condition that never holds, because it is what can be waited for with a stop token.
    std::mutex mutex;
    base::Condition never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, duration, [] { return false; });
    return !stop.stop_requested();
}

class RateLimits::Line {
public:
    Line(base::Clock& clock, std::optional<Rate> assumed) : clock_(clock), bucket_(assumed) {}

    base::Result<std::uint64_t> take(nanoseconds deadline, const std::stop_token& stop);
    base::Result<std::uint64_t> take_now(nanoseconds deadline, const std::stop_token& stop);
    void answered(std::uint64_t ticket, const RateHeaders& rate, bool refused);
    void lost(std::uint64_t ticket);
    std::size_t waiting() {
        const std::lock_guard lock(mutex_);
        return queue_.size();
    }

private:
    struct Waiter {
        base::Condition changed;
        bool is_called = false;   // something changed for the first in the line
    };

    void call_first();
    // The lock is held, but not while waiting.
    void wait(std::unique_lock<std::mutex>& lock, Waiter& waiter, nanoseconds until,
              const std::stop_token& stop);

    base::Clock& clock_;
    std::mutex mutex_;
    RateBucket bucket_;
    std::list<Waiter*> queue_;
};

void RateLimits::Line::call_first() {
    if (queue_.empty()) return;
    queue_.front()->is_called = true;
    queue_.front()->changed.notify_one();
}

void RateLimits::Line::wait(std::unique_lock<std::mutex>& lock, Waiter& waiter, nanoseconds until,
                            const std::stop_token& stop) {
    const nanoseconds duration = until - clock_.elapsed();
    if (is_real(clock_)) {
        waiter.changed.wait_for(lock, stop, duration, [&] { return waiter.is_called; });
        waiter.is_called = false;
        return;
    }
    lock.unlock();
    clock_.sleep_for(duration);
    lock.lock();
}

base::Result<std::uint64_t> RateLimits::Line::take(nanoseconds deadline,
                                                   const std::stop_token& stop) {
    Waiter waiter;
    std::unique_lock lock(mutex_);
    // First come, first served, by a place in a list; only the first looks at the bucket, so that
    // an answer wakes one and not thousands.
    if (queue_.size() == kMaxRateWaiters)
        return no_turn(base::Code::Busy, "too many requests wait for the rate limit");
    const auto place = queue_.insert(queue_.end(), &waiter);
    const auto leave = [&] {
        const bool was_first = place == queue_.begin();
        queue_.erase(place);
        if (was_first) call_first();
    };
    for (;;) {
        const nanoseconds now = clock_.elapsed();
        if (stop.stop_requested()) {
            leave();
            return stopped();
        }
        const bool is_first = place == queue_.begin();
        const nanoseconds ready = is_first ? bucket_.ready_at(now) : RateBucket::kNever;
        if (is_first && ready <= now) {
            const std::uint64_t ticket = bucket_.take(now);
            leave();
            return ticket;
        }
        const bool is_known = ready != RateBucket::kNever;
        // Given up as soon as it is plain: waiting out the time would end the same, later.
        if (now >= deadline || (is_known && ready > deadline)) {
            leave();
            return too_late(ready, now);
        }
        wait(lock, waiter, std::min(ready, deadline), stop);
    }
}

base::Result<std::uint64_t> RateLimits::Line::take_now(nanoseconds deadline,
                                                       const std::stop_token& stop) {
    const std::lock_guard lock(mutex_);
    const nanoseconds now = clock_.elapsed();
    if (stop.stop_requested()) return stopped();
    const nanoseconds ready = bucket_.ready_at(now);
    if (ready != RateBucket::kNever && ready > deadline) return too_late(ready, now);
    // Whoever waits in the line came first.
    if (ready > now || !queue_.empty()) return budget_spent("the rate limit leaves no turn now");
    return bucket_.take(now);
}

void RateLimits::Line::answered(std::uint64_t ticket, const RateHeaders& rate, bool refused) {
    const std::lock_guard lock(mutex_);
    bucket_.answered(ticket, rate, refused, clock_.elapsed());
    call_first();
}

void RateLimits::Line::lost(std::uint64_t ticket) {
    const std::lock_guard lock(mutex_);
    bucket_.lost(ticket);
    call_first();
}

RateLimits::Turn& RateLimits::Turn::operator=(Turn&& other) noexcept {
    std::swap(line_, other.line_);
    std::swap(ticket_, other.ticket_);
    return *this;
}

RateLimits::Turn::~Turn() {
    if (line_) line_->lost(ticket_);
}

void RateLimits::Turn::answered(const RateHeaders& rate, bool refused) {
    if (!line_) return;
    line_->answered(ticket_, rate, refused);
    line_.reset();
}

std::shared_ptr<RateLimits::Line> RateLimits::line_of(const RateKey& key,
                                                      std::optional<Rate> assumed) {
    const std::lock_guard lock(mutex_);
    if (const auto found = lines_.find(key); found != lines_.end()) return found->second;
    if (lines_.size() >= kMaxRateLines)
        // Only those that nobody waits in or holds a turn of.
        std::erase_if(lines_, [](const auto& entry) { return entry.second.use_count() == 1; });
    return lines_.emplace(key, std::make_shared<Line>(clock_, assumed)).first->second;
}

base::Result<RateLimits::Turn> RateLimits::take(const RateKey& key, std::optional<Rate> assumed,
                                                nanoseconds deadline, const std::stop_token& stop) {
    auto line = line_of(key, assumed);
    const std::uint64_t ticket = TRY(line->take(deadline, stop));
    return Turn(std::move(line), ticket);
}

base::Result<RateLimits::Turn> RateLimits::take_now(const RateKey& key, std::optional<Rate> assumed,
                                                    nanoseconds deadline,
                                                    const std::stop_token& stop) {
    auto line = line_of(key, assumed);
    const std::uint64_t ticket = TRY(line->take_now(deadline, stop));
    return Turn(std::move(line), ticket);
}

std::size_t RateLimits::waiting(const RateKey& key) {
    std::shared_ptr<Line> line;
    {
        const std::lock_guard lock(mutex_);
        const auto found = lines_.find(key);
        if (found == lines_.end()) return 0;
        line = found->second;
    }
    return line->waiting();
}

}
