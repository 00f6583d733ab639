#include "net/client/rate_headers.hpp"

#include <gtest/gtest.h>

namespace net {
namespace {

using std::chrono::seconds;

const base::Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 1 / 2);

TEST(RateHeaders, AreReadInBothForms) {
    const auto unix_second = std::chrono::duration_cast<seconds>(kNow.time_since_epoch()).count();
    const auto hetzner = read_rate_headers({{"RateLimit-Limit", "3600"},
                                            {"ratelimit-remaining", "3590"},
                                            {"RateLimit-Reset", std::to_string(unix_second + 10)}},
                                           kNow);
    EXPECT_EQ(hetzner.limit, 3600u);
    EXPECT_EQ(hetzner.remaining, 3590u);
    EXPECT_EQ(hetzner.full_in, seconds(10));
    const auto draft = read_rate_headers({{"X-RateLimit-Limit", "100, 100;w=60"},
                                          {"X-RateLimit-Remaining", " 0 "},
                                          {"X-RateLimit-Reset", "59"}},
                                         kNow);
    EXPECT_EQ(draft.limit, 100u);
    EXPECT_EQ(draft.remaining, 0u);
    EXPECT_EQ(draft.full_in, seconds(59));
}

TEST(RateHeaders, ReckonFromTheAnswersOwnDate) {
    const auto rate = read_rate_headers({{"Date", "Fri, 02 Jan 2026 05:00:00 GMT"},
                                         {"Retry-After", "Fri, 02 Jan 2026 05:00:30 GMT"},
                                         {"RateLimit-Reset", "1767330010"}},
                                        kNow);
    EXPECT_EQ(rate.retry_after, seconds(30));
    EXPECT_EQ(rate.full_in, seconds(10));
}

TEST(RateHeaders, LeaveOutWhatCannotBeReadAndBoundTheRest) {
    const auto nothing = read_rate_headers({{"RateLimit-Limit", "0"},
                                            {"RateLimit-Remaining", "-1"},
                                            {"RateLimit-Reset", "soon"},
                                            {"Retry-After", ""}},
                                           kNow);
    EXPECT_FALSE(nothing.limit || nothing.remaining || nothing.full_in || nothing.retry_after);
    const auto huge = read_rate_headers({{"RateLimit-Limit", "99999999999999999999999"},
                                         {"RateLimit-Reset", "99999999999999999999999"},
                                         {"Retry-After", "9999999999999"}},
                                        kNow);
    EXPECT_EQ(huge.limit, kMaxRateLimit);
    EXPECT_EQ(huge.full_in, kMaxRateWait);
    EXPECT_EQ(huge.retry_after, kMaxRateWait);
    EXPECT_EQ(read_rate_headers({{"RateLimit-Reset", "1000000001"}}, kNow).full_in, seconds(0));
}

TEST(HttpDate, IsReadStrictly) {
    EXPECT_EQ(base::format_time(*parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT")),
              "1994-11-06T08:49:37Z");
    for (const auto* text : {"", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 31 Feb 1994 08:49:37 GMT",
                             "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Abc 1994 08:49:37 GMT",
                             "Sun, -6 Nov 1994 08:49:37 GMT"}) {
        EXPECT_FALSE(parse_http_date(text)) << text;
    }
}

}
}
