#pragma once

#include "base/clock.hpp"

#include <cstdint>

namespace sandbox {

// A bucket of requests that fills up again, limit/3600 in a second of the cloud's time.
class Bucket {
public:
    // Takes one; false when it is empty. A limit of 0 never is.
    bool take(std::int64_t limit, double speed, base::Time now);
    // As of the last take: of how many, how many are left, and when it is full, in seconds of Unix
    // time.
    std::int64_t limit() const { return limit_; }
    std::int64_t left() const { return static_cast<std::int64_t>(left_); }
    std::int64_t full_at() const;

private:
    std::int64_t limit_ = 0;
    double left_ = 0;
    double refill_ = 0;   // per second
    base::Time at_{};
};

}
