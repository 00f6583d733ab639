#include "state/conformance/suite.hpp"

#include <unistd.h>

#include <set>

namespace state {
namespace {

TEST_P(Conformance, IntentsAreDurableUntilTheyAreClosed) {
    auto state = open();
    auto run = begin(*state, {"web.1", "web.2", "web.3"});
    const std::string tokens[] = {run->new_token(), run->new_token(), run->new_token()};
    EXPECT_EQ(std::set<std::string>(std::begin(tokens), std::end(tokens)).size(), 3u);
    EXPECT_LE(tokens[0].size(), 40u);
    OpenIntent first = intent("web.1", tokens[0]);
    first.intent.is_followed = true;
    first.intent.prior.set("size", "small");
    Batch opening;
    opening.open = {first, intent("web.2", tokens[1]),
                    intent("web.3", tokens[2], provider::Action::Delete)};
    ASSERT_TRUE(run->commit(opening).ok());

    auto open_now = open(OpenMode::Read)->read()->open;
    ASSERT_EQ(open_now.size(), 3u);
    const OpenIntent& read = open_now[0];
    EXPECT_EQ(read.intent.token, tokens[0]);
    EXPECT_EQ(read.intent.run, run->id());
    EXPECT_EQ(read.intent.workspace, state->workspace_id());
    EXPECT_EQ(read.intent.environment, "default");
    EXPECT_EQ(read.intent.type, "cloud.Server");
    EXPECT_TRUE(read.intent.inputs == first.intent.inputs);
    EXPECT_TRUE(read.intent.prior == first.intent.prior);
    EXPECT_TRUE(read.intent.is_followed);
    EXPECT_FALSE(read.intent.found_absent_before);
    EXPECT_TRUE(read.lifecycle == first.lifecycle);
    EXPECT_EQ(read.dependencies, first.dependencies);
    EXPECT_TRUE(read.connection->same_as(*first.connection));
    EXPECT_EQ(read.call_deadline, first.call_deadline);
    EXPECT_EQ(read.opened, clock_.now());
    EXPECT_TRUE(read.run_live);
    EXPECT_FALSE(read.run_ended.has_value());
    EXPECT_EQ(open_now[2].intent.action, provider::Action::Delete);

    Batch closing;
    closing.phases.push_back({tokens[2], "power-off", "handle-7"});
    closing.results.push_back(write(row("web.1"), tokens[0]));
    StepResult failed;
    failed.row.address = "web.2";
    failed.token = tokens[1];
    failed.outcome = Outcome::Failed;
    closing.results.push_back(failed);
    closing.steps.push_back({.address = "web.2",
                             .action = provider::Action::Create,
                             .outcome = Outcome::Failed,
                             .message = "quota",
                             .started = clock_.now(),
                             .ended = clock_.now()});
    ASSERT_TRUE(run->commit(closing).ok());
    open_now = state->read()->open;
    ASSERT_EQ(open_now.size(), 1u);
    EXPECT_EQ(open_now[0].intent.phase, "power-off");
    EXPECT_EQ(open_now[0].intent.handle, "handle-7");
    const auto detail = state->run("last").value();
    ASSERT_EQ(detail.steps.size(), 1u);
    EXPECT_EQ(detail.steps[0].message, "quota");
    EXPECT_EQ(detail.steps[0].outcome, Outcome::Failed);
    EXPECT_EQ(detail.written.size(), 1u);
}

TEST_P(Conformance, ABatchIsWrittenAsAWholeOrNotAtAll) {
    auto state = open();
    auto run = begin(*state, {"a"});
    Batch batch;
    batch.results.push_back(write(row("a")));
    batch.results.push_back(write(row("not-leased")));
    const auto refused = run->commit(batch);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), base::Code::Conflict);
    EXPECT_TRUE(state->read()->rows.empty());
    batch.results.pop_back();
    ASSERT_TRUE(run->commit(batch).ok());
    EXPECT_EQ(state->read()->rows[0].version.sequence, 1);
    batch.results[0].token = "no-such-intent";
    EXPECT_EQ(run->commit(batch).error().code(), base::Code::Conflict);
}

