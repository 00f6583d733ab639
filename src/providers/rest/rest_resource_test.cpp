#include "providers/rest/rest_resource_testing.hpp"

// What a RestType does, call by call.
namespace providers::rest::testing {
namespace {

TEST_F(RestResourceTest, ACreateIsFollowedByWhatItCannotBeMadeWith) {
    provider::Intent make = intent(Action::Create, wanted(40));
    answer(R"({"lamp":{"id":7},"job":1})", 201);
    auto started = connection_->start(make, {});
    ASSERT_TRUE(started.ok()) << started.error().text();
    ASSERT_EQ(started->kind, OperationResult::Kind::Running);
    EXPECT_EQ(take_asked(), Asked{"POST /lamps"});
    const json::Value body = json::parse(body_).value();
    EXPECT_EQ(body.string_or("name", ""), "desk");
    EXPECT_EQ(body.find("watts"), nullptr);
    EXPECT_EQ(body.find("labels")->string_or("provisioning.token", ""), "tok");

    make.handle = started->handle;
    answer(R"({"state":"busy"})");
    EXPECT_EQ(connection_->poll(make, {})->kind, OperationResult::Kind::Running);
    answer(R"({"state":"done"})");
    answer(shown(R"("watts":60)"));
    started = connection_->poll(make, {});
    ASSERT_EQ(started->kind, OperationResult::Kind::NextPhase);
    EXPECT_EQ(started->phase, "7 dim");
    EXPECT_EQ(take_asked(), (Asked{"GET /jobs", "GET /jobs", "GET /lamps/7"}));

    make.phase = started->phase;
    make.handle.clear();
    answer(shown(R"("watts":60)"));
    answer(shown(R"("watts":40)"), 201);
    started = connection_->start(make, {});
    ASSERT_EQ(started->kind, OperationResult::Kind::Done);
    EXPECT_EQ(take_asked(), (Asked{"GET /lamps/7", "POST /lamps/7/actions/dim"}));
    EXPECT_EQ(body_, R"({"watts":40})");
    EXPECT_EQ(started->seen->key, "7");
    EXPECT_EQ(*started->seen->outputs.find("socket"), Value("north"));
}

TEST_F(RestResourceTest, AChangeThatDoesNotShowIsAFailure) {
    answer(shown(R"("watts":60)"));
    answer(shown(R"("watts":60)"), 201);
    const auto started = connection_->start(intent(Action::Update, wanted(40)), {});
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().text(),
              "changing the lamp \"desk\" (dim): Toys took the change and does not show it");
}

// Of an API that answers looks from copies: it is looked at again until the time is over.
TEST_F(RestResourceTest, AChangeThatShowsLateIsWaitedFor) {
    static const RestType kSlow = [] {
        RestType type = lamp();
        type.shows_within = seconds(30);
        return type;
    }();
    connect(kSlow);
    answer(shown(R"("watts":60)"));
    answer(shown(R"("watts":60)"), 201);
    provider::Intent change = intent(Action::Update, wanted(40));
    const auto started = connection_->start(change, {});
    ASSERT_TRUE(started.ok()) << started.error().text();
    EXPECT_EQ(started->kind, OperationResult::Kind::Running);
    change.handle = started->handle;
    answer(shown(R"("watts":40)"));
    EXPECT_EQ(connection_->poll(change, {})->kind, OperationResult::Kind::Done);
}

TEST_F(RestResourceTest, AListTellsItsNextPageAndSpellsAsTheRecordDoes) {
    answer(R"({"lamps":[{"id":7,"name":"desk","colour":"red","labels":{"a":"b"}},{"id":8}],)"
           R"("next":"two"})");
    auto page = connection_->list(lamp().schema, "one", {});
    EXPECT_EQ(take_asked(), Asked{"GET /lamps?page=one"});
    EXPECT_EQ(page->next, "two");
    ASSERT_EQ(page->items.size(), 2U);
    EXPECT_EQ(page->items[1].key, "8");
    connection_->normalize(lamp().schema, page->items[0], wanted(40));
    EXPECT_EQ(*page->items[0].inputs.find("colour"), Value("red"));
    answer(R"({"lamps":7})");
    EXPECT_FALSE(connection_->list(lamp().schema, "", {}).ok());   // no list is not an empty one
}

TEST_F(RestResourceTest, ACreateIsFoundByItsTokenAlone) {
    const provider::Intent make = intent(Action::Create, wanted(40));
    answer(R"({"lamps":[)" + object(R"("watts":40)") + "]}");
    answer("{}");
    auto found = connection_->find(make, {});
    EXPECT_EQ(found->kind, LookupResult::Kind::Done);
    EXPECT_EQ(take_asked(), (Asked{"GET /lamps?provisioning.token=tok", "GET /lamps/7/jobs"}));
    answer(R"({"lamps":[)" + object(R"("watts":60)") + "]}");
    answer("{}");
    EXPECT_EQ(connection_->find(make, {})->kind, LookupResult::Kind::Partial);
    answer(R"({"lamps":[)" + object(R"("watts":60)") + "]}");
    answer(R"({"job":5})");
    found = connection_->find(make, {});
    EXPECT_EQ(found->kind, LookupResult::Kind::Running);
    EXPECT_EQ(found->handle, "7 create 5");
    answer(R"({"lamps":[]})");
    answer(R"({"lamps":[{"id":9,"name":"desk"}]})");
    EXPECT_EQ(connection_->find(make, {})->kind, LookupResult::Kind::Foreign);
    answer(R"({"lamps":[]})");
    answer(R"({"lamps":[]})");
    EXPECT_EQ(connection_->find(make, {})->kind, LookupResult::Kind::Absent);
}

TEST_F(RestResourceTest, WhatCannotBeChangedReplaces) {
    provider::Change change{
        .type = lamp().schema, .prior = {}, .recorded_inputs = wanted(40), .inputs = wanted(60)};
    change.prior =
        provider::ObservedResource{.key = "7", .inputs = wanted(40), .outputs = {}, .token = {}};
    EXPECT_EQ(connection_->plan(change, {})->action, provider::PlannedAction::Update);
    change.inputs.set("colour", "red");
    const auto planned = connection_->plan(change, {});
    EXPECT_EQ(planned->action, provider::PlannedAction::Replace);
    EXPECT_EQ(planned->forcing, std::vector<std::string>{"colour"});
}

TEST_F(RestResourceTest, APauseThatTheServiceAsksForHoldsNoThread) {
    const provider::Intent make = intent(Action::Create, wanted(40));
    const std::string locked = R"({"code":"locked"})";
    answer(locked, 423);
    EXPECT_EQ(connection_->start(make, {})->kind, OperationResult::Kind::Queued);
    EXPECT_EQ(take_asked(), Asked{"POST /lamps"});
    clock_.advance(seconds(2));
    EXPECT_EQ(connection_->start(make, {})->kind, OperationResult::Kind::Queued);
    EXPECT_EQ(take_asked(), Asked{}) << "it is left alone";
    clock_.advance(seconds(2));
    answer(R"({"lamp":{"id":7},"job":1})", 201);
    EXPECT_EQ(connection_->start(make, {})->kind, OperationResult::Kind::Running);

    // Not for longer than a call may take.
    answer(locked, 423);
    EXPECT_EQ(connection_->start(make, {})->kind, OperationResult::Kind::Queued);
    clock_.advance(std::chrono::minutes(6));
    answer(locked, 423);
    const auto refused = connection_->start(make, {});
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().text().find("HTTP 423"), std::string::npos);
}

