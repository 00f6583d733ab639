#include "engine/plan/order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace engine {
namespace {

std::vector<std::string> sequence_of(const std::vector<OrderStep>& steps) {
    auto order = Order::create(steps);
    EXPECT_TRUE(order.ok()) << (order.ok() ? "" : order.error().text());
    std::vector<std::string> out;
    if (!order.ok()) return out;
    for (std::uint32_t node : order->sequence()) {
        const Order::Node& at = order->nodes()[node];
        const char* mark = at.detaches ? "~" : at.removes ? "-" : "+";
        out.push_back(mark + std::string(steps[at.step].address));
    }
    return out;
}

bool comes_before(const std::vector<std::string>& sequence, std::string_view a,
                  std::string_view b) {
    auto first = std::find(sequence.begin(), sequence.end(), a);
    auto second = std::find(sequence.begin(), sequence.end(), b);
    EXPECT_NE(first, sequence.end()) << a;
    EXPECT_NE(second, sequence.end()) << b;
    return first < second;
}

OrderStep step(std::string_view address, StepAction action, std::vector<std::uint32_t> reads = {},
               std::vector<std::uint32_t> read_before = {}) {
    OrderStep out;
    out.address = address;
    out.action = action;
    out.reads = std::move(reads);
    out.read_before = std::move(read_before);
    return out;
}

TEST(Order, CreateWaitsForWhatItReads) {
    auto out = sequence_of({step("b", StepAction::Create, {1}), step("a", StepAction::Create)});
    EXPECT_TRUE(comes_before(out, "+a", "+b"));
}

TEST(Order, DeletesRunAgainstTheDependencies) {
    auto out = sequence_of({step("a", StepAction::Delete), step("b", StepAction::Delete, {}, {0})});
    EXPECT_TRUE(comes_before(out, "-b", "-a"));
}

TEST(Order, ReplaceTakesItsReplacedDependentsDownFirst) {
    auto out =
        sequence_of({step("a", StepAction::Replace), step("b", StepAction::Replace, {0}, {0})});
    EXPECT_EQ(out, (std::vector<std::string>{"-b", "-a", "+a", "+b"}));
}

TEST(Order, UpdatedDependentDoesNotDelayTheDeleteOfAReplace) {
    auto order =
        Order::create({step("a", StepAction::Replace), step("b", StepAction::Update, {0}, {0})});
    ASSERT_TRUE(order.ok());
    EXPECT_EQ(order->waits_for(order->remover(0)), 0U);
    EXPECT_EQ(order->waits_for(order->maker(1)), 1U);
}

TEST(Order, DeleteWaitsForTheUpdateOfWhatNoLongerReadsIt) {
    auto out = sequence_of({step("a", StepAction::Delete), step("b", StepAction::Update, {}, {0})});
    EXPECT_TRUE(comes_before(out, "+b", "-a"));
}

TEST(Order, CreateFirstKeepsTheOldOneUntilItsReadersHaveTheNew) {
    OrderStep first = step("a", StepAction::Replace);
    first.create_first = true;
    auto out = sequence_of({first, step("b", StepAction::Update, {0}, {0})});
    EXPECT_EQ(out, (std::vector<std::string>{"+a", "+b", "-a"}));
}

TEST(Order, CreateWaitsForTheDeleteThatSetsItsNameFree) {
    OrderStep created = step("new", StepAction::Create);
    created.takes_from = {1};
    auto out = sequence_of({created, step("old", StepAction::Delete)});
    EXPECT_TRUE(comes_before(out, "-old", "+new"));
}

OrderStep attached(OrderStep step, OrderStep::Attached to) {
    step.attached_to.push_back(to);
    return step;
}

TEST(Order, WhatReadsTheReplacementIsDetachedBeforeTheOldOneGoes) {
    auto out = sequence_of({step("net", StepAction::Replace),
                            attached(step("web", StepAction::Update, {0}, {0}), {.owner = 0})});
    EXPECT_EQ(out, (std::vector<std::string>{"~web", "-net", "+net", "+web"}));
}

TEST(Order, UpdateThatLeavesForSomethingElseDetachesByItself) {
    auto out = sequence_of({step("old", StepAction::Delete),
                            attached(step("web", StepAction::Update, {}, {0}), {.owner = 0})});
    EXPECT_EQ(out, (std::vector<std::string>{"+web", "-old"}));
}

TEST(Order, WhatWantsTheSameIdIsAttachedAgainWhenTheOtherOneIsGone) {
    OrderStep subnet = step("subnet", StepAction::Replace);
    subnet.create_first = true;
    auto out =
        sequence_of({subnet, attached(step("web", StepAction::Update, {0}, {0}),
                                      {.owner = 0, .must_detach = true, .attaches_again = true})});
    EXPECT_TRUE(comes_before(out, "~web", "-subnet"));
    EXPECT_TRUE(comes_before(out, "+subnet", "-subnet"));
    EXPECT_TRUE(comes_before(out, "-subnet", "+web"));
}

TEST(Order, WhatIsAttachedGoesFirstEvenIfItDoesNotDependOnTheOther) {
    auto out = sequence_of({step("subnet", StepAction::Delete),
                            attached(step("web", StepAction::Delete), {.owner = 0})});
    EXPECT_EQ(out, (std::vector<std::string>{"-web", "-subnet"}));
}

// Steps of a ring: each takes what the one before has.
std::vector<OrderStep> ring(std::vector<std::string_view> addresses) {
    std::vector<OrderStep> out;
    const auto size = static_cast<std::uint32_t>(addresses.size());
    for (std::uint32_t i = 0; i < size; ++i) {
        out.push_back(step(addresses[i], StepAction::Update));
        out.back().takes_from = {(i + size - 1) % size};
        out.back().is_taken_from = true;
    }
    return out;
}

TEST(Order, WhatOnlyOneCanHaveIsTakenWhenTheOtherHasLetGo) {
    std::vector<OrderStep> steps = ring({"a", "b"});
    steps[0].takes_from.clear();
    EXPECT_EQ(sequence_of(steps), (std::vector<std::string>{"+a", "+b"}));
}

TEST(Order, ExchangeDetachesThoseOfTheCircleAndNoOther) {
    std::vector<OrderStep> steps = ring({"a", "b"});
    // It waits for the circle, and could be detached: it has no need to be.
    steps.push_back(attached(step("behind", StepAction::Update, {0}, {3}), {.owner = 3}));
    steps.push_back(step("old", StepAction::Delete));
    auto out = sequence_of(steps);
    for (std::string_view one : {"~a", "~b"}) {
        EXPECT_TRUE(comes_before(out, one, "+a"));
        EXPECT_TRUE(comes_before(out, one, "+b"));
    }
    EXPECT_EQ(std::find(out.begin(), out.end(), "~behind"), out.end());
}

TEST(Order, CircleIsRefusedWithTheReasonOfEachEdge) {
    OrderStep a = step("a", StepAction::Replace);
    OrderStep b = step("b", StepAction::Replace, {0}, {0});
    b.create_first =
        true;   // its delete waits for its create, that for a's create, that for a's delete
    auto order = Order::create({a, b});
    ASSERT_FALSE(order.ok());
    EXPECT_NE(
        order.error().message().find("delete a waits for delete b, because it depended on it"),
        std::string_view::npos)
        << order.error().message();
    EXPECT_EQ(order.error().code(), base::Code::InvalidArgument);
}

TEST(Order, IsLinearInStepsAndEdges) {
    std::vector<OrderStep> steps;
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < 100'000; ++i) names.push_back("r" + std::to_string(i));
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        steps.push_back(step(names[i], StepAction::Create));
        if (i > 0) steps.back().reads = {i - 1};
    }
    auto order = Order::create(steps);
    ASSERT_TRUE(order.ok());
    EXPECT_EQ(order->sequence().size(), 100'000U);
    EXPECT_EQ(order->sequence().back(), order->maker(99'999));
}

}
}