TEST_P(Conformance, ALiveRunKeepsOthersFromItsAddresses) {
    auto first = open();
    auto second = open();
    auto run = begin(*first, {"web.1", "web.2"});
    const auto refused = second->begin_run(request({"web.2", "web.3"}));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), base::Code::Busy);
    EXPECT_NE(refused.error().message().find("web.2 is being worked on by run 1 (`apply`, pid " +
                                             std::to_string(::getpid())),
              std::string_view::npos)
        << refused.error().message();
    EXPECT_NE(refused.error().message().find("since 2026-01-02T00:00:00Z"), std::string_view::npos);
    EXPECT_TRUE(second->begin_run(request({"web.3"})).ok());
    ASSERT_TRUE(run->finish(RunStatus::Done, "{}").ok());
    EXPECT_TRUE(second->begin_run(request({"web.2"})).ok());
}

TEST_P(Conformance, TwoRunsWorkSideBySide) {
    auto first = open();
    auto second = open();
    auto a = begin(*first, {"a"});
    auto b = begin(*second, {"b"});
    Batch batch;
    batch.results.push_back(write(row("a")));
    ASSERT_TRUE(a->commit(batch).ok());
    batch.results[0] = write(row("b"));
    ASSERT_TRUE(b->commit(batch).ok());
    ASSERT_TRUE(b->finish(RunStatus::Done, "{}").ok());
    ASSERT_TRUE(a->finish(RunStatus::Done, "{}").ok());
    EXPECT_EQ(open(OpenMode::Read)->read()->rows.size(), 2u);
}

TEST_P(Conformance, WhatMovedSinceThePlanIsRefused) {
    auto state = open();
    apply_rows(*state, {row("a")});
    const auto planned = state->read().value();
    apply_rows(*state, {row("a", "changed"), row("b")});

    const auto code_of = [&](const Expected& expected) {
        RunRequest wanted = request({expected.address});
        wanted.expected = {expected};
        const auto run = state->begin_run(wanted);
        return run.ok() ? std::optional<base::Code>() : run.error().code();
    };
    EXPECT_EQ(code_of({"a", 1, planned.find("a")->version}), base::Code::OutOfDate);
    EXPECT_EQ(code_of({"a", 1, state->read()->find("a")->version}), std::nullopt);
    EXPECT_EQ(code_of({"a", 2, planned.find("a")->version}), base::Code::OutOfDate);
    EXPECT_EQ(code_of({"b", 0, std::nullopt}), base::Code::OutOfDate);
    EXPECT_EQ(code_of({"c", 0, std::nullopt}), std::nullopt);
}

TEST_P(Conformance, ASavedPlanIsUsedOnce) {
    auto state = open();
    RunRequest wanted = request({"a"});
    wanted.plan_id = "plan-1";
    wanted.plan = "the steps";
    {
        auto run = state->begin_run(wanted).value();
        EXPECT_EQ(state->run_plan(run->number()).value(), "the steps");
        ASSERT_TRUE(run->finish(RunStatus::Failed, "{}").ok());
        EXPECT_EQ(state->run_plan(run->number()).value(), "the steps");
    }
    EXPECT_EQ(state->begin_run(wanted).error().code(), base::Code::OutOfDate);
    wanted.plan_id.clear();
    auto run = state->begin_run(wanted).value();
    ASSERT_TRUE(run->finish(RunStatus::Done, "{}").ok());
    EXPECT_EQ(state->run_plan(run->number()).value(), "");
}