TEST_F(RestResourceTest, AnAttemptIsGivenItsTimeAndThenTheNextCallIsMade) {
    provider::Intent off = intent(Action::Update, Value::Record{{"name", "desk"}, {"lit", false}});
    answer(shown(R"("lit":true)"));
    answer("{}", 201);
    answer(shown(R"("lit":true)"));
    auto started = connection_->start(off, {});
    ASSERT_TRUE(started.ok()) << started.error().text();
    ASSERT_EQ(started->kind, OperationResult::Kind::Running);
    EXPECT_EQ(take_asked().at(1), "POST /lamps/7/actions/ask");
    off.handle = started->handle;
    clock_.advance(seconds(29));
    answer(shown(R"("lit":true)"));
    EXPECT_EQ(connection_->poll(off, {})->kind, OperationResult::Kind::Running);
    clock_.advance(seconds(2));
    answer(shown(R"("lit":true)"));
    started = connection_->poll(off, {});
    ASSERT_EQ(started->kind, OperationResult::Kind::NextPhase);
    EXPECT_EQ(started->phase, "7 unplug");
    off.handle.clear();
    off.phase = started->phase;
    take_asked();
    answer(shown(R"("lit":true)"));
    answer("{}", 201);
    answer(shown(R"("lit":false)"));
    EXPECT_EQ(connection_->start(off, {})->kind, OperationResult::Kind::Done);
    EXPECT_EQ(take_asked().at(1), "POST /lamps/7/actions/unplug");
}

