#include "engine/apply/scheduler_testing.hpp"

#include <set>

namespace engine::testing {
namespace {

TEST_F(SchedulerTest, CreatesInOrderWithValuesThatBecomeKnown) {
    auto describe = [](FakeProgram& program) {
        thing_after(program, "web", "net");
        thing(program, "net");
        program.outputs([](Reader& reader) { return record({{"id", reader.cell("web", "id")}}); });
    };
    ApplyReport report = apply_program(describe);
    EXPECT_TRUE(report.succeeded());
    EXPECT_EQ(report.counts.done.create, 2U);
    EXPECT_EQ(cloud_.take_calls(), (std::vector<std::string>{"create net", "create web"}));
    auto after = rows();
    ASSERT_EQ(after.rows.size(), 2U);
    EXPECT_EQ(*after.rows[1].inputs.find("ref")->as_string(), "id-1");
    EXPECT_EQ(after.rows[1].dependencies, std::vector<std::string>{"net"});
    EXPECT_TRUE(after.open.empty());
    ASSERT_TRUE(report.outputs);
    EXPECT_EQ(*report.outputs->find("id")->as_string(), "id-2");
    plan_program(describe);
    EXPECT_TRUE(plan_.is_empty());
    EXPECT_EQ(plan_.summary.unchanged, 2U);
}

TEST_F(SchedulerTest, DestroyRunsAgainstTheRecordedDependencies) {
    apply_program([](FakeProgram& program) {
        thing(program, "a");
        thing_after(program, "b", "a");
        thing_after(program, "c", "b");
    });
    cloud_.take_calls();
    ApplyReport report = destroy();
    EXPECT_TRUE(report.succeeded());
    EXPECT_EQ(report.counts.done.remove, 3U);
    EXPECT_EQ(cloud_.take_calls(), (std::vector<std::string>{"delete c", "delete b", "delete a"}));
    EXPECT_TRUE(cloud_.objects.empty());
    EXPECT_TRUE(rows().rows.empty());
}

TEST_F(SchedulerTest, ReplaceDeletesDependentsFirstAndMakesThemAgain) {
    auto describe = [](const char* zone) {
        return [zone](FakeProgram& program) {
            thing(program, "net", {{"zone", zone}});
            program.instance("web", "fake.Thing", kThing, [](Reader& reader) {
                return record({{"name", "web"}, {"network", reader.cell("net", "id")}});
            });
        };
    };
    apply_program(describe("a"));
    cloud_.take_calls();
    ApplyReport report = apply_program(describe("b"));
    EXPECT_TRUE(report.succeeded());
    EXPECT_EQ(report.counts.done.replace, 2U);
    EXPECT_EQ(cloud_.take_calls(),
              (std::vector<std::string>{"delete web", "delete net", "create net", "create web"}));
    auto after = rows();
    ASSERT_EQ(after.rows.size(), 2U);
    EXPECT_EQ(after.rows[0].generation, 2U);
}

TEST_F(SchedulerTest, MayReplaceDoesTheMilderThing) {
    auto describe = [](std::int64_t size) {
        return [size](FakeProgram& program) {
            thing(program, "net", {{"size", size}});
            program.instance("web", "fake.Thing", kThing, [](Reader& reader) {
                // Unknown while planning; comes out as it was.
                value::Value address = reader.cell("net", "address");
                return record({{"name", "web"},
                               {"network", address.is_unknown() ? address : value::Value("same")}});
            });
        };
    };
    apply_program(describe(1));
    cloud_.take_calls();
    plan_program(describe(2));
    ASSERT_EQ(plan_.summary.replace, 1U);
    ApplyReport report = apply_planned();
    EXPECT_TRUE(report.succeeded());
    EXPECT_EQ(report.counts.done.replace, 0U);
    EXPECT_EQ(report.counts.done.unchanged, 1U);
    EXPECT_EQ(cloud_.take_calls(), std::vector<std::string>{"update net"});
}

TEST_F(SchedulerTest, StepThatBecameStrongerIsNotRunAndTheRestGoesOn) {
    auto describe = [](std::int64_t size) {
        return [size](FakeProgram& program) {
            thing(program, "net", {{"size", size}});
            thing(program, "other", {{"size", size}});
            program.instance("web", "fake.Thing", kThing, [](Reader& reader) {
                value::Value address = reader.cell("net", "address");
                value::Value inputs = record({{"name", "web"}, {"ref", address}});
                // Known only after apply: then another input changes with it, which forces.
                if (!address.is_unknown() && *address.as_string() == "10.0.0.2")
                    inputs.set("zone", value::Value("b"));
                return inputs;
            });
        };
    };
    apply_program(describe(1));
    cloud_.take_calls();
    plan_program(describe(2));
    ASSERT_EQ(plan_.summary.update, 3U);
    ApplyReport report = apply_planned();
    EXPECT_FALSE(report.succeeded());
    EXPECT_TRUE(happened("refused web"));
    EXPECT_EQ(report.counts.failed, 1U);
    EXPECT_EQ(report.counts.done.update, 2U);
    for (const std::string& call : cloud_.take_calls())
        EXPECT_EQ(call.find("web"), std::string::npos);
}

TEST_F(SchedulerTest, FailureStopsOnlyWhatDependsOnIt) {
    ApplyReport report = apply_program([](FakeProgram& program) {
        thing(program, "bad", {{"behave", "fail"}});
        thing_after(program, "child", "bad");
        thing_after(program, "grandchild", "child");
        thing(program, "good");
    });
    EXPECT_FALSE(report.succeeded());
    EXPECT_EQ(report.counts.done.create, 1U);
    EXPECT_EQ(report.counts.failed, 1U);
    EXPECT_EQ(report.counts.skipped, 2U);
    EXPECT_TRUE(happened("done good"));
    EXPECT_NE(report.not_done[0].message.find("quota"), std::string::npos);
    auto after = rows();
    EXPECT_EQ(after.rows.size(), 1U);
    EXPECT_TRUE(after.open.empty());
    auto run = state_->run("last");
    ASSERT_TRUE(run.ok());
    EXPECT_EQ(run->info.status, state::RunStatus::Failed);
    EXPECT_EQ(run->steps.size(), 3U);
}

TEST_F(SchedulerTest, LostAnswerIsFoundByTheToken) {
    ApplyReport report =
        apply_program([](FakeProgram& program) { thing(program, "web", {{"behave", "lost"}}); });
    EXPECT_TRUE(report.succeeded());
    EXPECT_EQ(rows().rows.size(), 1U);
    EXPECT_EQ(cloud_.objects.size(), 1U);
}

TEST_F(SchedulerTest, UnsureKeepsTheIntentOpenAndTheNextPlanHolds) {
    ApplyReport report = apply_program([](FakeProgram& program) {
        thing(program, "web", {{"behave", "unsure"}});
        thing(program, "good");
    });
    EXPECT_TRUE(happened("unsure web"));
    EXPECT_EQ(report.counts.failed, 1U);
    EXPECT_EQ(rows().open.size(), 1U);
    auto recovered = recover(*state_, registry_, workers_, {});
    ASSERT_TRUE(recovered.ok()) << recovered.error().text();
    ASSERT_EQ(recovered->size(), 1U);
    EXPECT_FALSE((*recovered)[0].closed());
    plan_program([](FakeProgram& program) { thing(program, "web"); });
    ASSERT_EQ(plan_.blocked.size(), 1U);
    EXPECT_EQ(plan_.blocked[0].address, "web");
}

TEST_F(SchedulerTest, SlowStartsAndPhasesArePolledToTheirEnd) {
    auto describe = [](std::int64_t size) {
        return [size](FakeProgram& program) {
            thing(program, "slow", {{"behave", "slow"}});
            thing_after(program, "next", "slow");
            thing(program, "phased", {{"behave", "phases"}, {"size", size}});
        };
    };
    ApplyReport report = apply_program(describe(1));
    EXPECT_TRUE(report.succeeded());
    EXPECT_TRUE(happened("waiting slow"));
    auto calls = cloud_.take_calls();
    EXPECT_EQ(std::count(calls.begin(), calls.end(), "stop phased"), 1);
    EXPECT_EQ(std::count(calls.begin(), calls.end(), "create phased"), 1);
    EXPECT_EQ(calls.back(), "create next");
}

TEST_F(SchedulerTest, NotesNeedNoIntentsAndAreInOneCommit) {
    std::vector<std::string> steps;
    open([&](std::string_view step) {
        if (step.ends_with(":before")) steps.emplace_back(step.substr(0, step.find(':')));
    });
    ApplyReport report = apply_program([](FakeProgram& program) {
        for (int i = 0; i < 300; ++i) {
            program.instance(
                "n" + std::to_string(1000 + i), "fake.Note", kNote, [i](Reader& reader) {
                    if (i < 100) return record({{"value", std::int64_t{i}}});
                    return record({{"value", reader.cell("n" + std::to_string(900 + i), "id")}});
                });
        }
    });
    EXPECT_TRUE(report.succeeded());
    EXPECT_EQ(report.counts.done.create, 300U);
    auto after = rows();
    EXPECT_EQ(after.rows.size(), 300U);
    EXPECT_TRUE(after.open.empty());
    std::set<std::string> ids;
    for (const state::Row& row : after.rows) ids.insert(*row.outputs.find("id")->as_string());
    EXPECT_EQ(ids.size(), 300U);
    EXPECT_EQ(steps,
              (std::vector<std::string>{"begin", "commit", "finish", "checkpoint", "backup"}));
}

TEST_F(SchedulerTest, LimitOfTheConnectionIsKept) {
    provider_.capabilities.max_parallel = 3;
    apply_program([](FakeProgram& program) {
        for (int i = 0; i < 60; ++i) thing(program, "t" + std::to_string(i));
    });
    EXPECT_LE(cloud_.most_in_flight, 3);
    EXPECT_EQ(cloud_.objects.size(), 60U);
}

// What certainly had no effect needs neither a look nor a while to be a failure like any other.
TEST_F(SchedulerTest, RefusalIsAPlainFailureHoweverBlindWeAre) {
    provider_.capabilities.effect_lag = std::chrono::hours(1);
    apply_program([](FakeProgram& program) { thing(program, "kept"); });
    for (const char* behave : {"refused", "refused blind"}) {
        ApplyReport report = apply_program([&](FakeProgram& program) {
            thing(program, "made", {{"behave", behave}, {"size", std::int64_t{3}}});
            thing(program, "kept", {{"behave", behave}, {"size", std::int64_t{3}}});
        });
        ASSERT_EQ(report.not_done.size(), 2U) << behave;
        for (const StepEvent& event : report.not_done) {
            EXPECT_EQ(event.kind, StepEvent::Kind::Failed) << behave << ": " << event.message;
            EXPECT_EQ(event.help, "the platform is busy");
            EXPECT_EQ(event.advice, (base::Advice{.next = base::Next::ApplyLater}));
            EXPECT_EQ(event.code, base::Code::Unavailable);
        }
        EXPECT_TRUE(rows().open.empty()) << behave;
        EXPECT_EQ(rows().rows.size(), 1U);
    }
}

TEST_F(SchedulerTest, FailureOfWhichNothingIsCertainStaysOpen) {
    provider_.capabilities.effect_lag = std::chrono::hours(1);
    ApplyReport report =
        apply_program([](FakeProgram& program) { thing(program, "a", {{"behave", "fail"}}); });
    ASSERT_EQ(report.not_done.size(), 1U);
    EXPECT_EQ(report.not_done[0].kind, StepEvent::Kind::Unsure);
    EXPECT_EQ(rows().open.size(), 1U);
}

TEST_F(SchedulerTest, ForeignThingIsNotTakenOver) {
    provider_.capabilities.tags = false;
    cloud_.objects["x"] = {.type = "fake.Named",
                           .inputs = record({{"name", "x"}}),
                           .outputs = record({}),
                           .token = {},
                           .polls_left = 0};
    ApplyReport report = apply_program([](FakeProgram& program) {
        program.instance("x", "fake.Named", kNamed, constant(record({{"name", "x"}})));
    });
    EXPECT_FALSE(report.succeeded());
    EXPECT_NE(report.not_done.at(0).message.find("foreign"), std::string::npos);
    EXPECT_TRUE(rows().rows.empty());
    EXPECT_TRUE(rows().open.empty());
}

TEST_F(SchedulerTest, WhatIsGoneIsMadeAgainAndTheOldRowGoes) {
    auto describe = [](FakeProgram& program) { thing(program, "web"); };
    apply_program(describe);
    cloud_.objects.clear();
    ApplyReport report = apply_program(describe);
    EXPECT_TRUE(report.succeeded());
    auto after = rows();
    ASSERT_EQ(after.rows.size(), 1U);
    EXPECT_EQ(after.rows[0].generation, 2U);
}

TEST_F(SchedulerTest, LifecycleAloneIsRecordedWithoutAStep) {
    apply_program([](FakeProgram& program) { thing(program, "db"); });
    apply_program([](FakeProgram& program) {
        thing(program, "db", {{"lifecycle", record({{"protect", true}})}});
    });
    EXPECT_TRUE(plan_.is_empty());
    EXPECT_TRUE(*rows().rows[0].lifecycle.find("protect")->as_bool());
    auto snapshot = rows();
    auto made = make_plan(context_of(snapshot), nullptr);
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().code(), base::Code::NotApproved);
}

TEST_F(SchedulerTest, PlanThatHasMovedIsRefused) {
    plan_program([](FakeProgram& program) { thing(program, "web"); });
    auto old_late = std::move(late_);
    auto old_program = std::move(program_);
    Plan old_plan = std::move(plan_);
    state::Snapshot old_snapshot = snapshot_;
    apply_program([](FakeProgram& program) { thing(program, "web"); });
    auto report = apply(old_plan, old_late.get(), registry_, *state_, workers_, listener_, {});
    ASSERT_FALSE(report.ok());
    EXPECT_EQ(report.error().code(), base::Code::OutOfDate);
    EXPECT_EQ(cloud_.objects.size(), 1U);
}

TEST_F(SchedulerTest, ADeferralIsReachedAndWhatIsBehindItIsTold) {
    ApplyReport report = apply_program([](FakeProgram& program) {
        thing(program, "net");
        program.deferral("pool", "net", "id", [](FakeProgram& more) { thing(more, "pool.1"); });
    });
    EXPECT_TRUE(report.succeeded());
    EXPECT_EQ(report.appeared, std::vector<std::string>{"pool.1"});
    EXPECT_EQ(cloud_.objects.size(), 1U);
}

// What becomes known while applying may make the platform be asked. Meanwhile whatever is under way
// goes on, and nothing new begins: what the answer changes is not known.
TEST_F(SchedulerTest, AnswersAreWaitedForWithoutHoldingUpOthers) {
    std::mutex mutex;
    std::condition_variable changed;
    bool is_slow_done = false;
    bool is_asked = false;
    cloud_.on_plan = [&](const provider::Change& change,
                         const provider::CallContext&) -> base::Result<void> {
        if (change.inputs.has_unknown()) return {};
        std::unique_lock lock(mutex);
        is_asked = true;
        if (!changed.wait_for(lock, std::chrono::seconds(20), [&] { return is_slow_done; })) {
            return base::internal("what was under way was not gone on with");
        }
        return {};
    };
    listener_.on_event = [&](const StepEvent& event) {
        if (event.kind != StepEvent::Kind::Done || event.step->address != "slow") return;
        const std::lock_guard lock(mutex);
        is_slow_done = true;
        changed.notify_all();
    };
    const ApplyReport report = apply_program([](FakeProgram& program) {
        thing(program, "slow", {{"behave", "slow"}});
        thing(program, "net");
        program.instance("asked", "fake.Note", kNote, [](Reader& reader) {
            return record({{"value", reader.cell("net", "id")}});
        });
        program.instance("reader", "fake.Thing", kThing, [](Reader& reader) {
            return record({{"name", "reader"}, {"ref", reader.cell("asked", "result")}});
        });
    });
    EXPECT_TRUE(report.succeeded());
    EXPECT_TRUE(is_asked);
    EXPECT_EQ(report.counts.done.create, 4U);
    const state::Snapshot after = rows();
    const state::Row* reader = after.find("reader");
    ASSERT_NE(reader, nullptr);
    EXPECT_EQ(*reader->inputs.find("ref")->as_string(),
              *after.find("net")->outputs.find("id")->as_string());
}

}
}
