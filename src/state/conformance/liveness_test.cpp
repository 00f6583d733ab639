#include "state/conformance/suite.hpp"
#include "state/recovery.hpp"

// Whose a run is: a machine, one start of it, a process. A folder may be shared by machines whose
// locks are not.
namespace state {
namespace {

const Machine kHere{"near", "boot-1"};
const Machine kElsewhere{"far", "boot-9"};

class Machines {
public:
    explicit Machines(StateFixture& test) : test_(test) {}

    std::unique_ptr<State> at(Machine machine) {
        auto options = test_.options();
        options.machine = std::move(machine);
        return StateFixture::open(std::move(options));
    }
    // A run that ends without a word, with an intent for the address.
    void leave(Machine machine, const std::string& address) {
        auto state = at(std::move(machine));
        auto run = begin(*state, {address});
        Batch batch;
        batch.open.push_back(intent(address, run->new_token()));
        ASSERT_TRUE(run->commit(batch).ok());
    }

private:
    StateFixture& test_;
};

TEST(Life, IsJudgedByTheMachineBeforeTheClaim) {
    const auto of = [](const Machine& run, bool claimed) { return judge(run, kHere, claimed); };
    EXPECT_EQ(of({"near", "boot-1"}, true), Life::Lives);
    EXPECT_EQ(of({"near", "boot-1"}, false), Life::Dead);
    // A container has a name of its own on the same kernel, whose locks are ours.
    EXPECT_EQ(of({"c0ffee", "boot-1"}, true), Life::Lives);
    EXPECT_EQ(of({"c0ffee", "boot-1"}, false), Life::Dead);
    // Whoever holds the lock of a run from before a restart is not that run.
    EXPECT_EQ(of({"near", "boot-0"}, true), Life::Dead);
    EXPECT_EQ(of({"near", "boot-0"}, false), Life::Dead);
    EXPECT_EQ(of({"far", "boot-9"}, true), Life::Elsewhere);
    EXPECT_EQ(of({"far", "boot-9"}, false), Life::Elsewhere);
    EXPECT_EQ(of({"far", ""}, false), Life::Elsewhere);
    // What cannot tell its start has the claim alone.
    EXPECT_EQ(of({"near", ""}, true), Life::Lives);
    EXPECT_EQ(of({"near", ""}, false), Life::Dead);
    EXPECT_EQ(judge({"near", "boot-1"}, {"near", ""}, true), Life::Lives);
    EXPECT_EQ(judge({"near", ""}, {"near", ""}, false), Life::Dead);
    EXPECT_EQ(judge({"far", ""}, {"near", ""}, false), Life::Elsewhere);
}

TEST(Life, ThisMachineKnowsItself) {
    EXPECT_NE(this_machine().host, "");
    EXPECT_EQ(this_machine(), this_machine());
}

TEST_P(Conformance, ARunOfAnotherMachineIsNotReaped) {
    Machines machines(*this);
    machines.leave(kElsewhere, "web.1");
    auto state = machines.at(kHere);
    EXPECT_TRUE(state->recoverable()->empty());
    const auto run = state->run("last")->info;
    EXPECT_EQ(run.status, RunStatus::Running);
    EXPECT_TRUE(run.live);
    EXPECT_TRUE(run.elsewhere);
    EXPECT_EQ(run.host, "far");
    EXPECT_EQ(run.boot_id, "boot-9");

    const auto refused = state->begin_run(request({"web.1"}));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), base::Code::Busy);
    EXPECT_NE(refused.error().message().find(" on far) since "), std::string_view::npos)
        << refused.error().message();
    EXPECT_NE(refused.error().help(), "");
    ASSERT_NE(refused.error().advice(), nullptr);
    EXPECT_EQ(refused.error().advice()->next, base::Next::AbandonRun);
    EXPECT_EQ(refused.error().advice()->subject, "1");
    EXPECT_EQ(refused.error().advice()->object, "far");

    const auto snapshot = state->read().value();
    ASSERT_EQ(snapshot.open.size(), 1u);
    EXPECT_TRUE(snapshot.open[0].run_live);
    EXPECT_EQ(snapshot.open[0].elsewhere, "far");
    const Decision decision = decide(snapshot.open[0], {}, clock_.now());
    EXPECT_EQ(decision.kind, Decision::Kind::KeepRunning);
    EXPECT_NE(decision.reason.find("far"), std::string::npos);
    EXPECT_EQ(state->move("web.1", "b").error().advice()->next, base::Next::AbandonRun);
    // What it has not leased is free.
    EXPECT_TRUE(state->begin_run(request({"other"})).ok());
}

TEST_P(Conformance, AnAbandonedRunIsRecoveredAndWritesNothingMore) {
    Machines machines(*this);
    auto far = machines.at(kElsewhere);
    auto run = begin(*far, {"web.1"});
    Batch opening;
    opening.open.push_back(intent("web.1", run->new_token()));
    ASSERT_TRUE(run->commit(opening).ok());

    auto state = machines.at(kHere);
    clock_.advance(std::chrono::minutes{3});
    const auto abandoned = state->abandon("1");
    ASSERT_TRUE(abandoned.ok()) << abandoned.error().text();
    EXPECT_EQ(abandoned->number, 1);
    EXPECT_EQ(abandoned->status, RunStatus::Died);
    EXPECT_EQ(abandoned->ended, clock_.now());
    const auto open = state->recoverable().value();
    ASSERT_EQ(open.size(), 1u);
    EXPECT_FALSE(open[0].run_live);
    EXPECT_EQ(open[0].elsewhere, "");
    EXPECT_EQ(open[0].run_ended, clock_.now());

    Batch batch;
    batch.results.push_back(write(row("web.1"), opening.open[0].intent.token));
    EXPECT_EQ(run->commit(batch).error().code(), base::Code::Conflict);
    EXPECT_TRUE(state->read()->rows.empty());
    EXPECT_EQ(state->abandon("1").error().code(), base::Code::FailedPrecondition);
    EXPECT_EQ(state->abandon("7").error().code(), base::Code::NotFound);
}