TEST_F(RestResourceTest, AnAttemptThatIsRefusedIsNoFailure) {
    answer(shown(R"("lit":true)"));
    answer(R"({"code":"deaf"})", 422);
    answer(shown(R"("lit":true)"));
    const auto started = connection_->start(
        intent(Action::Update, Value::Record{{"name", "desk"}, {"lit", false}}), {});
    ASSERT_TRUE(started.ok()) << started.error().text();
    EXPECT_EQ(started->phase, "7 unplug");
}

TEST_F(RestResourceTest, TwoChangesOfOneThingDoNotMeet) {
    provider::Intent first = intent(Action::Update, wanted(40), "first");
    provider::Intent second = intent(Action::Update, wanted(60), "second");
    answer(shown(R"("watts":60)"));
    answer(R"({"job":1})", 201);
    const auto started = connection_->start(first, {});
    ASSERT_EQ(started->kind, OperationResult::Kind::Running);
    take_asked();
    EXPECT_EQ(connection_->start(second, {})->kind, OperationResult::Kind::Queued);
    EXPECT_EQ(connection_->start(second, {})->kind, OperationResult::Kind::Queued);
    EXPECT_EQ(take_asked(), Asked{});   // nothing is asked while waiting
    // What waits has not begun.
    answer(shown(R"("watts":40)"));
    answer("{}");
    EXPECT_EQ(connection_->find(second, {})->kind, LookupResult::Kind::Absent);
    take_asked();
    first.handle = started->handle;
    answer(R"({"state":"done"})");
    answer(shown(R"("watts":40)"));
    ASSERT_EQ(connection_->poll(first, {})->kind, OperationResult::Kind::Done);
    take_asked();
    answer(shown(R"("watts":40)"));
    answer(shown(R"("watts":60)"), 201);
    EXPECT_EQ(connection_->start(second, {})->kind, OperationResult::Kind::Done);
    EXPECT_EQ(take_asked(), (Asked{"GET /lamps/7", "POST /lamps/7/actions/dim"}));
}

TEST_F(RestResourceTest, AFailureEndsTheTurn) {
    answer(shown(R"("watts":60)"));
    answer(R"({"code":"no"})", 422);
    EXPECT_FALSE(connection_->start(intent(Action::Update, wanted(40), "first"), {}).ok());
    answer(shown(R"("watts":40)"));
    EXPECT_EQ(connection_->start(intent(Action::Update, wanted(40), "second"), {})->kind,
              OperationResult::Kind::Done);
}

TEST_F(RestResourceTest, WhatCertainlyHadNoEffectIsTold) {
    const provider::Intent make = intent(Action::Create, wanted(40));
    answer(R"({"code":"no","field":"watts.unit"})", 422);
    auto refused = connection_->start(make, {});
    EXPECT_TRUE(provider::is_without_effect(refused.error()));
    EXPECT_EQ(provider::call_failure_of(refused.error())->input, "watts");
    EXPECT_EQ(refused.error().help(), "ask a grown-up");
    ASSERT_NE(refused.error().advice(), nullptr);
    EXPECT_EQ(refused.error().advice()->next, base::Next::ApplyAgain);
    answer("oops", 500);
    EXPECT_FALSE(provider::is_without_effect(connection_->start(make, {}).error()));
    // No answer at all.
    EXPECT_FALSE(provider::is_without_effect(connection_->start(make, {}).error()));
    // It was made before, by a key that no row has.
    provider::Intent later = make;
    later.phase = "7 dim";
    answer(shown(R"("watts":60)"));
    answer(R"({"code":"no"})", 422);
    EXPECT_FALSE(provider::is_without_effect(connection_->start(later, {}).error()));
}

TEST_F(RestResourceTest, WhatFailsInTheBackgroundIsOver) {
    provider::Intent make = intent(Action::Create, wanted(40));
    make.handle = "7 create 1";
    answer(R"({"state":"failed"})");
    answer(shown(R"("watts":60)"));
    const auto polled = connection_->poll(make, {});
    EXPECT_FALSE(provider::is_without_effect(polled.error()));
    EXPECT_TRUE(provider::call_failure_of(polled.error())->is_over);
    EXPECT_TRUE(polled.error().text().starts_with("creating the lamp \"desk\": Toys began it"));
}

}
}
