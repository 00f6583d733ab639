#pragma once

#include "base/result.hpp"
#include "net/client/rate_bucket.hpp"

#include <compare>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

namespace net {

// Whose budget a request uses up. The account is a name or a digest, never the credential itself.
struct RateKey {
    std::string account;
    std::string service;
    std::string verb;   // where a service counts by kind of call; else empty

    auto operator<=>(const RateKey&) const = default;
};

inline constexpr std::size_t kMaxRateLines = 1024;   // those without callers are forgotten beyond
inline constexpr std::size_t kMaxRateWaiters = 65536;   // of one line

// Waits on this clock: with a stop token on the system's, and by asking any other to sleep. False
// when stopped.
bool wait_for(base::Clock& clock, std::chrono::nanoseconds duration, const std::stop_token& stop);

// The lines in which callers wait for their turn, first come, first served. Any thread.
class RateLimits {
public:
    class Line;

    // A request that may be sent. Without an answer it counts as sent when it goes.
    class Turn {
    public:
        Turn() = default;
        Turn(std::shared_ptr<Line> line, std::uint64_t ticket)
            : line_(std::move(line)), ticket_(ticket) {}
        Turn(Turn&&) noexcept = default;
        Turn& operator=(Turn&& other) noexcept;
        ~Turn();

        void answered(const RateHeaders& rate, bool refused);

    private:
        std::shared_ptr<Line> line_;
        std::uint64_t ticket_ = 0;
    };

    explicit RateLimits(base::Clock& clock) : clock_(clock) {}

    // Waits until a request may be sent, at most until the deadline (a moment of clock.elapsed()).
    // DeadlineExceeded as soon as it is plain that it will not be in time; Cancelled when stopped;
    // Exhausted when too many wait.
    base::Result<Turn> take(const RateKey& key, std::optional<Rate> assumed,
                            std::chrono::nanoseconds deadline, const std::stop_token& stop);
    // The same without waiting: budget_spent when it would have to, and would be in time.
    base::Result<Turn> take_now(const RateKey& key, std::optional<Rate> assumed,
                                std::chrono::nanoseconds deadline, const std::stop_token& stop);
    // How many callers wait in a line now.
    std::size_t waiting(const RateKey& key);

private:
    std::shared_ptr<Line> line_of(const RateKey& key, std::optional<Rate> assumed);

    base::Clock& clock_;
    std::mutex mutex_;
    std::map<RateKey, std::shared_ptr<Line>> lines_;
};

}
