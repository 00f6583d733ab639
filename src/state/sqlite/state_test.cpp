#include "state/sqlite/state_fixture.hpp"

#include <algorithm>
#include <set>

namespace state {
namespace {

TEST_F(StateTest, ReadingAWorkspaceWithoutStateCreatesNothing) {
    auto state = open(OpenMode::Read);
    EXPECT_TRUE(state->read()->rows.empty());
    EXPECT_TRUE(state->recoverable()->empty());
    EXPECT_TRUE(state->runs(10)->empty());
    EXPECT_TRUE(state->usage()->empty());
    EXPECT_EQ(state->run("last").error().code(), base::Code::NotFound);
    EXPECT_EQ(state->workspace_id(), "");
    EXPECT_FALSE(base::file_exists(directory_));
}

TEST_F(StateTest, RowsComeBackAsTheyWere) {
    auto state = open();
    Row full = row("web.1", "content");
    value::Value secret("hunter2");
    secret.mark_secret();
    full.inputs.set("password", secret);
    full.outputs.set("count", value::Rational::from_fraction(1, 3));
    full.lifecycle.set("protect", true);
    full.dependencies = {"network", "net.subnet"};
    full.token = "1-abc-1";
    full.complete = false;
    full.connection = std::make_shared<provider::ConnectionRecord>(
        provider::ConnectionRecord{"connections.hz", "hetzner", "api#account", secret});
    apply(*state, {full, row("a"), row("web.1.x")});

    const auto snapshot = open(OpenMode::Read)->read().value();
    ASSERT_EQ(snapshot.rows.size(), 3u);
    EXPECT_EQ(snapshot.rows[0].address, "a");
    const Row& read = snapshot.rows[1];
    EXPECT_EQ(read.address, "web.1");
    EXPECT_EQ(read.generation, 1u);
    EXPECT_EQ(read.type, "local.Data");
    EXPECT_TRUE(read.connection->same_as(*full.connection));
    EXPECT_EQ(read.key, full.key);
    EXPECT_EQ(read.token, full.token);
    EXPECT_TRUE(read.inputs == full.inputs);
    EXPECT_TRUE(read.outputs == full.outputs);
    EXPECT_TRUE(read.lifecycle == full.lifecycle);
    EXPECT_EQ(read.dependencies, full.dependencies);
    EXPECT_FALSE(read.complete);
    EXPECT_EQ(read.version, (Version{1, 1, 1}));
    EXPECT_EQ(snapshot.rows[0].lifecycle, value::Value());
    EXPECT_EQ(snapshot.find("web.1"), &read);
    EXPECT_EQ(snapshot.find("web"), nullptr);
    EXPECT_EQ(snapshot.next_generation("web.1"), 2u);
    EXPECT_EQ(snapshot.next_generation("web"), 1u);
}

TEST_F(StateTest, SecretsAreNowhereOnDisk) {
    {
        auto state = open();
        Row with_secret = row("a");
        value::Value secret("hunter2-hunter2");
        secret.mark_secret();
        with_secret.inputs.set("password", secret);
        auto run = begin(*state, {"a", "b"});
        OpenIntent open = intent("b", run->new_token());
        open.intent.inputs.set("password", secret);
        Batch batch;
        batch.open.push_back(open);
        batch.results.push_back(write(with_secret));
        ASSERT_TRUE(run->commit(batch).ok());
        ASSERT_TRUE(run->finish(RunStatus::Failed, "{}").ok());
        EXPECT_EQ(readable(batch).find("hunter2"), std::string::npos);
    }
    for (const std::string& name : base::list_directory(directory_).value()) {
        const auto bytes = base::read_file(base::join_path(directory_, name));
        if (bytes.ok()) EXPECT_EQ(bytes->find("hunter2"), std::string::npos) << name;
    }
}

TEST_F(StateTest, VersionsGoUpAndHistoryKeepsWhatWasReplaced) {
    auto state = open();
    apply(*state, {row("a", "one"), row("b")});
    apply(*state, {row("a", "two")});
    auto run = begin(*state, {"a"});
    Batch batch;
    batch.results.push_back(remove("a"));
    ASSERT_TRUE(run->commit(batch).ok());
    ASSERT_TRUE(run->finish(RunStatus::Done, "{}").ok());

    const auto snapshot = state->read().value();
    ASSERT_EQ(snapshot.rows.size(), 1u);
    EXPECT_EQ(snapshot.rows[0].address, "b");
    EXPECT_EQ(snapshot.next_generation("a"), 2u);
    const auto history = state->history("a").value();
    ASSERT_EQ(history.size(), 2u);
    EXPECT_EQ(*history[0].row.inputs.find("value")->as_string(), "two");
    EXPECT_TRUE(history[0].removed);
    EXPECT_EQ(history[0].replaced_by, (Version{1, 3, 1}));
    EXPECT_EQ(*history[1].row.inputs.find("value")->as_string(), "one");
    EXPECT_FALSE(history[1].removed);
}

TEST_F(StateTest, AnUpdateWithoutATokenKeepsTheOldOne) {
    auto state = open();
    Row created = row("a");
    created.token = "1-abc-1";
    apply(*state, {created});
    apply(*state, {row("a", "changed")});
    const auto snapshot = state->read().value();
    EXPECT_EQ(snapshot.rows[0].token, "1-abc-1");
    EXPECT_EQ(*snapshot.rows[0].inputs.find("value")->as_string(), "changed");
}

TEST_F(StateTest, IntentsAreDurableUntilTheyAreClosed) {
    auto state = open();
    auto run = begin(*state, {"web.1", "web.2", "web.3"});
    const std::string tokens[] = {run->new_token(), run->new_token(), run->new_token()};
    EXPECT_EQ(std::set<std::string>(std::begin(tokens), std::end(tokens)).size(), 3u);
    EXPECT_LE(tokens[0].size(), 40u);
    OpenIntent first = intent("web.1", tokens[0]);
    first.intent.overwrite_confirmed = true;
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
    EXPECT_TRUE(read.intent.overwrite_confirmed);
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

TEST_F(StateTest, ABatchIsWrittenAsAWholeOrNotAtAll) {
    auto state = open();
    auto run = begin(*state, {"a"});
    Batch batch;
    batch.results.push_back(write(row("a")));
    batch.results.push_back(write(row("not-leased")));
    const auto refused = run->commit(batch);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().exit_code(), 75);
    EXPECT_TRUE(state->read()->rows.empty());
    batch.results.pop_back();
    ASSERT_TRUE(run->commit(batch).ok());
    EXPECT_EQ(state->read()->rows[0].version.sequence, 1);
    batch.results[0].token = "no-such-intent";
    EXPECT_EQ(run->commit(batch).error().code(), base::Code::Conflict);
}

TEST_F(StateTest, ALiveRunKeepsOthersFromItsAddresses) {
    auto first = open();
    auto second = open();
    auto run = begin(*first, {"web.1", "web.2"});
    const auto refused = second->begin_run(request({"web.2", "web.3"}));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), base::Code::Unavailable);
    EXPECT_EQ(refused.error().exit_code(), 75);
    EXPECT_NE(refused.error().message().find("web.2 is being worked on by run 1 (`apply`, pid " +
                                             std::to_string(::getpid())),
              std::string_view::npos)
        << refused.error().message();
    EXPECT_NE(refused.error().message().find("since 2026-01-02T00:00:00Z"), std::string_view::npos);
    EXPECT_TRUE(second->begin_run(request({"web.3"})).ok());
    ASSERT_TRUE(run->finish(RunStatus::Done, "{}").ok());
    EXPECT_TRUE(second->begin_run(request({"web.2"})).ok());
}