TEST_P(Conformance, ADeadRunIsFoundAndItsIntentsWait) {
    auto state = open();
    std::string token;
    {
        auto run = begin(*state, {"web.1", "a"});
        token = run->new_token();
        Batch batch;
        batch.open.push_back(intent("web.1", token));
        ASSERT_TRUE(run->commit(batch).ok());
        EXPECT_TRUE(state->recoverable()->empty());
    }
    clock_.advance(std::chrono::seconds{10});
    // The lease has lapsed; the intent has not.
    EXPECT_TRUE(open()->begin_run(request({"a"})).ok());
    const auto held = state->begin_run(request({"web.1"}));
    EXPECT_EQ(held.error().code(), base::Code::Busy);

    const auto recoverable = state->recoverable().value();
    ASSERT_EQ(recoverable.size(), 1u);
    EXPECT_FALSE(recoverable[0].run_live);
    EXPECT_EQ(recoverable[0].run_ended, clock_.now());
    EXPECT_EQ(state->run("1")->info.status, RunStatus::Died);
    EXPECT_FALSE(state->run("1")->info.live);

    RunRequest recovery = request({"web.1"}, "recover");
    recovery.recovers = true;
    auto run = state->begin_run(recovery).value();
    EXPECT_EQ(open()->begin_run(recovery).error().code(), base::Code::Busy);
    Batch batch;
    batch.results.push_back(write(row("web.1"), token));
    ASSERT_TRUE(run->commit(batch).ok());
    ASSERT_TRUE(run->finish(RunStatus::Done, "{}").ok());
    EXPECT_TRUE(state->recoverable()->empty());
    EXPECT_EQ(state->read()->rows.size(), 1u);
    // Nothing is left of the locks of runs that have ended.
    run.reset();
    EXPECT_FALSE(place_->has_claims());
}

TEST_P(Conformance, ARunThatWasTakenForDeadWritesNothingMore) {
    auto state = open();
    auto run = begin(*state, {"a"});
    // Somebody deletes the lock of a run that lives.
    place_->take_claim_away();
    EXPECT_TRUE(open()->recoverable()->empty());
    Batch batch;
    batch.results.push_back(write(row("a")));
    const auto refused = run->commit(batch);
    EXPECT_EQ(refused.error().code(), base::Code::Conflict);
    EXPECT_TRUE(state->read()->rows.empty());
}

TEST_P(Conformance, AnInterruptedRunLeavesItsIntentsForRecovery) {
    auto state = open();
    auto run = begin(*state, {"web.1"});
    Batch batch;
    batch.open.push_back(intent("web.1", run->new_token()));
    ASSERT_TRUE(run->commit(batch).ok());
    ASSERT_TRUE(run->finish(RunStatus::Interrupted, "{}").ok());
    // Calls may still be under way in this process.
    EXPECT_TRUE(state->recoverable()->empty());
    run.reset();
    EXPECT_EQ(state->recoverable()->size(), 1u);
    EXPECT_EQ(state->run("last")->info.status, RunStatus::Interrupted);
}

TEST_P(Conformance, MoreAddressesCanBeTakenLater) {
    auto state = open();
    auto run = begin(*state, {"a"});
    auto other = begin(*state, {"b"});
    const std::vector<std::string> b{"b"}, c{"c"};
    EXPECT_EQ(run->extend(b, {}).error().code(), base::Code::Busy);
    ASSERT_TRUE(run->extend(c, {}).ok());
    Batch batch;
    batch.results.push_back(write(row("c")));
    EXPECT_TRUE(run->commit(batch).ok());
}

TEST_P(Conformance, ADiscardedRunLeavesNoTraceButItsNumber) {
    auto state = open();
    begin(*state, {"a"})->discard().value();
    EXPECT_TRUE(state->runs(10)->empty());
    EXPECT_EQ(begin(*state, {"a"})->number(), 2);
}

TEST_P(Conformance, RunsAreListedNewestFirstAndShown) {
    auto state = open();
    apply_rows(*state, {row("a", "one"), row("b")});
    clock_.advance(std::chrono::seconds{5});
    apply_rows(*state, {row("a", "two")});
    const auto runs = state->runs(1).value();
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_EQ(runs[0].number, 2);
    EXPECT_EQ(runs[0].command, "apply");
    EXPECT_EQ(runs[0].status, RunStatus::Done);
    EXPECT_EQ(runs[0].started, clock_.now());
    EXPECT_EQ(runs[0].ended, clock_.now());
    EXPECT_EQ(runs[0].pid, ::getpid());
    EXPECT_EQ(runs[0].summary, "{}");
    const auto by_id = state->run(runs[0].id).value();
    ASSERT_EQ(by_id.written.size(), 1u);
    ASSERT_EQ(by_id.replaced.size(), 1u);
    EXPECT_EQ(*by_id.replaced[0].row.inputs.find("value")->as_string(), "one");
    EXPECT_EQ(state->run("2x").error().code(), base::Code::NotFound);
}

}
}
