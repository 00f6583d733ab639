#include "engine/plan/plan_calls.hpp"

#include "engine/plan/planning.hpp"
#include "engine/plan/problems.hpp"
#include "fakes/fake_program.hpp"
#include "fakes/fake_provider.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

namespace engine {
namespace {

using fakes::FakeProgram;
using provider::CallContext;
using provider::Change;
using Reader = FakeProgram::Reader;

constexpr std::chrono::seconds kLong{20};   // of a test that has failed

const std::vector<std::string> kThing{"id", "address"};
const std::vector<std::string> kNote{"id", "result"};

value::Value record(value::Value::Record members) { return value::Value(std::move(members)); }

// Counts who has come, and lets people wait for a number of them.
class Meeting {
public:
    void come() {
        const std::lock_guard lock(mutex_);
        ++here_;
        changed_.notify_all();
    }
    bool wait_for(int number) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kLong, [&] { return here_ >= number; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int here_ = 0;
};

class PlanCallsTest : public testing::Test {
protected:
    PlanCallsTest() : workers_(4, 1000) { workers_.start(); }

    void note(const std::string& name) {
        program_.instance(name, "fake.Note", kNote,
                          [name](Reader&) { return record({{"value", name}}); });
    }

    base::Result<Plan> plan(std::stop_token stop = {}) {
        auto made = make_plan({.registry = registry_,
                               .snapshot = snapshot_,
                               .workers = workers_,
                               .options = {.looking = {.stop = std::move(stop), .tell = {}}}},
                              &program_);
        if (!made.ok()) return std::move(made).error();
        return std::move(made->plan);
    }

    static std::string name_of_change(const Change& change) {
        return *change.inputs.find("value")->as_string();
    }

    fakes::FakeCloud cloud_;
    fakes::FakeProvider provider_{cloud_};
    provider::ProviderRegistry registry_{{&provider_}, {}};
    state::Snapshot snapshot_;
    FakeProgram program_;
    base::WorkerPool workers_;
};

TEST_F(PlanCallsTest, SeveralAreAskedAtOnce) {
    Meeting meeting;
    cloud_.on_plan = [&](const Change&, const CallContext&) -> base::Result<void> {
        meeting.come();
        if (!meeting.wait_for(3)) return base::internal("the others were not asked");
        return {};
    };
    for (const char* name : {"a", "b", "c"}) note(name);
    auto made = plan();
    ASSERT_TRUE(made.ok()) << made.error().text();
    EXPECT_EQ(made->summary.create, 3U);
}

// The evaluation goes on with what does not need the answer, and with what does, when it is there.
TEST_F(PlanCallsTest, WhatReadsAnAnswerWaitsForItAndNothingElseDoes) {
    std::atomic<bool> is_other_told = false;
    Meeting other;
    cloud_.on_plan = [&](const Change&, const CallContext&) -> base::Result<void> {
        is_other_told = other.wait_for(1);
        return {};
    };
    note("asked");
    program_.instance("reader", "fake.Thing", kThing, [](Reader& reader) {
        return record({{"name", reader.cell("asked", "result")}});
    });
    program_.instance("other", "fake.Thing", kThing, [&](Reader&) {
        other.come();
        return record({{"name", "other"}});
    });
    auto made = plan();
    ASSERT_TRUE(made.ok()) << made.error().text();
    EXPECT_TRUE(is_other_told);
    ASSERT_EQ(made->steps.size(), 3U);
    EXPECT_EQ(made->steps[2].address, "reader");
    EXPECT_EQ(*made->steps[2].inputs.find("name")->as_string(), "asked");
}

TEST_F(PlanCallsTest, CircleIsStillOneAfterTheAnswers) {
    cloud_.on_plan = [](const Change&, const CallContext&) { return base::Result<void>(); };
    note("asked");
    for (const auto& [name, of] : {std::pair{"a", "b"}, std::pair{"b", "a"}}) {
        program_.instance(name, "fake.Thing", kThing, [owner = std::string(of)](Reader& reader) {
            return record({{"name", reader.cell(owner, "id")}});
        });
    }
    auto made = plan();
    ASSERT_FALSE(made.ok());
    EXPECT_NE(made.error().text().find("cycle"), std::string::npos) << made.error().text();
}

// However fast the platform is with each: problems come in the order of the questions.
TEST_F(PlanCallsTest, ProblemsComeInTheOrderOfTheProgram) {
    Meeting later;
    cloud_.on_plan = [&](const Change& change, const CallContext&) -> base::Result<void> {
        if (name_of_change(change) == "first") later.wait_for(2);
        later.come();
        return base::not_found("there is no " + name_of_change(change));
    };
    for (const char* name : {"first", "second", "third"}) note(name);
    auto made = plan();
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().message(), "there is no first\nthere is no second\nthere is no third");
}

TEST_F(PlanCallsTest, InterruptBreaksThemOff) {
    std::stop_source stop;
    Meeting begun;
    std::atomic<int> broken_off = 0;
    cloud_.on_plan = [&](const Change&, const CallContext& context) -> base::Result<void> {
        begun.come();
        while (!context.stop.stop_requested()) std::this_thread::yield();
        ++broken_off;
        return base::Error(base::Code::Cancelled, "given up");
    };
    for (int i = 0; i < 100; ++i) note("n" + std::to_string(i));
    std::jthread user([&] {
        begun.wait_for(4);
        stop.request_stop();
    });
    auto made = plan(stop.get_token());
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().code(), base::Code::Cancelled);
    // Those that the pool had begun, and those that stood in its queue: no others.
    EXPECT_LE(broken_off, 32);
}

TEST_F(PlanCallsTest, ExceptionIsAMistakeOfThatOne) {
    cloud_.on_plan = [](const Change&, const CallContext&) -> base::Result<void> {
        throw std::runtime_error("a library has a bad day");
    };
    note("a");
    auto made = plan();
    ASSERT_FALSE(made.ok());
    EXPECT_NE(made.error().text().find("a bad day"), std::string::npos) << made.error().text();
}

// A pool whose queue is full makes it slower, no more.
TEST_F(PlanCallsTest, FullPoolIsNoFailure) {
    base::WorkerPool idle(1, 0);   // not started, and no room
    cloud_.on_plan = [](const Change&, const CallContext&) { return base::Result<void>(); };
    for (const char* name : {"a", "b", "c"}) note(name);
    auto made =
        make_plan({.registry = registry_, .snapshot = snapshot_, .workers = idle}, &program_);
    ASSERT_TRUE(made.ok()) << made.error().text();
    EXPECT_EQ(made->plan.summary.create, 3U);
}

}
}
