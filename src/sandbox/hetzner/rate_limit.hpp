#pragma once

#include "base/clock.hpp"
#include "net/http/message.hpp"

#include <cstdint>

namespace sandbox::hetzner {

// A bucket of requests that fills up again, limit/3600 in a second of the cloud's time.
class Bucket {
public:
    // Takes one; false when it is empty. A limit of 0 never is.
    bool take(std::int64_t limit, double speed, base::Time now);
    // As of the last take.
    void add_headers(net::Headers& headers) const;

private:
    std::int64_t limit_ = 0;
    double left_ = 0;
    double refill_ = 0;   // per second
    base::Time at_{};
};

}
