#include "infra/state/recovery.hpp"

#include <gtest/gtest.h>

namespace infra::state {
namespace {

using Kind = Decision::Kind;
using std::chrono::minutes;
using std::chrono::seconds;

const base::Time kOpened{std::chrono::sys_days{std::chrono::year{2026} / 1 / 2}};
const base::Time kEnded = kOpened + minutes{1};
const base::Time kHorizon = kEnded + seconds{90};

OpenIntent open_intent(Action action) {
    OpenIntent open;
    open.intent.token = "17-abc-1";
    open.intent.address = "web.1";
    open.intent.generation = 3;
    open.intent.action = action;
    open.intent.type = "cloud.Server";
    open.intent.key = action == Action::Create ? "" : "i-old";
    open.intent.inputs.set("size", "large");
    open.intent.prior_outputs.set("ip", "10.0.0.1");
    open.connection = std::make_shared<ConnectionRecord>();
    open.dependencies = {"network"};
    open.call_deadline = seconds{60};
    open.effect_lag = seconds{30};
    open.opened = kOpened;
    open.run_ended = kEnded;
    return open;
}

Found found(Found::Kind kind, bool with_seen = true) {
    Found result;
    result.kind = kind;
    if (with_seen) {
        Seen seen;
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
        Action action;
        Found::Kind found;
        bool with_seen;
        Kind before;
        Kind after;
    };
    const Case cases[] = {
        {Action::Create, Found::Kind::Done, true, Kind::WriteDone, Kind::WriteDone},
        {Action::Create, Found::Kind::Done, false, Kind::KeepUnsure, Kind::KeepUnsure},
        {Action::Create, Found::Kind::Partial, true, Kind::WriteIncomplete, Kind::WriteIncomplete},
        {Action::Create, Found::Kind::Partial, false, Kind::KeepUnsure, Kind::KeepUnsure},
        {Action::Create, Found::Kind::Running, false, Kind::KeepRunning, Kind::KeepRunning},
        {Action::Create, Found::Kind::Absent, false, Kind::KeepUntil, Kind::CloseAbsent},
        {Action::Create, Found::Kind::Foreign, true, Kind::KeepUntil, Kind::CloseAbsent},
        {Action::Create, Found::Kind::Unsure, false, Kind::KeepUnsure, Kind::KeepUnsure},
        {Action::Update, Found::Kind::Done, true, Kind::WriteDone, Kind::WriteDone},
        {Action::Update, Found::Kind::Done, false, Kind::WriteDone, Kind::WriteDone},
        {Action::Update, Found::Kind::Partial, true, Kind::WriteIncomplete, Kind::WriteIncomplete},
        {Action::Update, Found::Kind::Running, false, Kind::KeepRunning, Kind::KeepRunning},
        {Action::Update, Found::Kind::Absent, false, Kind::KeepUntil, Kind::CloseAbsent},
        {Action::Update, Found::Kind::Foreign, true, Kind::KeepUntil, Kind::CloseAbsent},
        {Action::Update, Found::Kind::Unsure, false, Kind::KeepUnsure, Kind::KeepUnsure},
        {Action::Delete, Found::Kind::Done, false, Kind::WriteDone, Kind::WriteDone},
        {Action::Delete, Found::Kind::Partial, true, Kind::WriteIncomplete, Kind::WriteIncomplete},
        {Action::Delete, Found::Kind::Running, false, Kind::KeepRunning, Kind::KeepRunning},
        {Action::Delete, Found::Kind::Absent, true, Kind::KeepUntil, Kind::CloseAbsent},
        {Action::Delete, Found::Kind::Foreign, true, Kind::KeepUntil, Kind::CloseAbsent},
        {Action::Delete, Found::Kind::Unsure, false, Kind::KeepUnsure, Kind::KeepUnsure},
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
    auto open = open_intent(Action::Create);
    open.run_live = true;
    EXPECT_EQ(decide(open, found(Found::Kind::Done), kHorizon).kind, Kind::KeepRunning);
    EXPECT_EQ(decide(open, found(Found::Kind::Absent), kHorizon).kind, Kind::KeepRunning);
}

TEST(Recovery, EffectsThatDieWithTheProcessHaveNoHorizon) {
    auto open = open_intent(Action::Create);
    open.effects_die_with_process = true;
    EXPECT_EQ(decide(open, found(Found::Kind::Absent, false), kEnded).kind, Kind::CloseAbsent);
}

TEST(Recovery, ACreatedRowHasAllThatTheIntentKnew) {
    const auto decision = decide(open_intent(Action::Create), found(Found::Kind::Done), kEnded);
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
    const auto shown = decide(open_intent(Action::Update), found(Found::Kind::Partial), kEnded);
    EXPECT_FALSE(shown.result.row.complete);
    EXPECT_EQ(shown.result.row.token, "16-old-1");
    const auto hidden =
        decide(open_intent(Action::Update), found(Found::Kind::Done, false), kEnded);
    EXPECT_EQ(hidden.result.row.key, "i-old");
    EXPECT_EQ(*hidden.result.row.outputs.find("ip")->as_string(), "10.0.0.1");
}

TEST(Recovery, OnlyAConfirmedDeleteRemovesTheRow) {
    const auto kind = [](Found::Kind what) {
        return decide(open_intent(Action::Delete), found(what, false), kHorizon).result.kind;
    };
    EXPECT_EQ(kind(Found::Kind::Done), StepResult::Kind::Remove);
    EXPECT_EQ(kind(Found::Kind::Absent), StepResult::Kind::Keep);
    EXPECT_EQ(kind(Found::Kind::Foreign), StepResult::Kind::Keep);
    EXPECT_EQ(kind(Found::Kind::Partial), StepResult::Kind::Keep);
}

}
}
