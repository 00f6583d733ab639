#include "engine/apply/scheduler_testing.hpp"

// What a connection lets wait, and what goes wrong in it.
namespace engine::testing {
namespace {

std::size_t count_of(const std::vector<std::string>& calls, std::string_view call) {
    return static_cast<std::size_t>(std::count(calls.begin(), calls.end(), call));
}

TEST_F(SchedulerTest, WhatIsQueuedIsAskedForAgainUntilItsTurnComes) {
    cloud_.turns_away = 2;
    ApplyReport report = apply_program([](FakeProgram& program) {
        thing(program, "a", {{"behave", "queued"}});
        thing_after(program, "b", "a");
    });
    EXPECT_TRUE(report.succeeded());
    EXPECT_EQ(cloud_.take_calls(),
              (std::vector<std::string>{"queue a", "queue a", "create a", "create b"}));
    EXPECT_EQ(rows().rows.size(), 2U);
    EXPECT_TRUE(rows().open.empty());
}

TEST_F(SchedulerTest, WhatIsQueuedIsNotBegunAfterTheFirstInterrupt) {
    cloud_.turns_away = 1'000'000;
    cloud_.wakes_queued = true;
    listener_.on_idle = [&] {
        const std::lock_guard lock(cloud_.mutex);
        if (cloud_.calls.empty()) return;
        first_.request_stop();
        cloud_.turns_away = 0;
    };
    ApplyReport report = apply_program([](FakeProgram& program) {
        thing(program, "a", {{"behave", "queued"}});
        thing_after(program, "b", "a");
    });
    EXPECT_TRUE(report.interrupted);
    EXPECT_FALSE(report.fatal) << report.fatal->text();
    EXPECT_EQ(report.counts.done.create, 0U);
    EXPECT_EQ(report.counts.skipped, 2U);
    EXPECT_EQ(cloud_.take_calls(), std::vector<std::string>{"queue a"});
    EXPECT_TRUE(rows().rows.empty());
    EXPECT_TRUE(rows().open.empty()) << "its intent is closed: nothing was sent";
}

TEST_F(SchedulerTest, WhatIsQueuedIsNotBegunAfterALostLease) {
    open(nullptr, state::Machine{.host = "far", .boot_id = "boot-9"});
    cloud_.turns_away = 1'000'000;
    cloud_.wakes_queued = true;
    bool is_abandoned = false;
    listener_.on_idle = [&] {
        {
            const std::lock_guard lock(cloud_.mutex);
            if (is_abandoned || count_of(cloud_.calls, "queue a") == 0 || cloud_.to_wake.empty())
                return;
        }
        // Somebody on another machine takes this run for dead.
        auto other =
            state::State::open({.directory = folder_,
                                .mode = state::OpenMode::Write,
                                .machine = state::Machine{.host = "near", .boot_id = "1"}});
        ASSERT_TRUE(other.ok()) << other.error().text();
        const auto abandoned = (*other)->abandon("last");
        ASSERT_TRUE(abandoned.ok()) << abandoned.error().text();
        is_abandoned = true;
        cloud_.wake_all();   // what it tells cannot be written any more
    };
    ApplyReport report = apply_program([](FakeProgram& program) {
        thing(program, "a", {{"behave", "queued"}});
        thing(program, "b", {{"behave", "woken"}});
    });
    EXPECT_TRUE(is_abandoned);
    ASSERT_TRUE(report.fatal);
    EXPECT_EQ(report.fatal->code(), base::Code::Conflict);
    const auto calls = cloud_.take_calls();
    EXPECT_EQ(count_of(calls, "queue a"), 1U);
    EXPECT_EQ(count_of(calls, "create a"), 0U);
    EXPECT_EQ(report.counts.done.create, 1U);
    EXPECT_FALSE(report.unwritten.empty()) << "what was done meanwhile is told";
}

// The slowest pace of polling is two seconds.
TEST_F(SchedulerTest, WhatWakesIsAskedAtOnce) {
    listener_.on_idle = [&] { cloud_.wake_all(); };
    const auto began = std::chrono::steady_clock::now();
    ApplyReport report =
        apply_program([](FakeProgram& program) { thing(program, "a", {{"behave", "woken"}}); });
    EXPECT_TRUE(report.succeeded());
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
    EXPECT_FALSE(happened("waiting a")) << "it was over in a moment";
    EXPECT_EQ(rows().rows.size(), 1U);
}

TEST_F(SchedulerTest, AnExceptionInACallIsAnInternalErrorOfThatStepAlone) {
    ApplyReport report = apply_program([](FakeProgram& program) {
        thing(program, "bad", {{"behave", "throws"}});
        thing(program, "good");
    });
    ASSERT_EQ(report.not_done.size(), 1U);
    EXPECT_EQ(report.not_done[0].kind, StepEvent::Kind::Failed);
    EXPECT_EQ(report.not_done[0].message, "unexpected: the roof is on fire");
    EXPECT_TRUE(happened("done good"));
    EXPECT_TRUE(rows().open.empty());
}

}
}
