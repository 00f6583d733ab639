#include "state/recovery.hpp"

#include <gtest/gtest.h>

namespace state {
namespace {

using Kind = Decision::Kind;
using std::chrono::minutes;
using std::chrono::seconds;

const base::Time kOpened{std::chrono::sys_days{std::chrono::year{2026} / 1 / 2}};
const base::Time kEnded = kOpened + minutes{1};
const base::Time kHorizon = kEnded + seconds{90};

OpenIntent open_intent(provider::Action action) {
    OpenIntent open;
    open.intent.token = "17-abc-1";
    open.intent.address = "web.1";
    open.intent.generation = 3;
    open.intent.action = action;
    open.intent.type = "cloud.Server";
    open.intent.key = action == provider::Action::Create ? "" : "i-old";
    open.intent.inputs.set("size", "large");
    open.intent.prior_outputs.set("ip", "10.0.0.1");
    open.connection = std::make_shared<provider::ConnectionRecord>();
    open.dependencies = {"network"};
    open.call_deadline = seconds{60};
    open.effect_lag = seconds{30};
    open.opened = kOpened;
    open.run_ended = kEnded;
    return open;
}

provider::LookupResult found(provider::LookupResult::Kind kind, bool with_seen = true) {
    provider::LookupResult result;
    result.kind = kind;
    if (with_seen) {
        provider::ObservedResource seen;
        seen.key = "i-1";
        seen.outputs.set("ip", "10.0.0.9");
        seen.token = "16-old-1";
        result.seen = std::move(seen);
    }
    return result;
}

// The table of ENGINE §8: what was found, by action, before and after the horizon.
TEST(Recovery, DecidesAsTheTableSays) {
    struct Case {
        provider::Action action;
        provider::LookupResult::Kind found;
        bool with_seen;
        Kind before;
        Kind after;
    };
    const Case cases[] = {
        {provider::Action::Create, provider::LookupResult::Kind::Done, true, Kind::WriteDone,
         Kind::WriteDone},
        {provider::Action::Create, provider::LookupResult::Kind::Done, false, Kind::KeepUnsure,
         Kind::KeepUnsure},
        {provider::Action::Create, provider::LookupResult::Kind::Partial, true,
         Kind::WriteIncomplete, Kind::WriteIncomplete},
        {provider::Action::Create, provider::LookupResult::Kind::Partial, false, Kind::KeepUnsure,
         Kind::KeepUnsure},
        {provider::Action::Create, provider::LookupResult::Kind::Running, false, Kind::KeepRunning,
         Kind::KeepRunning},
        {provider::Action::Create, provider::LookupResult::Kind::Absent, false, Kind::KeepUntil,
         Kind::CloseAbsent},
        {provider::Action::Create, provider::LookupResult::Kind::Foreign, true, Kind::KeepUntil,
         Kind::CloseAbsent},
        {provider::Action::Create, provider::LookupResult::Kind::Unsure, false, Kind::KeepUnsure,
         Kind::KeepUnsure},
        {provider::Action::Update, provider::LookupResult::Kind::Done, true, Kind::WriteDone,
         Kind::WriteDone},
        {provider::Action::Update, provider::LookupResult::Kind::Done, false, Kind::WriteDone,
         Kind::WriteDone},
        {provider::Action::Update, provider::LookupResult::Kind::Partial, true,
         Kind::WriteIncomplete, Kind::WriteIncomplete},
        {provider::Action::Update, provider::LookupResult::Kind::Running, false, Kind::KeepRunning,
         Kind::KeepRunning},
        {provider::Action::Update, provider::LookupResult::Kind::Absent, false, Kind::KeepUntil,
         Kind::CloseAbsent},
        {provider::Action::Update, provider::LookupResult::Kind::Foreign, true, Kind::KeepUntil,
         Kind::CloseAbsent},
        {provider::Action::Update, provider::LookupResult::Kind::Unsure, false, Kind::KeepUnsure,
         Kind::KeepUnsure},
        {provider::Action::Delete, provider::LookupResult::Kind::Done, false, Kind::WriteDone,
         Kind::WriteDone},
        {provider::Action::Delete, provider::LookupResult::Kind::Partial, true,
         Kind::WriteIncomplete, Kind::WriteIncomplete},
        {provider::Action::Delete, provider::LookupResult::Kind::Running, false, Kind::KeepRunning,
         Kind::KeepRunning},
        {provider::Action::Delete, provider::LookupResult::Kind::Absent, true, Kind::KeepUntil,
         Kind::CloseAbsent},
        {provider::Action::Delete, provider::LookupResult::Kind::Foreign, true, Kind::KeepUntil,
         Kind::CloseAbsent},
        {provider::Action::Delete, provider::LookupResult::Kind::Unsure, false, Kind::KeepUnsure,
         Kind::KeepUnsure},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(std::string(name_of(c.action)) + " " + std::to_string(int(c.found)));
        const auto open = open_intent(c.action);
        const auto seen = found(c.found, c.with_seen);
        const auto before = decide(open, seen, kHorizon - seconds{1});
        const auto after = decide(open, seen, kHorizon);
        EXPECT_EQ(before.kind, c.before);
        EXPECT_EQ(after.kind, c.after);
        if (before.kind == Kind::KeepUntil) EXPECT_EQ(before.until, kHorizon);
        for (const Decision& decision : {before, after}) {
            if (!decision.closes()) continue;
            EXPECT_EQ(decision.result.token, open.intent.token);
            EXPECT_EQ(decision.result.row.address, "web.1");
            EXPECT_EQ(decision.result.row.generation, 3u);
        }
    }
}

TEST(Recovery, NothingIsDecidedWhileTheRunLives) {
    auto open = open_intent(provider::Action::Create);
    open.run_live = true;
    EXPECT_EQ(decide(open, found(provider::LookupResult::Kind::Done), kHorizon).kind,
              Kind::KeepRunning);
    EXPECT_EQ(decide(open, found(provider::LookupResult::Kind::Absent), kHorizon).kind,
              Kind::KeepRunning);
}

TEST(Recovery, EffectsThatDieWithTheProcessHaveNoHorizon) {
    auto open = open_intent(provider::Action::Create);
    open.effects_die_with_process = true;
    EXPECT_EQ(decide(open, found(provider::LookupResult::Kind::Absent, false), kEnded).kind,
              Kind::CloseAbsent);
}

TEST(Recovery, ACreatedRowHasAllThatTheIntentKnew) {
    const auto decision = decide(open_intent(provider::Action::Create),
                                 found(provider::LookupResult::Kind::Done), kEnded);
    const Row& row = decision.result.row;
    EXPECT_EQ(decision.result.kind, StepResult::Kind::Write);
    EXPECT_EQ(decision.result.outcome, Outcome::Done);
    EXPECT_EQ(row.key, "i-1");
    EXPECT_EQ(row.token, "17-abc-1");
    EXPECT_EQ(*row.inputs.find("size")->as_string(), "large");
    EXPECT_EQ(*row.outputs.find("ip")->as_string(), "10.0.0.9");
    EXPECT_EQ(row.dependencies, std::vector<std::string>{"network"});
    EXPECT_TRUE(row.complete);
}

TEST(Recovery, AnUpdateKeepsTheTokenAndWhatIsNotShown) {
    const auto shown = decide(open_intent(provider::Action::Update),
                              found(provider::LookupResult::Kind::Partial), kEnded);
    EXPECT_FALSE(shown.result.row.complete);
    EXPECT_EQ(shown.result.row.token, "16-old-1");
    const auto hidden = decide(open_intent(provider::Action::Update),
                               found(provider::LookupResult::Kind::Done, false), kEnded);
    EXPECT_EQ(hidden.result.row.key, "i-old");
    EXPECT_EQ(*hidden.result.row.outputs.find("ip")->as_string(), "10.0.0.1");
}

TEST(Recovery, OnlyAConfirmedDeleteRemovesTheRow) {
    const auto kind = [](provider::LookupResult::Kind what) {
        return decide(open_intent(provider::Action::Delete), found(what, false), kHorizon)
            .result.kind;
    };
    EXPECT_EQ(kind(provider::LookupResult::Kind::Done), StepResult::Kind::Remove);
    EXPECT_EQ(kind(provider::LookupResult::Kind::Absent), StepResult::Kind::Keep);
    EXPECT_EQ(kind(provider::LookupResult::Kind::Foreign), StepResult::Kind::Keep);
    EXPECT_EQ(kind(provider::LookupResult::Kind::Partial), StepResult::Kind::Keep);
}

// Of a run that is dead on this machine it counts since when, by a clock that does not jump: what
// the clocks said when it began does not matter.
TEST(Recovery, WaitsFromWhenTheRunWasFoundDead) {
    const auto absent = found(provider::LookupResult::Kind::Absent, false);
    OpenIntent open = open_intent(provider::Action::Create);
    open.opened = kOpened + std::chrono::years{1};
    open.run_ended = open.opened;
    EXPECT_EQ(decide(open, absent, kEnded).kind, Kind::KeepUntil);
    EXPECT_EQ(decide(open, absent, kEnded + minutes{60}).kind, Kind::KeepUntil);

    open.over_for = seconds{0};
    const Decision fresh = decide(open, absent, kEnded);
    EXPECT_EQ(fresh.kind, Kind::KeepUntil);
    // A dead process sends nothing more: not the minute that a call may take, but what is on its
    // way.
    EXPECT_EQ(fresh.until, kEnded + seconds{10} + seconds{30});
    open.over_for = seconds{39};
    EXPECT_EQ(decide(open, absent, kEnded).kind, Kind::KeepUntil);
    open.over_for = seconds{40};
    EXPECT_EQ(decide(open, absent, kEnded).kind, Kind::CloseAbsent);
}

TEST(Recovery, WhatWasNeverBegunIsNotWaitedFor) {
    OpenIntent open = open_intent(provider::Action::Create);
    open.over_for = seconds{0};
    open.never_begun = true;
    EXPECT_EQ(decide(open, found(provider::LookupResult::Kind::Absent, false), kEnded).kind,
              Kind::CloseAbsent);
    EXPECT_EQ(decide(open, found(provider::LookupResult::Kind::Unsure, false), kEnded).kind,
              Kind::KeepUnsure);
}

}
}
