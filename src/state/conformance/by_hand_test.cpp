#include "state/conformance/suite.hpp"

namespace state {
namespace {

TEST_P(Conformance, MoveTakesAllBeneathAndThoseThatRefer) {
    auto state = open();
    Row dependent = row("other");
    dependent.dependencies = {"web.1", "webx"};
    apply_rows(*state, {row("web.1"), row("web.2"), row("webx"), dependent});
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

// As part of the begin of a run: what the plan read is checked as it was recorded, and then moved.
TEST_P(Conformance, ARunMovesRowsAsItBegins) {
    auto state = open();
    Row dependent = row("other");
    dependent.dependencies = {"web.1"};
    apply_rows(*state, {row("web.1"), row("web.2"), row("a.b"), row("a.b.c"), dependent});
    Snapshot planned = state->read().value();
    const Version seen = planned.find("web.1")->version;

    RunRequest wanted = request({"site.1"});
    wanted.moves = {{.from = "web", .to = "site"}, {.from = "a.b", .to = "\"a.b\"", .alone = true}};
    wanted.expected = {{.address = "web.1", .generation = 1, .version = Version{9, 9, 9}}};
    EXPECT_EQ(state->begin_run(wanted).error().code(), base::Code::OutOfDate);
    EXPECT_NE(state->read()->find("web.1"), nullptr);

    wanted.expected = {{.address = "web.1", .generation = 1, .version = seen}};
    {
        // Any row may refer to what is moved.
        auto beside = begin(*state, {"other"});
        EXPECT_EQ(state->begin_run(wanted).error().code(), base::Code::Busy);
        EXPECT_TRUE(beside->discard().ok());
    }
    auto run = state->begin_run(wanted);
    ASSERT_TRUE(run.ok()) << run.error().text();
    EXPECT_TRUE((*run)->finish(RunStatus::Done, "{}").ok());

    for (const value::AddressMove& move : wanted.moves) planned.move(move);
    const Snapshot now = state->read().value();
    std::vector<std::string> before, after;
    for (const Row& one : planned.rows) before.push_back(one.address);
    for (const Row& one : now.rows) after.push_back(one.address);
    EXPECT_EQ(before, after);
    EXPECT_EQ(after, (std::vector<std::string>{"\"a.b\"", "a.b.c", "other", "site.1", "site.2"}));
    EXPECT_EQ(now.find("other")->dependencies, std::vector<std::string>{"site.1"});
    EXPECT_EQ(planned.find("other")->dependencies, now.find("other")->dependencies);
    // What is made where a row has left is another generation.
    EXPECT_EQ(now.next_generation("web.1"), 2u);
    EXPECT_EQ(planned.next_generation("web.1"), 2u);
}

TEST_P(Conformance, RemoveForgetsAndRemembers) {
    auto state = open();
    apply_rows(*state, {row("web.1"), row("web.2"), row("b")});
    EXPECT_EQ(state->remove("web").value(), 2u);
    EXPECT_EQ(state->read()->rows.size(), 1u);
    EXPECT_EQ(state->history("web.1")->size(), 1u);
    EXPECT_EQ(state->remove("web").error().code(), base::Code::NotFound);
}

TEST_P(Conformance, MoveAndRemoveRefuseWhileAnIntentIsOpen) {
    auto state = open();
    apply_rows(*state, {row("a")});
    {
        auto run = begin(*state, {"b"});
        Batch batch;
        batch.open.push_back(intent("b", run->new_token()));
        ASSERT_TRUE(run->commit(batch).ok());
        EXPECT_EQ(state->remove("a").error().code(), base::Code::Busy);
    }
    EXPECT_EQ(state->remove("a").error().code(), base::Code::Busy);
    EXPECT_EQ(state->move("a", "c").error().code(), base::Code::Busy);
    EXPECT_EQ(state->usage()->at(0).open_intents, 1u);
}

TEST_P(Conformance, WhatNobodyCanTellIsResolvedByHand) {
    auto state = open();
    const auto leave_open = [&](const char* address, provider::Action action) {
        auto run = begin(*state, {address});
        Batch batch;
        batch.open.push_back(intent(address, run->new_token(), action));
        ASSERT_TRUE(run->commit(batch).ok());
        EXPECT_EQ(state->resolve(address, State::Resolution::Done).error().code(),
                  base::Code::Busy);
    };
    apply_rows(*state, {row("c"), row("d")});
    leave_open("a", provider::Action::Create);
    leave_open("b", provider::Action::Create);
    leave_open("c", provider::Action::Delete);
    leave_open("d", provider::Action::Delete);
    EXPECT_EQ(state->resolve("a", State::Resolution::Done).value(), 1u);
    EXPECT_EQ(state->resolve("b", State::Resolution::NotDone).value(), 1u);
    EXPECT_EQ(state->resolve("c", State::Resolution::Done).value(), 1u);
    EXPECT_EQ(state->resolve("d", State::Resolution::NotDone).value(), 1u);
    EXPECT_EQ(state->resolve("a", State::Resolution::Done).error().code(), base::Code::NotFound);
    const auto snapshot = state->read().value();
    ASSERT_EQ(snapshot.rows.size(), 2u);
    EXPECT_EQ(snapshot.rows[0].address, "a");
    EXPECT_EQ(snapshot.rows[0].dependencies, std::vector<std::string>{"network"});
    EXPECT_EQ(snapshot.rows[1].address, "d");
    EXPECT_TRUE(snapshot.open.empty());
}

}
}
