#include "engine/apply/scheduler_testing.hpp"

#include <thread>

// The first interrupt begins nothing more; the second waits for nothing more.
namespace engine::testing {
namespace {

TEST_F(SchedulerTest, FirstInterruptLetsCallsFinishAndStartsNothing) {
    provider_.capabilities.max_parallel = 1;
    listener_.on_event = [&](const StepEvent& event) {
        if (event.kind == StepEvent::Kind::Started) first_.request_stop();
    };
    ApplyReport report = apply_program([](FakeProgram& program) {
        thing(program, "a");
        thing(program, "b");
        thing(program, "c");
    });
    EXPECT_TRUE(report.interrupted);
    EXPECT_EQ(report.counts.done.create, 1U);
    EXPECT_EQ(report.counts.skipped, 2U);
    EXPECT_EQ(rows().rows.size(), 1U);
    EXPECT_TRUE(rows().open.empty());
    EXPECT_EQ(state_->run("last")->info.status, state::RunStatus::Interrupted);
}

TEST_F(SchedulerTest, SecondInterruptLeavesTheIntentForRecovery) {
    listener_.on_event = [&](const StepEvent&) {
        first_.request_stop();
        second_.request_stop();
    };
    ApplyReport report =
        apply_program([](FakeProgram& program) { thing(program, "a", {{"behave", "wait"}}); });
    EXPECT_TRUE(report.interrupted);
    EXPECT_EQ(rows().open.size(), 1U);
}

TEST_F(SchedulerTest, InterruptWhileAnAnswerIsWaitedForBeginsNothing) {
    cloud_.on_plan = [&](const provider::Change& change,
                         const provider::CallContext& context) -> base::Result<void> {
        if (change.inputs.has_unknown()) return {};
        first_.request_stop();
        while (!context.stop.stop_requested()) std::this_thread::yield();
        return base::Error(base::Code::Cancelled, "given up");
    };
    looking_.stop = first_.get_token();
    const ApplyReport report = apply_program([](FakeProgram& program) {
        thing(program, "net");
        program.instance("asked", "fake.Note", kNote, [](Reader& reader) {
            return record({{"value", reader.cell("net", "id")}});
        });
    });
    EXPECT_TRUE(report.interrupted);
    EXPECT_EQ(report.counts.failed, 0U);
    EXPECT_EQ(report.counts.skipped, 1U);
    EXPECT_EQ(rows().find("asked"), nullptr);
}

}
}
