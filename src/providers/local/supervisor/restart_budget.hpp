#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace providers::local {

// How soon a process may be started again, and when it is given up: so many restarts within a
// minute, each after twice the delay of the one before, up to 30 seconds.
class RestartBudget {
public:
    using Clock = std::chrono::steady_clock;

    // Takes one restart out: how long to wait before it; none when there is none left.
    std::optional<std::chrono::milliseconds> take(Clock::time_point now, int limit,
                                                  std::chrono::milliseconds first_delay);
    std::size_t taken() const { return taken_.size(); }   // within the minute before the last take
    void clear() { taken_.clear(); }

private:
    std::vector<Clock::time_point> taken_;
};

}
