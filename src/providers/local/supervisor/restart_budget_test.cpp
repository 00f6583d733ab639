#include "providers/local/supervisor/restart_budget.hpp"

#include <gtest/gtest.h>

namespace providers::local {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const RestartBudget::Clock::time_point kStart{seconds(1000)};

TEST(RestartBudget, DoublesTheDelayUpToHalfAMinute) {
    RestartBudget budget;
    for (const int expected : {1000, 2000, 4000, 8000, 16000, 30000, 30000}) {
        EXPECT_EQ(budget.take(kStart, 100, seconds(1)), milliseconds(expected));
    }
    budget.clear();
    EXPECT_EQ(budget.take(kStart, 100, seconds(90)), seconds(30));
    EXPECT_EQ(budget.take(kStart, 100, milliseconds(0)), milliseconds(0));
}

TEST(RestartBudget, GivesUpWithinAMinuteOnly) {
    RestartBudget budget;
    EXPECT_FALSE(budget.take(kStart, 0, seconds(1))) << "a limit of none";
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(budget.take(kStart + seconds(i), 3, seconds(1)));
    EXPECT_FALSE(budget.take(kStart + seconds(3), 3, seconds(1)));
    EXPECT_EQ(budget.taken(), 3u);
    EXPECT_FALSE(budget.take(kStart + seconds(60), 3, seconds(1)));
    // The first is forgotten; the delay goes by those that are left.
    EXPECT_EQ(budget.take(kStart + seconds(61), 3, seconds(1)), seconds(4));
}

}
}