TEST_F(StateTest, TwoRunsWorkSideBySide) {
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

TEST_F(StateTest, WhatMovedSinceThePlanIsRefused) {
    auto state = open();
    apply(*state, {row("a")});
    const auto planned = state->read().value();
    apply(*state, {row("a", "changed"), row("b")});

    const auto code_of = [&](const Expected& expected) {
        RunRequest wanted = request({expected.address});
        wanted.expected = {expected};
        const auto run = state->begin_run(wanted);
        if (run.ok()) return 0;
        EXPECT_EQ(run.error().code(), base::Code::Conflict);
        return run.error().exit_code();
    };
    EXPECT_EQ(code_of({"a", 1, planned.find("a")->version}), 76);
    EXPECT_EQ(code_of({"a", 1, state->read()->find("a")->version}), 0);
    EXPECT_EQ(code_of({"a", 2, planned.find("a")->version}), 76);
    EXPECT_EQ(code_of({"b", 0, std::nullopt}), 76);
    EXPECT_EQ(code_of({"c", 0, std::nullopt}), 0);
}

TEST_F(StateTest, ASavedPlanIsUsedOnce) {
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
    EXPECT_EQ(state->begin_run(wanted).error().exit_code(), 76);
    wanted.plan_id.clear();
    auto run = state->begin_run(wanted).value();
    ASSERT_TRUE(run->finish(RunStatus::Done, "{}").ok());
    EXPECT_EQ(state->run_plan(run->number()).value(), "");
}

TEST_F(StateTest, ADeadRunIsFoundAndItsIntentsWait) {
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
    EXPECT_EQ(held.error().exit_code(), 75);

    const auto recoverable = state->recoverable().value();
    ASSERT_EQ(recoverable.size(), 1u);
    EXPECT_FALSE(recoverable[0].run_live);
    EXPECT_EQ(recoverable[0].run_ended, clock_.now());
    EXPECT_EQ(state->run("1")->info.status, RunStatus::Died);
    EXPECT_FALSE(state->run("1")->info.live);

    RunRequest recovery = request({"web.1"}, "recover");
    recovery.recovers = true;
    auto run = state->begin_run(recovery).value();
    EXPECT_EQ(open()->begin_run(recovery).error().exit_code(), 75);
    Batch batch;
    batch.results.push_back(write(row("web.1"), token));
    ASSERT_TRUE(run->commit(batch).ok());
    ASSERT_TRUE(run->finish(RunStatus::Done, "{}").ok());
    EXPECT_TRUE(state->recoverable()->empty());
    EXPECT_EQ(state->read()->rows.size(), 1u);
    // Nothing is left of the locks of runs that have ended.
    run.reset();
    EXPECT_TRUE(base::list_directory(base::join_path(directory_, "runs"))->empty());
}

TEST_F(StateTest, ARunThatWasTakenForDeadWritesNothingMore) {
    auto state = open();
    auto run = begin(*state, {"a"});
    // Somebody deletes the lock of a run that lives.
    ASSERT_TRUE(base::remove_tree(base::join_path(directory_, "runs")).ok());
    EXPECT_TRUE(open()->recoverable()->empty());
    Batch batch;
    batch.results.push_back(write(row("a")));
    const auto refused = run->commit(batch);
    EXPECT_EQ(refused.error().code(), base::Code::Conflict);
    EXPECT_EQ(refused.error().exit_code(), 75);
    EXPECT_TRUE(state->read()->rows.empty());
}

TEST_F(StateTest, AnInterruptedRunLeavesItsIntentsForRecovery) {
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

TEST_F(StateTest, MoreAddressesCanBeTakenLater) {
    auto state = open();
    auto run = begin(*state, {"a"});
    auto other = begin(*state, {"b"});
    const std::vector<std::string> b{"b"}, c{"c"};
    EXPECT_EQ(run->extend(b, {}).error().exit_code(), 75);
    ASSERT_TRUE(run->extend(c, {}).ok());
    Batch batch;
    batch.results.push_back(write(row("c")));
    EXPECT_TRUE(run->commit(batch).ok());
}

TEST_F(StateTest, ADiscardedRunLeavesNoTraceButItsNumber) {
    auto state = open();
    begin(*state, {"a"})->discard().value();
    EXPECT_TRUE(state->runs(10)->empty());
    EXPECT_EQ(begin(*state, {"a"})->number(), 2);
}

TEST_F(StateTest, EnvironmentsSeeNothingOfEachOther) {
    apply(*open(), {row("a")});
    auto prod = State::open(options(OpenMode::Write, "prod")).value();
    EXPECT_TRUE(prod->read()->rows.empty());
    EXPECT_TRUE(prod->runs(10)->empty());
    auto run = begin(*open(), {"a"});
    EXPECT_TRUE(prod->begin_run(request({"a"})).ok());
    const auto usage = prod->usage().value();
    ASSERT_EQ(usage.size(), 2u);
    EXPECT_EQ(usage[0].environment, "default");
    EXPECT_EQ(usage[0].rows, 1u);
    EXPECT_EQ(usage[1].environment, "prod");
    EXPECT_EQ(usage[1].rows, 0u);
    EXPECT_EQ(prod->workspace_id(), open(OpenMode::Read)->workspace_id());
}

TEST_F(StateTest, ConnectionsAreStoredOnceAndSharedBetweenRows) {
    auto state = open();
    apply(*state, {row("a"), row("b")});
    apply(*open(), {row("c")});
    const auto snapshot = open(OpenMode::Read)->read().value();
    EXPECT_EQ(snapshot.rows[0].connection, snapshot.rows[2].connection);
}

TEST_F(StateTest, MoveTakesAllBeneathAndThoseThatRefer) {
    auto state = open();
    Row dependent = row("other");
    dependent.dependencies = {"web.1", "webx"};
    apply(*state, {row("web.1"), row("web.2"), row("webx"), dependent});
    EXPECT_EQ(state->move("web", "site").value(), 2u);
    const auto snapshot = state->read().value();
    ASSERT_EQ(snapshot.rows.size(), 4u);
    EXPECT_EQ(snapshot.find("web.1"), nullptr);
    ASSERT_NE(snapshot.find("site.1"), nullptr);
    EXPECT_EQ(snapshot.find("site.1")->key, "key-web.1");
    EXPECT_EQ(snapshot.find("other")->dependencies, (std::vector<std::string>{"site.1", "webx"}));
    EXPECT_EQ(state->run("last")->info.command, "state mv");

    EXPECT_EQ(state->move("nothing", "x").error().code(), base::Code::NotFound);
    EXPECT_EQ(state->move("site.1", "webx").error().code(), base::Code::AlreadyExists);
    EXPECT_EQ(state->move("site", "site.1").error().code(), base::Code::InvalidArgument);
    EXPECT_EQ(state->read()->rows.size(), 4u);
    EXPECT_EQ(state->run("last")->info.command, "state mv");
}

TEST_F(StateTest, RemoveForgetsAndRemembers) {
    auto state = open();
    apply(*state, {row("web.1"), row("web.2"), row("b")});
    EXPECT_EQ(state->remove("web").value(), 2u);
    EXPECT_EQ(state->read()->rows.size(), 1u);
    EXPECT_EQ(state->history("web.1")->size(), 1u);
    EXPECT_EQ(state->remove("web").error().code(), base::Code::NotFound);
}

TEST_F(StateTest, MoveAndRemoveRefuseWhileAnIntentIsOpen) {
    auto state = open();
    apply(*state, {row("a")});
    {
        auto run = begin(*state, {"b"});
        Batch batch;
        batch.open.push_back(intent("b", run->new_token()));
        ASSERT_TRUE(run->commit(batch).ok());
        EXPECT_EQ(state->remove("a").error().code(), base::Code::FailedPrecondition);
    }
    EXPECT_EQ(state->remove("a").error().code(), base::Code::FailedPrecondition);
    EXPECT_EQ(state->move("a", "c").error().code(), base::Code::FailedPrecondition);
    EXPECT_EQ(state->usage()->at(0).open_intents, 1u);
}

TEST_F(StateTest, WhatNobodyCanTellIsSettledByHand) {
    auto state = open();
    const auto leave_open = [&](const char* address, provider::Action action) {
        auto run = begin(*state, {address});
        Batch batch;
        batch.open.push_back(intent(address, run->new_token(), action));
        ASSERT_TRUE(run->commit(batch).ok());
        EXPECT_EQ(state->settle(address, State::Settled::Done).error().exit_code(), 75);
    };
    apply(*state, {row("c"), row("d")});
    leave_open("a", provider::Action::Create);
    leave_open("b", provider::Action::Create);
    leave_open("c", provider::Action::Delete);
    leave_open("d", provider::Action::Delete);
    EXPECT_EQ(state->settle("a", State::Settled::Done).value(), 1u);
    EXPECT_EQ(state->settle("b", State::Settled::NotDone).value(), 1u);
    EXPECT_EQ(state->settle("c", State::Settled::Done).value(), 1u);
    EXPECT_EQ(state->settle("d", State::Settled::NotDone).value(), 1u);
    EXPECT_EQ(state->settle("a", State::Settled::Done).error().code(), base::Code::NotFound);
    const auto snapshot = state->read().value();
    ASSERT_EQ(snapshot.rows.size(), 2u);
    EXPECT_EQ(snapshot.rows[0].address, "a");
    EXPECT_EQ(snapshot.rows[0].dependencies, std::vector<std::string>{"network"});
    EXPECT_EQ(snapshot.rows[1].address, "d");
    EXPECT_TRUE(snapshot.open.empty());
}

TEST_F(StateTest, RunsAreListedNewestFirstAndShown) {
    auto state = open();
    apply(*state, {row("a", "one"), row("b")});
    clock_.advance(std::chrono::seconds{5});
    apply(*state, {row("a", "two")});
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
