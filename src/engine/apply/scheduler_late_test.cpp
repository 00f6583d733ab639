#include "engine/apply/scheduler_testing.hpp"

#include <condition_variable>
#include <mutex>

// What becomes known while applying: it may make the platform be asked, or show that a step cannot
// be made.
namespace engine::testing {
namespace {

// A step without effects outside makes a value known in the middle of a batch. What reads it asks
// the platform, and is not what it is before the answer.
TEST_F(SchedulerTest, StepThatAsksAfterOneWithoutCallsWaitsForTheAnswer) {
    std::mutex mutex;
    std::condition_variable changed;
    bool has_waited = false;
    cloud_.on_plan = [&](const provider::Change& change,
                         const provider::CallContext&) -> base::Result<void> {
        const value::Value* value = change.inputs.find("value");
        if (value == nullptr || value->has_unknown() || *value->as_string() == "first") return {};
        std::unique_lock lock(mutex);
        changed.wait_for(lock, std::chrono::seconds(20), [&] { return has_waited; });
        return {};
    };
    listener_.on_idle = [&] {
        const std::lock_guard lock(mutex);
        has_waited = true;
        changed.notify_all();
    };
    const ApplyReport report = apply_program([](FakeProgram& program) {
        program.instance("tag", "fake.Note", kNote, constant(record({{"value", "first"}})));
        program.instance("page", "fake.Note", kNote, [](Reader& reader) {
            return record({{"value", reader.cell("tag", "id")}});
        });
    });
    EXPECT_TRUE(report.succeeded());
    EXPECT_EQ(report.counts.done.create, 2U);
    EXPECT_EQ(report.counts.skipped, 0U);
}

// What would come instead is refused, now that its inputs are known: the old one stays.
TEST_F(SchedulerTest, NothingIsTakenAwayForWhatCannotBeMade) {
    const auto describe = [](std::int64_t size) {
        return [size](FakeProgram& program) {
            thing(program, "net", {{"size", size}});
            program.instance("web", "fake.Thing", kThing, [size](Reader& reader) {
                value::Value inputs = record({{"name", "web"}});
                const value::Value zone = reader.cell("net", "address");
                inputs.set("zone", zone);
                if (size == 2 && !zone.has_unknown()) inputs.set("behave", "invalid");
                return inputs;
            });
        };
    };
    ASSERT_TRUE(apply_program(describe(1)).succeeded());
    ASSERT_EQ(cloud_.objects.size(), 2U);
    const ApplyReport report = apply_program(describe(2));
    ASSERT_EQ(plan_.steps.size(), 2U);
    EXPECT_EQ(plan_.steps[1].action, StepAction::MayReplace);
    EXPECT_FALSE(report.succeeded());
    EXPECT_EQ(report.counts.failed, 1U);
    EXPECT_EQ(cloud_.objects.size(), 2U) << "web was deleted, and nothing came instead";
    EXPECT_NE(rows().find("web"), nullptr);
    EXPECT_TRUE(rows().open.empty());
}

}
}
