#include "net/client/rate_bucket.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

namespace net {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

RateHeaders left(std::uint64_t limit, std::uint64_t remaining, seconds full_in) {
    return {.limit = limit, .remaining = remaining, .full_in = full_in, .retry_after = {}};
}

TEST(RateBucket, IsFreeUntilItLearns) {
    RateBucket bucket;
    for (int i = 0; i < 1000; ++i) {
        EXPECT_LE(bucket.ready_at(seconds(1)), seconds(1));
        bucket.take(seconds(1));
    }
}

TEST(RateBucket, FollowsTheCountThatAnswersGive) {
    RateBucket bucket;
    const auto first = bucket.take(seconds(0));
    bucket.answered(first, left(3600, 0, seconds(3600)), false, seconds(0));
    const auto ready = bucket.ready_at(seconds(0));
    EXPECT_NEAR(std::chrono::duration<double>(ready).count(), 1.0, 0.01);
    EXPECT_LE(bucket.ready_at(ready), ready);
    // Another program uses the same account: the count jumps.
    const auto second = bucket.take(ready);
    bucket.answered(second, left(3600, 3000, seconds(600)), false, ready);
    EXPECT_LE(bucket.ready_at(ready), ready);
}

TEST(RateBucket, SubtractsWhatTheServiceHadNotSeen) {
    RateBucket bucket;
    const auto a = bucket.take(seconds(0));
    bucket.take(seconds(0));
    bucket.take(seconds(0));
    bucket.answered(a, left(100, 50, seconds(50)), false, seconds(0));
    EXPECT_DOUBLE_EQ(bucket.tokens(seconds(0)), 48);
}

TEST(RateBucket, LetsOneGoAheadAfterARefusal) {
    RateBucket bucket;
    std::vector<std::uint64_t> tickets;
    for (int i = 0; i < 5; ++i) tickets.push_back(bucket.take(seconds(0)));
    for (const auto ticket : tickets) bucket.answered(ticket, {}, true, seconds(0));
    // Five that were under way together are one refusal: the pause does not double five times.
    EXPECT_NEAR(std::chrono::duration<double>(bucket.ready_at(seconds(0))).count(), 0.5, 0.01);
    const auto probe = bucket.take(seconds(1));
    EXPECT_EQ(bucket.ready_at(seconds(1)), RateBucket::kNever);
    bucket.answered(probe, {}, true, seconds(1));
    EXPECT_NEAR(std::chrono::duration<double>(bucket.ready_at(seconds(1))).count(), 2.0, 0.01);
    const auto next = bucket.take(seconds(4));
    bucket.answered(next, {}, false, seconds(4));
    EXPECT_LE(bucket.ready_at(seconds(4)), seconds(4));
    bucket.take(seconds(4));
    EXPECT_LE(bucket.ready_at(seconds(4)), seconds(4));
}

TEST(RateBucket, ForgetsALostProbe) {
    RateBucket bucket;
    bucket.answered(bucket.take(seconds(0)), {}, true, seconds(0));
    const auto probe = bucket.take(seconds(1));
    EXPECT_EQ(bucket.ready_at(seconds(1)), RateBucket::kNever);
    bucket.lost(probe);
    EXPECT_LE(bucket.ready_at(seconds(1)), seconds(1));
}

TEST(RateBucket, WaitsAsLongAsRetryAfterSays) {
    RateBucket bucket;
    const RateHeaders told{.limit = {}, .remaining = {}, .full_in = {}, .retry_after = seconds(30)};
    bucket.answered(bucket.take(seconds(0)), told, true, seconds(0));
    EXPECT_NEAR(std::chrono::duration<double>(bucket.ready_at(seconds(0))).count(), 30, 0.01);
}

// A service that counts exactly, with the delays and the whole seconds of a real one.
struct Service {
    double tokens = 0;
    double limit = 0;
    double per_second = 0;
    nanoseconds at{0};

    RateHeaders serve(nanoseconds now, bool& refused) {
        tokens =
            std::min(limit, tokens + std::chrono::duration<double>(now - at).count() * per_second);
        at = now;
        refused = tokens < 1;
        if (!refused) tokens -= 1;
        const double missing = limit - tokens;
        return left(static_cast<std::uint64_t>(limit), static_cast<std::uint64_t>(tokens),
                    seconds(static_cast<int>(missing / per_second) + 1));
    }
};

// Random services and delays: whoever keeps to the bucket is refused next to never, and the budget
// is used nearly whole.
TEST(RateBucket, KeepsToTheBudgetOfARandomService) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        base::Random random(seed);
        Service service{.limit = static_cast<double>(20 + random.below(200)),
                        .per_second = 0.5 + 10 * random.fraction()};
        service.tokens =
            static_cast<double>(random.below(static_cast<std::uint64_t>(service.limit)));
        const double at_first = service.tokens;
        RateBucket bucket;
        struct Open {
            nanoseconds arrives, returns;
            std::uint64_t ticket;
            bool served = false, refused = false;
            RateHeaders rate;
        };
        std::vector<Open> open;
        int sent = 0;
        int refusals = 0;
        const int width = 1 + static_cast<int>(random.below(20));
        const seconds length(120);
        for (nanoseconds now{0}; now < length; now += milliseconds(5)) {
            for (auto& request : open) {
                if (request.served || request.arrives > now) continue;
                request.served = true;
                request.rate = service.serve(now, request.refused);
            }
            std::erase_if(open, [&](const Open& request) {
                if (!request.served || request.returns > now) return false;
                bucket.answered(request.ticket, request.rate, request.refused, now);
                refusals += request.refused ? 1 : 0;
                return true;
            });
            while (static_cast<int>(open.size()) < width && bucket.ready_at(now) <= now) {
                const auto delay = milliseconds(5 + random.below(100));
                open.push_back({.arrives = now + delay,
                                .returns = now + 2 * delay,
                                .ticket = bucket.take(now),
                                .rate = {}});
                ++sent;
            }
        }
        const double budget = at_first + service.per_second * 120;
        // Before the first answer comes, as many are under way as there are threads.
        EXPECT_LE(refusals, width + 5 + sent / 20) << "seed " << seed;
        const double possible = std::min(budget, 120.0 / 0.11 * width);
        EXPECT_GE(sent, 0.8 * possible - 10)
            << "seed " << seed << " width " << width << " rate " << service.per_second << " first "
            << at_first << " limit " << service.limit;
    }
}

}
}