TEST_P(Conformance, ARunAtWorkOnThisMachineIsNotAbandoned) {
    auto state = open();
    auto run = begin(*state, {"a"});
    const auto refused = open()->abandon("last");
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), base::Code::Busy);
    EXPECT_EQ(refused.error().advice()->next, base::Next::WaitForRun);
    Batch batch;
    batch.results.push_back(write(row("a")));
    EXPECT_TRUE(run->commit(batch).ok());
    EXPECT_EQ(open(OpenMode::Read)->abandon("9").error().code(), base::Code::NotFound);
}

TEST_P(Conformance, ARunFromBeforeARestartIsDead) {
    Machines machines(*this);
    auto before = machines.at({"near", "boot-0"});
    auto run = begin(*before, {"a"});   // its claim is still held, by whomever
    auto state = machines.at(kHere);
    EXPECT_FALSE(state->run("last")->info.live);
    EXPECT_TRUE(state->begin_run(request({"a"})).ok());
    EXPECT_EQ(state->run("1")->info.status, RunStatus::Died);
    EXPECT_TRUE(run->finish(RunStatus::Done, "{}").error().code() == base::Code::Conflict);
}

// By its own word it sends nothing more: its intents need nobody's judgement of its process.
TEST_P(Conformance, ARunThatEndedOnAnotherMachineIsRecoveredHere) {
    Machines machines(*this);
    {
        auto far = machines.at(kElsewhere);
        auto run = begin(*far, {"web.1"});
        Batch batch;
        OpenIntent open = intent("web.1", run->new_token());
        open.effects_die_with_process = true;
        batch.open.push_back(open);
        ASSERT_TRUE(run->commit(batch).ok());
        ASSERT_TRUE(run->finish(RunStatus::Interrupted, "{}").ok());
    }
    const auto open = machines.at(kHere)->recoverable().value();
    ASSERT_EQ(open.size(), 1u);
    // Its process need not have ended with it, so the deadline of its calls counts.
    EXPECT_FALSE(open[0].effects_die_with_process);
    EXPECT_EQ(machines.at(kElsewhere)->recoverable()->at(0).effects_die_with_process, true);
}

// A call that was handed out may have had an effect; one that was not cannot have.
TEST_P(Conformance, IntentsThatWereNeverBegunAreKnown) {
    {
        auto state = open();
        auto run = begin(*state, {"a", "b"});
        Batch batch;
        batch.open.push_back(intent("a", run->new_token()));
        batch.open.push_back(intent("b", run->new_token()));
        ASSERT_TRUE(run->commit(batch).ok());
        run->note_begun(batch.open[0].intent.token);
    }
    auto open_intents = open()->recoverable();
    ASSERT_TRUE(open_intents.ok()) << open_intents.error().text();
    ASSERT_EQ(open_intents->size(), 2u);
    for (const OpenIntent& one : *open_intents) {
        EXPECT_EQ(one.never_begun, one.intent.address == "b");
        EXPECT_TRUE(one.run_died);
        EXPECT_TRUE(one.over_for.has_value());
    }
}

// After another start of the machine what it had not written to disk may be lost, notes as well.
TEST_P(Conformance, AnotherStartTellsNothingOfWhatWasBegun) {
    Machines machines(*this);
    machines.leave(kHere, "a");
    const auto open_intents = machines.at({"near", "boot-2"})->recoverable();
    ASSERT_TRUE(open_intents.ok());
    ASSERT_EQ(open_intents->size(), 1u);
    EXPECT_FALSE(open_intents->front().never_begun);
}

// The clock was ahead by a year when the run died, and is right again.
TEST_P(Conformance, AClockThatWasAheadHoldsNothingUp) {
    base::FakeClock clock;
    auto with_clock = options();
    with_clock.clock = &clock;
    const base::Time right = clock.now();
    clock.set_now(right + std::chrono::hours{24 * 365});
    {
        auto state = open(with_clock);
        auto run = begin(*state, {"a"});
        Batch batch;
        batch.open.push_back(intent("a", run->new_token()));
        run->note_begun(batch.open[0].intent.token);
        ASSERT_TRUE(run->commit(batch).ok());
    }
    clock.set_now(right);
    auto state = open(with_clock);
    const auto died = state->recoverable();
    ASSERT_TRUE(died.ok());
    EXPECT_EQ(died->front().over_for, std::chrono::milliseconds(0));
    EXPECT_LE(*died->front().run_ended, right);
    clock.advance(std::chrono::seconds{30});
    EXPECT_EQ(state->recoverable()->front().over_for, std::chrono::milliseconds(30'000));
}

}
}
