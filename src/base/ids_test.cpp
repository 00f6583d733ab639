#include "base/ids.hpp"

#include "base/clock.hpp"

#include <gtest/gtest.h>

#include <set>

namespace base {

TEST(Ids, SortInTheOrderTheyWereMade) {
    FakeClock clock;
    std::string previous = sortable_id(clock);
    EXPECT_EQ(previous.size(), 26U);
    for (int i = 0; i < 5000; ++i) {
        if (i % 100 == 0) clock.advance(std::chrono::milliseconds(1));
        const std::string next = sortable_id(clock);
        ASSERT_LT(previous, next);
        previous = next;
    }
    // A clock that jumps back makes no earlier id.
    clock.set_now(clock.now() - std::chrono::hours(1));
    EXPECT_LT(previous, sortable_id(clock));
}

TEST(Ids, TokensDiffer) {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(random_token());
    EXPECT_EQ(seen.size(), 1000U);
    EXPECT_EQ(seen.begin()->size(), 32U);
}

}
