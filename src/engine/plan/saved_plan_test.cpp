#include "engine/plan/saved_plan.hpp"

#include "base/hash.hpp"
#include "state/key.hpp"
#include "state/state.hpp"

#include <gtest/gtest.h>

namespace engine {
namespace {

std::unique_ptr<state::Key> key_of(char letter) {
    return state::Key::from_bytes(std::string(32, letter)).value();
}

SavedPlan example() {
    SavedPlan plan;
    plan.id = "01";
    plan.command = "apply";
    plan.workspace = "w";
    plan.environment = "prod";
    plan.made_at = "2026-01-01T00:00:00Z";
    plan.given = {{.text = "a=1"},
                  {.from = lang::Given::From::File, .name = "v.json", .text = "{}"}};
    plan.sources = {{"main.ncl", "{ }\n\"quoted\""}};
    plan.steps = {{.address = "a",
                   .type = "local.File",
                   .action = StepAction::Update,
                   .changed = {"content"},
                   .digest = "00ff"}};
    plan.expected = {{.address = "a", .generation = 2, .version = state::Version{1, 7, 3}},
                     {.address = "b", .generation = 0, .version = {}}};
    plan.seen = {{"a", "1234"}};
    plan.runs = {7};
    plan.summary = "{}";
    plan.text = "Plan: 1 to change\n";
    return plan;
}

TEST(SavedPlan, IsReadAsItWasWritten) {
    auto key = key_of('k');
    const SavedPlan plan = example();
    auto read = read_saved_plan(to_bytes(plan, *key), *key);
    ASSERT_TRUE(read.ok()) << read.error().text();
    EXPECT_EQ(to_bytes(*read, *key), to_bytes(plan, *key));
    EXPECT_EQ(read->steps[0].action, StepAction::Update);
    EXPECT_EQ(read->expected[0].version, (state::Version{1, 7, 3}));
    EXPECT_FALSE(read->expected[1].version);
    EXPECT_EQ(read->addresses(), std::set<std::string>{"a"});
}

TEST(SavedPlan, AnyChangedByteIsRefused) {
    auto key = key_of('k');
    const std::string bytes = to_bytes(example(), *key);
    for (std::size_t at = 0; at < bytes.size() - 1; ++at) {
        std::string changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        EXPECT_FALSE(read_saved_plan(changed, *key).ok()) << at;
        EXPECT_FALSE(read_saved_plan(bytes.substr(0, at), *key).ok()) << at;
    }
}

TEST(SavedPlan, OfAnotherWorkspaceIsRefused) {
    auto read = read_saved_plan(to_bytes(example(), *key_of('k')), *key_of('o'));
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().code(), base::Code::NotApproved);
}

// Well signed nonsense: each member in turn is something else.
TEST(SavedPlan, WrongShapesAreRefused) {
    auto key = key_of('k');
    const std::string text = to_bytes(example(), *key);
    const std::string body = text.substr(0, text.find('\n'));
    auto sign = [&](const std::string& one) {
        return one + "\n" + base::to_hex(key->sign(one)) + "\n";
    };
    ASSERT_TRUE(read_saved_plan(sign(body), *key).ok());
    for (const char* part : {"\"01\"", "[0,\"\",\"a=1\"]", "true", "[7]", "[\"content\"]",
                             "2,1,7,3", ",1,[\"content\"]", "\"1234\"", "\"apply\""}) {
        std::string changed = body;
        const std::size_t at = changed.find(part);
        ASSERT_NE(at, std::string::npos) << part;
        changed.replace(at, std::string_view(part).size(), "{}");
        EXPECT_FALSE(read_saved_plan(sign(changed), *key).ok()) << part;
    }
    std::string action = body;
    action.replace(action.find(",1,[\"content\"]"), 3, ",9,");
    EXPECT_FALSE(read_saved_plan(sign(action), *key).ok());
}

// A run was killed in the middle of an update in several calls: a server was shut down for its new
// size, and has to be powered on again.
TEST(SavedPlan, AHalfMadeChangeIsTheSameChange) {
    auto key = key_of('k');
    SavedPlan approved = example();
    approved.steps[0].changed = {"size"};
    approved.expected.clear();
    state::Row row;
    row.address = "a";
    row.version = {1, 7, 3};
    row.complete = false;
    row.inputs.set("size", "large");
    row.inputs.set("power", "on");
    Plan now;
    now.steps.push_back({.address = "a",
                         .action = StepAction::Update,
                         .changed = {"power", "size"},
                         .inputs = row.inputs,
                         .recorded = row});
    const state::Snapshot snapshot;
    const auto check = [&] {
        return check_still_holds(approved, now, snapshot, *key, PlanMatch::Rest,
                                 [](std::int64_t run) { return run == 7; });
    };
    EXPECT_TRUE(check().ok());
    // The row says what is so, and the change ends where it was to end.
    now.steps[0].recorded->inputs.set("power", "off");
    EXPECT_TRUE(check().ok());
    // Not its doing.
    now.steps[0].recorded->version.run = 8;
    EXPECT_FALSE(check().ok());
    now.steps[0].recorded->version.run = 7;
    // Detached and left off for the change that is still to come; after that it is drift.
    now.steps[0].recorded->complete = true;
    EXPECT_TRUE(check().ok());
    now.steps[0].changed = {"power"};
    EXPECT_FALSE(check().ok());
}

}
}
