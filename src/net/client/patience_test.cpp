#include "net/client/client.hpp"

#include <gtest/gtest.h>

namespace net {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// Out of reach until it is told otherwise; each attempt takes its time.
class SilentTransport final : public Transport {
public:
    explicit SilentTransport(base::FakeClock& clock) : clock_(clock) {}

    Exchange exchange(const Request&, const ExchangeOptions& options) override {
        ++attempts;
        longest_attempt = std::max(longest_attempt, options.timeout);
        clock_.advance(std::min(takes, options.timeout));
        if (attempts == answers_at) return {Response{.status = 200, .headers = {}, .body = {}}, {}};
        return {call_error(base::Code::Unavailable, "refused", delivery, true), {}};
    }

    nanoseconds takes = milliseconds(1);
    Delivery delivery = Delivery::NotSent;
    int answers_at = 0;
    int attempts = 0;
    nanoseconds longest_attempt{0};

private:
    base::FakeClock& clock_;
};

class ClientPatienceTest : public testing::Test {
protected:
    base::Result<Response> get() {
        return client.send({.method = "GET", .target = "http://x/", .headers = {}, .body = {}},
                           {.max_attempts = 3, .patience = patience, .who = "main"});
    }

    base::FakeClock clock;
    SilentTransport transport{clock};
    Client client{transport, {.clock = &clock, .seed = 7}};
    std::shared_ptr<base::Patience> patience = std::make_shared<base::Patience>(clock, seconds(20));
};

TEST_F(ClientPatienceTest, TriesForAsLongAsItIsSaid) {
    const auto answer = get();
    ASSERT_FALSE(answer.ok());
    EXPECT_GE(clock.elapsed(), seconds(19));
    EXPECT_LE(clock.elapsed(), seconds(20));
    EXPECT_GT(transport.attempts, 5);
    EXPECT_NE(answer.error().text().find("attempts in 19."), std::string::npos)
        << answer.error().text();
}

TEST_F(ClientPatienceTest, GivesUpWithoutAnotherTryWhereOthersHaveWaited) {
    ASSERT_FALSE(get().ok());
    const int attempts = transport.attempts;
    const auto began = clock.elapsed();
    for (int i = 0; i < 100; ++i) ASSERT_FALSE(get().ok());
    const auto answer = get();
    EXPECT_EQ(transport.attempts, attempts);
    EXPECT_EQ(clock.elapsed(), began);
    EXPECT_NE(answer.error().text().find("x:80 gave no sign of life for 20.0 s: refused"),
              std::string::npos)
        << answer.error().text();
    EXPECT_EQ(delivery_of(answer.error()), Delivery::NotSent);
}

TEST_F(ClientPatienceTest, AnAttemptThatHangsCountsAsWell) {
    transport.takes = seconds(60);
    transport.delivery = Delivery::Unknown;
    ASSERT_FALSE(get().ok());
    EXPECT_EQ(transport.longest_attempt, seconds(20));
    EXPECT_LE(clock.elapsed(), seconds(21));
}

TEST_F(ClientPatienceTest, WhatIsHeardBeginsItAnew) {
    transport.answers_at = 4;
    ASSERT_TRUE(get().ok());
    EXPECT_EQ(patience->left("x:80"), seconds(20));
    EXPECT_FALSE(patience->longest());
}

TEST_F(ClientPatienceTest, WithoutALimitTheAttemptsCount) {
    patience = std::make_shared<base::Patience>(clock);
    ASSERT_FALSE(get().ok());
    EXPECT_EQ(transport.attempts, 3);
}

// The line of a rate limit is no silence of the service.
TEST_F(ClientPatienceTest, AWaitForTheRateLimitIsNotCounted) {
    const auto limited = [&] {
        return client.send({.method = "GET", .target = "http://x/", .headers = {}, .body = {}},
                           {.timeout = std::chrono::hours(2),
                            .rate_key = {.account = "a", .service = "s", .verb = {}},
                            .assumed_rate = Rate{.burst = 1, .per_second = 0.01},
                            .patience = patience,
                            .who = "main"});
    };
    transport.answers_at = 3;
    EXPECT_TRUE(limited().ok());
    EXPECT_GT(clock.elapsed(), seconds(190));
}

}
}
