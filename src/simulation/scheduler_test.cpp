#include "simulation/scheduler.hpp"

#include <gtest/gtest.h>

#include <string>

namespace simulation {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

// What threads that sleep and tell do, in which order.
std::string order_of(std::uint64_t seed) {
    Scheduler scheduler(seed);
    std::string told;
    {
        std::vector<std::unique_ptr<base::Threads::Running>> threads;
        for (const char name : {'a', 'b', 'c'}) {
            threads.push_back(scheduler.begin([&told, &scheduler, name] {
                for (int i = 0; i < 3; ++i) {
                    told += name;
                    scheduler.sleep_for(seconds(1));
                }
            }));
        }
    }
    EXPECT_EQ(scheduler.elapsed(), seconds(3));
    return told;
}

TEST(AScheduler, DoesTheSameForTheSameSeed) {
    EXPECT_EQ(order_of(1), order_of(1));
    EXPECT_EQ(order_of(2), order_of(2));
    EXPECT_NE(order_of(1), order_of(2));
}

TEST(AScheduler, HoursTakeNoTime) {
    Scheduler scheduler(1);
    scheduler.sleep_for(hours(1000));
    EXPECT_EQ(scheduler.elapsed(), hours(1000));
}

TEST(AScheduler, WhoeverIsDeadEndsBeforeAnythingElse) {
    Scheduler scheduler(1);
    Process process;
    process.name = "dying";
    std::string told;
    auto other = scheduler.begin([&] {
        scheduler.sleep_for(seconds(5));
        told += "other ";
    });
    auto dying = scheduler.begin_in(process, [&] {
        scheduler.sleep_for(seconds(2));
        process.is_dead = true;
        scheduler.let_end(process, [&] { told += "ended "; });
        // It waits as long as it likes: for all others it takes no time.
        scheduler.sleep_for(hours(1));
        told += "dying ";
        EXPECT_TRUE(process.second.stop_requested());
    });
    dying.reset();
    EXPECT_EQ(scheduler.elapsed(), seconds(2));
    other.reset();
    EXPECT_EQ(told, "dying ended other ");
    EXPECT_EQ(scheduler.elapsed(), seconds(5));
}

TEST(AScheduler, WhatIsToHappenHappensInTime) {
    Scheduler scheduler(1);
    std::string told;
    scheduler.at(seconds(3), [&] { told += "three "; });
    scheduler.at(seconds(1), [&] { told += "one "; });
    scheduler.sleep_for(seconds(2));
    EXPECT_EQ(told, "one ");
    scheduler.sleep_for(seconds(2));
    EXPECT_EQ(told, "one three ");
}

}
}
