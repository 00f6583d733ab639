#include "base/patience.hpp"

#include <gtest/gtest.h>

namespace base {
namespace {

using std::chrono::seconds;

class PatienceTest : public testing::Test {
protected:
    FakeClock clock;
    Patience patience{clock, seconds(20)};
};

TEST_F(PatienceTest, CountsAttemptsAndThePausesBetweenThem) {
    patience.begin("a:1", "main");
    clock.advance(seconds(2));
    EXPECT_FALSE(patience.longest()->next);
    patience.failed("a:1", "refused");
    patience.pause("a:1", seconds(3));
    clock.advance(seconds(1));
    const auto wait = patience.longest();
    EXPECT_EQ(wait->who, "main");
    EXPECT_EQ(wait->peer, "a:1");
    EXPECT_EQ(wait->reason, "refused");
    EXPECT_EQ(wait->silent, seconds(3));
    EXPECT_EQ(wait->next, seconds(2));
    EXPECT_EQ(wait->left, seconds(17));
}

TEST_F(PatienceTest, DoesNotCountWhatIsWaitedForElsewhere) {
    patience.begin("a:1", "main");
    clock.advance(seconds(2));
    patience.failed("a:1", "refused");
    patience.leave("a:1");
    clock.advance(seconds(60));   // for a rate limit
    EXPECT_EQ(patience.left("a:1"), seconds(18));
    EXPECT_FALSE(patience.longest());
}

TEST_F(PatienceTest, CountsSeveralCallsOnce) {
    for (int i = 0; i < 3; ++i) patience.begin("a:1", "main");
    clock.advance(seconds(20));
    EXPECT_EQ(patience.left("a:1"), seconds(0));
    EXPECT_EQ(patience.left("b:1"), seconds(20));
}

TEST_F(PatienceTest, BeginsAnewWhenSomethingIsHeard) {
    patience.begin("a:1", "main");
    patience.begin("a:1", "main");
    clock.advance(seconds(15));
    patience.heard("a:1");
    clock.advance(seconds(1));
    EXPECT_EQ(patience.left("a:1"), seconds(19));
    EXPECT_EQ(patience.longest()->reason, "");
}

TEST_F(PatienceTest, WithoutALimitNothingIsGivenUp) {
    Patience endless(clock);
    endless.begin("a:1", "main");
    clock.advance(seconds(1000));
    EXPECT_FALSE(endless.left("a:1"));
    EXPECT_FALSE(endless.longest()->left);
}

}
}
