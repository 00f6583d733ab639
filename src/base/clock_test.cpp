#include "base/clock.hpp"

#include <gtest/gtest.h>

namespace base {

TEST(Clock, SpellsTimesAsRfc3339) {
    const Time time = std::chrono::sys_days{std::chrono::year{2024} / 2 / 29} +
                      std::chrono::hours(23) + std::chrono::milliseconds(61'007);
    EXPECT_EQ(format_time(time), "2024-02-29T23:01:01Z");
    EXPECT_EQ(format_time(time, true), "2024-02-29T23:01:01.007Z");
    EXPECT_EQ(format_time(Time{} - std::chrono::seconds(1)), "1969-12-31T23:59:59Z");
}

TEST(Clock, TheSystemClockRuns) {
    const auto before = system_clock().elapsed();
    system_clock().sleep_for(std::chrono::milliseconds(2));
    EXPECT_GE(system_clock().elapsed() - before, std::chrono::milliseconds(2));
    EXPECT_GT(system_clock().now(), Time{std::chrono::sys_days{std::chrono::year{2024} / 1 / 1}});
}

TEST(Clock, TheFakeClockSleepsAtOnce) {
    FakeClock clock;
    const Time before = clock.now();
    clock.sleep_for(std::chrono::hours(5));
    EXPECT_EQ(clock.now() - before, std::chrono::hours(5));
}

}
