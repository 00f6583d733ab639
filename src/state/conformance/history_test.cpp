#include "state/conformance/suite.hpp"

#include <functional>
#include <optional>

// What is kept of the past, and what is needed of it whatever the policy says.
namespace state {
namespace {

using std::chrono::days;

class Past {
public:
    explicit Past(StateFixture& test, base::FakeClock& clock) : test_(test), clock_(clock) {}

    std::unique_ptr<State> open(HistoryPolicy policy) {
        auto options = test_.options();
        options.history = policy;
        return StateFixture::open(std::move(options));
    }
    // Runs a day apart, each of which changes the row.
    void change(State& state, const std::string& address, int times) {
        for (int i = 0; i < times; ++i) {
            clock_.advance(days{1});
            apply_rows(state, {row(address, std::to_string(++value_))});
        }
    }
    static std::size_t runs(State& state) { return state.runs(100'000)->size(); }

private:
    StateFixture& test_;
    base::FakeClock& clock_;
    int value_ = 0;
};

StepRecord failed_step(const std::string& address) {
    return {.address = address,
            .generation = 1,
            .action = provider::Action::Create,
            .outcome = Outcome::Failed,
            .message = "quota",
            .started = {},
            .ended = {}};
}

TEST_P(Conformance, WhatIsOlderThanThePolicyGoesBeyondTheLastRuns) {
    Past past(*this, clock_);
    auto state = past.open({.age = days{30}, .runs = 5});
    past.change(*state, "a", 20);
    EXPECT_EQ(Past::runs(*state), 20u);
    EXPECT_EQ(state->history("a")->size(), 19u);
    past.change(*state, "a", 30);
    // The runs of thirty days, and what they replaced.
    EXPECT_EQ(Past::runs(*state), 31u);
    EXPECT_EQ(state->history("a")->size(), 31u);
    clock_.advance(days{400});
    apply_rows(*state, {row("b")});
    EXPECT_EQ(Past::runs(*state), 5u);
    EXPECT_EQ(state->history("a")->size(), 4u);
    EXPECT_EQ(state->run("1").error().code(), base::Code::NotFound);
    // A row of a run that is gone reads as ever.
    const auto snapshot = open(OpenMode::Read)->read().value();
    EXPECT_EQ(snapshot.find("a")->version.run, 50);
    EXPECT_EQ(begin(*state, {"c"})->number(), 52);
}

TEST_P(Conformance, RowsOutliveTheirRuns) {
    Past past(*this, clock_);
    auto state = past.open({.age = days{1}, .runs = 1});
    apply_rows(*state, {row("old")});
    const Version written = state->read()->find("old")->version;
    past.change(*state, "a", 10);
    EXPECT_LE(Past::runs(*state), 2u);
    const auto fresh = open();
    EXPECT_EQ(fresh->read()->find("old")->version, written);
    RunRequest wanted = request({"old"});
    wanted.expected = {{"old", 1, written}};
    EXPECT_TRUE(fresh->begin_run(wanted).ok());
    EXPECT_TRUE(backups()->restore("last").ok());
    EXPECT_EQ(open()->read()->find("old")->version, written);
}

TEST_P(Conformance, AllKeepsEverything) {
    Past past(*this, clock_);
    auto state = past.open({.all = true, .age = days{1}, .runs = 1, .records = 1});
    past.change(*state, "a", 20);
    EXPECT_EQ(Past::runs(*state), 20u);
    EXPECT_EQ(state->history("a")->size(), 19u);
}

// Whatever the age: the past is not longer than what it is the past of.
TEST_P(Conformance, FormerRowsAreBoundedByTheRows) {
    Past past(*this, clock_);
    auto state = past.open({.records = 10});
    past.change(*state, "a", 30);
    EXPECT_EQ(state->history("a")->size(), 10u);
    EXPECT_EQ(Past::runs(*state), 30u);
    EXPECT_TRUE(state->run("2")->pruned);
    EXPECT_FALSE(state->run("last")->pruned);
    std::vector<Row> many;
    for (int i = 0; i < 100; ++i) many.push_back(row("item" + std::to_string(i)));
    apply_rows(*state, many);
    past.change(*state, "a", 30);
    EXPECT_EQ(state->history("a")->size(), 20u);   // a fifth of the rows
    // What one run has replaced is there until the next has come, however much it is.
    for (Row& each : many) each.inputs.set("value", "changed");
    apply_rows(*state, many);
    EXPECT_EQ(state->run("last")->replaced.size(), 100u);
    past.change(*state, "a", 1);
    EXPECT_EQ(state->history("item5")->size() + state->history("a")->size(), 1u);
}

TEST_P(Conformance, StepsAndClosedIntentsCountAndGo) {
    Past past(*this, clock_);
    auto state = past.open({.age = days{5}, .runs = 2, .records = 6});
    const auto fail = [&](int steps) {
        auto run = begin(*state, {"a"});
        Batch batch;
        batch.open.push_back(intent("a", run->new_token()));
        ASSERT_TRUE(run->commit(batch).ok());
        StepResult result;
        result.row.address = "a";
        result.token = batch.open[0].intent.token;
        result.outcome = Outcome::Failed;
        Batch closing;
        closing.results.push_back(result);
        for (int i = 0; i < steps; ++i) closing.steps.push_back(failed_step("a"));
        ASSERT_TRUE(run->commit(closing).ok());
        ASSERT_TRUE(run->finish(RunStatus::Failed, "{}").ok());
    };
    fail(4);
    fail(4);
    EXPECT_EQ(state->run("1")->steps.size(), 2u);
    EXPECT_TRUE(state->run("1")->pruned);
    EXPECT_EQ(state->run("2")->steps.size(), 4u);
    clock_.advance(days{10});
    fail(1);
    fail(1);
    EXPECT_EQ(Past::runs(*state), 2u);
    EXPECT_EQ(state->run("4")->steps.size(), 1u);
}

TEST_P(Conformance, WhatIsStillOpenIsNotPruned) {
    Past past(*this, clock_);
    auto state = past.open({.age = days{1}, .runs = 1, .records = 0});
    {
        auto run = begin(*state, {"web"});
        Batch batch;
        batch.open.push_back(intent("web", run->new_token()));
        batch.results.push_back(write(row("web")));
        ASSERT_TRUE(run->commit(batch).ok());
    }
    RunRequest planned = request({"other"});
    planned.plan_id = "plan-2";
    planned.plan = "the rest";
    state->begin_run(planned).value().reset();
    auto living = begin(*state, {"busy"});
    past.change(*state, "a", 10);
    EXPECT_EQ(state->recoverable()->size(), 1u);
    EXPECT_EQ(state->run("1")->info.status, RunStatus::Died);
    EXPECT_EQ(state->run_plan(2).value(), "the rest");
    EXPECT_EQ(state->begin_run(planned).error().code(), base::Code::OutOfDate);
    EXPECT_EQ(state->run("3")->info.status, RunStatus::Running);
    EXPECT_EQ(state->run("4").error().code(), base::Code::NotFound);
    ASSERT_TRUE(living->finish(RunStatus::Done, "{}").ok());

    ASSERT_TRUE(state->resolve("web", State::Resolution::NotDone).ok());
    past.change(*state, "a", 3);
    EXPECT_EQ(state->run("1").error().code(), base::Code::NotFound);
}

// A generation is never given twice, however long its thing is gone.
TEST_P(Conformance, GenerationsArePastWithoutTheirHistory) {
    Past past(*this, clock_);
    auto state = past.open({.age = days{1}, .runs = 1, .records = 0});
    apply_rows(*state, {row("gone"), row("replaced"), row("moved")});
    apply_rows(*state, {row("replaced", "second", 2)});
    const auto take = [&](const char* address, std::uint64_t generation) {
        auto run = begin(*state, {address});
        Batch batch;
        batch.results.push_back(remove(address, generation));
        ASSERT_TRUE(run->commit(batch).ok());
        ASSERT_TRUE(run->finish(RunStatus::Done, "{}").ok());
    };
    take("gone", 1);
    take("replaced", 2);
    ASSERT_TRUE(state->move("moved", "there").ok());
    past.change(*state, "a", 10);
    EXPECT_TRUE(state->history("gone")->empty());
    const auto snapshot = open(OpenMode::Read)->read().value();
    EXPECT_EQ(snapshot.next_generation("gone"), 2u);
    EXPECT_EQ(snapshot.next_generation("replaced"), 3u);
    EXPECT_EQ(snapshot.next_generation("moved"), 2u);
    EXPECT_EQ(snapshot.next_generation("there"), 2u);
    EXPECT_EQ(snapshot.past_generations.size(), 3u);
    apply_rows(*state, {row("gone", "again", 2)});
    const auto after = state->read().value();
    EXPECT_EQ(after.next_generation("gone"), 3u);
    EXPECT_FALSE(after.past_generations.contains("gone"));
}

TEST_P(Conformance, EnvironmentsArePrunedByTheirOwnRuns) {
    auto prod = options(OpenMode::Write, "prod");
    apply_rows(*open(prod), {row("a", "one")});
    apply_rows(*open(prod), {row("a", "two")});
    Past past(*this, clock_);
    auto state = past.open({.age = days{1}, .runs = 1, .records = 0});
    past.change(*state, "a", 10);
    EXPECT_EQ(Past::runs(*open(prod)), 2u);
    EXPECT_EQ(open(prod)->history("a")->size(), 1u);
}

// One run removes little more than it has added: an old state becomes short over many of them.
TEST_P(Conformance, NoRunRemovesMuchAtOnce) {
    Past past(*this, clock_);
    std::vector<Row> many;
    for (int i = 0; i < 1'500; ++i) many.push_back(row("item" + std::to_string(i)));
    auto keeping = past.open({.all = true});
    apply_rows(*keeping, many);
    for (int round = 0; round < 2; ++round) {
        for (Row& each : many) each.inputs.set("value", std::to_string(round));
        apply_rows(*keeping, many);
    }
    clock_.advance(days{9});
    auto state = past.open({.age = days{1}, .runs = 1, .records = 0});
    const auto left = [&] {
        std::size_t count = 0;
        for (const char* number : {"2", "3"}) {
            if (const auto run = state->run(number)) count += run->replaced.size();
        }
        return count;
    };
    EXPECT_EQ(left(), 3'000u);
    apply_rows(*state, {row("b", "one")});
    EXPECT_EQ(left(), 2'000u);
    apply_rows(*state, {row("b", "two")});
    EXPECT_EQ(left(), 998u);   // and two for the one that was added
}

TEST(HistoryPolicy, IsReadFromText) {
    EXPECT_TRUE(parse_history_policy("all")->all);
    EXPECT_EQ(parse_history_policy("90d")->age, days{90});
    EXPECT_EQ(parse_history_policy("2w")->age, days{14});
    EXPECT_FALSE(parse_history_policy("90d")->all);
    for (const char* wrong :
         {"", "90", "d", "0d", "-1d", "90m", "90dd", "1.5d", "ALL", "99999999d"}) {
        const auto policy = parse_history_policy(wrong);
        ASSERT_FALSE(policy.ok()) << wrong;
        EXPECT_EQ(policy.error().code(), base::Code::InvalidArgument);
    }
}

}
}
