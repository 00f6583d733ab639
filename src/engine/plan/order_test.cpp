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
        out.push_back((at.removes ? "-" : "+") + std::string(steps[at.step].address));
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
    return {.address = address,
            .action = action,
            .create_first = false,
            .reads = std::move(reads),
            .read_before = std::move(read_before),
            .wanted_name = {},
            .removed_name = {}};
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
    created.wanted_name = "local.File /x";
    OrderStep deleted = step("old", StepAction::Delete);
    deleted.removed_name = "local.File /x";
    auto out = sequence_of({created, deleted});
    EXPECT_TRUE(comes_before(out, "-old", "+new"));
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
