#pragma once

#include "base/clock.hpp"
#include "net/http/message.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

// What an answer says about how often one may ask.
namespace net {

// Longer waits than this are taken for this: a service's mistake is not to stop us for days.
inline constexpr std::chrono::hours kMaxRateWait{2};
inline constexpr std::uint64_t kMaxRateLimit = 1'000'000'000;

struct RateHeaders {
    std::optional<std::uint64_t> limit;
    std::optional<std::uint64_t> remaining;
    std::optional<std::chrono::milliseconds> full_in;       // RateLimit-Reset, from now on
    std::optional<std::chrono::milliseconds> retry_after;   // from now on
};

// RateLimit-Limit, -Remaining and -Reset (also with X- in front) and Retry-After. A reset of more
// than 10^9 is a Unix second, else it counts seconds from now, as the IETF's draft has it. Moments
// are reckoned from the answer's own Date, where it has one, and not from our clock. What cannot be
// read is left out.
RateHeaders read_rate_headers(const Headers& headers, base::Time now);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7); other forms are not read.
std::optional<base::Time> parse_http_date(std::string_view text);

}
