#include "net/client/rate_limits.hpp"

#include "net/client/transport.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace net {
namespace {

const RateKey kKey{.account = "a", .service = "s", .verb = "v"};
const RateHeaders kAtOnce{.limit = {},
                          .remaining = {},
                          .full_in = {},
                          .retry_after = std::chrono::milliseconds(0)};

class RateLimitsTest : public testing::Test {
protected:
    RateLimits::Turn take(const std::stop_token& stop = {}) {
        return limits.take(kKey, std::nullopt, deadline, stop).value();
    }
    // A line in which only one request at a time goes ahead: this one.
    RateLimits::Turn refused_then_probe() {
        take().answered(kAtOnce, true);
        return take();
    }
    void wait_until_waiting(std::size_t count) {
        while (limits.waiting(kKey) != count) std::this_thread::yield();
    }

    RateLimits limits{base::system_clock()};
    std::chrono::nanoseconds deadline = base::system_clock().elapsed() + std::chrono::minutes(1);
};

TEST_F(RateLimitsTest, ServeFirstComeFirstServed) {
    constexpr std::size_t kCallers = 8;
    RateLimits::Turn probe = refused_then_probe();
    std::vector<std::size_t> order;   // only whoever has the turn writes
    {
        std::vector<std::jthread> callers;
        for (std::size_t i = 0; i < kCallers; ++i) {
            callers.emplace_back([&, i] {
                RateLimits::Turn turn = take();
                order.push_back(i);
                turn.answered(kAtOnce, true);
            });
            wait_until_waiting(i + 1);
        }
        probe.answered(kAtOnce, true);
    }
    EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST_F(RateLimitsTest, LetAWaitingCallerStopAndTheNextGoOn) {
    RateLimits::Turn probe = refused_then_probe();
    std::stop_source stop;
    base::Code code = base::Code::Internal;
    Delivery delivery = Delivery::Unknown;
    {
        const std::jthread first([&] {
            const auto turn = limits.take(kKey, std::nullopt, deadline, stop.get_token());
            code = turn.error().code();
            delivery = delivery_of(turn.error());
        });
        wait_until_waiting(1);
        const std::jthread second([&] { take().answered(kAtOnce, false); });
        wait_until_waiting(2);
        stop.request_stop();
        wait_until_waiting(1);
        probe.answered(kAtOnce, false);
    }
    EXPECT_EQ(code, base::Code::Cancelled);
    EXPECT_EQ(delivery, Delivery::NotSent);
    EXPECT_EQ(limits.waiting(kKey), 0u);
}

TEST_F(RateLimitsTest, CallTheNextWhenATurnIsDropped) {
    {
        RateLimits::Turn probe = refused_then_probe();
        std::jthread next([&] { take().answered({}, false); });
        wait_until_waiting(1);
        probe = {};
        next.join();
    }
    EXPECT_EQ(limits.waiting(kKey), 0u);
}

TEST_F(RateLimitsTest, EndAtTheDeadline) {
    RateLimits::Turn probe = refused_then_probe();
    const auto now = base::system_clock().elapsed();
    const auto late = limits.take(kKey, std::nullopt, now + std::chrono::milliseconds(20), {});
    ASSERT_FALSE(late.ok());
    EXPECT_EQ(late.error().code(), base::Code::DeadlineExceeded);
    probe.answered({}, false);
}

// Many threads over few accounts: everyone gets each of its turns.
TEST_F(RateLimitsTest, AreSafeForManyThreads) {
    constexpr int kThreads = 8, kTurns = 200;
    std::atomic<int> taken = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.emplace_back([&, i] {
                const RateKey key{.account = std::to_string(i % 2), .service = {}, .verb = {}};
                for (int j = 0; j < kTurns; ++j) {
                    auto turn = limits.take(key, std::nullopt, deadline, {});
                    if (!turn.ok()) continue;
                    ++taken;
                    turn->answered(kAtOnce, j % 10 == 0);
                }
            });
        }
    }
    EXPECT_EQ(taken, kThreads * kTurns);
    for (const char* account : {"0", "1"}) {
        const RateKey key{.account = account, .service = {}, .verb = {}};
        EXPECT_EQ(limits.waiting(key), 0u);
        // And nobody was forgotten in the line: the next one goes at once.
        const auto now = base::system_clock().elapsed();
        EXPECT_TRUE(limits.take(key, std::nullopt, now + std::chrono::seconds(5), {}).ok());
    }
}

}
}
