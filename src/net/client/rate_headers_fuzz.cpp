#include "base/check.hpp"
#include "base/text.hpp"
#include "net/client/rate_bucket.hpp"
#include "net/client/rate_headers.hpp"

#include <cstddef>
#include <cstdint>

// Whatever a service says, a bucket that follows it lets a request through within the longest wait.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const base::Time now = std::chrono::sys_days(std::chrono::year(2026) / 1 / 2);
    net::RateBucket bucket;
    std::chrono::nanoseconds moment{0};
    net::Headers headers;
    for (const std::string_view line : base::split_lines(text)) {
        if (line.empty()) {
            const auto rate = net::read_rate_headers(headers, now);
            if (rate.full_in) CHECK(*rate.full_in <= net::kMaxRateWait);
            if (rate.retry_after) CHECK(*rate.retry_after <= net::kMaxRateWait);
            const auto ready = bucket.ready_at(moment);
            CHECK(ready - moment <= net::kMaxRateWait + std::chrono::seconds(1));
            moment = std::max(moment, ready);
            bucket.answered(bucket.take(moment), rate, headers.find("Refused").has_value(), moment);
            headers = {};
            continue;
        }
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos)
            headers.add(std::string(line.substr(0, colon)), std::string(line.substr(colon + 1)));
    }
    return 0;
}
