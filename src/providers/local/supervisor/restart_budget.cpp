#include "providers/local/supervisor/restart_budget.hpp"

#include <algorithm>

namespace providers::local {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestDelay{30000};
constexpr std::chrono::seconds kWindow{60};

}

std::optional<milliseconds> RestartBudget::take(Clock::time_point now, int limit,
                                                milliseconds first_delay) {
    // Restarts within the last minute. Each of them doubles the pause before the next.
    std::erase_if(taken_, [&](Clock::time_point at) { return at + kWindow < now; });
    if (static_cast<int>(taken_.size()) >= limit) return std::nullopt;
    milliseconds delay = first_delay;
    for (std::size_t i = 0; i < taken_.size() && delay < kLongestDelay; ++i) delay *= 2;
    taken_.push_back(now);
    return std::min(delay, kLongestDelay);
}

}
