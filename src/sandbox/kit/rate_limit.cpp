#include "sandbox/kit/rate_limit.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace sandbox {
namespace {

// Clients divide by it; "no limit" needs a number as well.
constexpr std::int64_t kUnlimited = 1'000'000'000;   // what the headers say when there is no limit
constexpr double kHour = 3600;

}

bool Bucket::take(std::int64_t limit, double speed, base::Time now) {
    const std::int64_t size = limit == 0 ? kUnlimited : limit;
    // A limit that changed begins with a full bucket.
    if (size != limit_) {
        limit_ = size;
        left_ = static_cast<double>(size);
    } else {
        const double seconds = std::chrono::duration<double>(now - at_).count();
        // A clock that went back gives nothing and takes nothing.
        left_ = std::min(static_cast<double>(size), left_ + std::max(0.0, seconds) * refill_);
    }
    at_ = now;
    refill_ = static_cast<double>(size) / kHour * speed;
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
}

std::int64_t Bucket::full_at() const {
    const double missing = static_cast<double>(limit_) - left_;
    const auto now = std::chrono::duration<double>(at_.time_since_epoch()).count();
    return static_cast<std::int64_t>(std::ceil(refill_ > 0 ? now + missing / refill_ : now));
}

}
