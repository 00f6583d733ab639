#include "value/value.hpp"

#include "value/builder.hpp"
#include "value/json.hpp"

#include <gtest/gtest.h>

namespace value {
namespace {

Value sample() {
    Value secret("hunter2");
    secret.mark_secret();
    return Value(Value::Record{
        {"z", Value::Array{Value(true), Value(), Value(std::int64_t{-3})}},
        {"a", Value(value::Rational::from_fraction(1, 3))},
        {"password", secret},
        {"id", Value::unknown(value::ValueType::String)},
    });
}

std::string mark(const Value&) { return "f00d"; }

TEST(Value, RecordsAreSortedAndFound) {
    const Value value = sample();
    ASSERT_EQ(value.as_record()->size(), 4u);
    EXPECT_EQ(value.as_record()->front().first, "a");
    EXPECT_EQ(*value.find("z")->as_array()->at(2).as_integer(), -3);
    EXPECT_EQ(value.find("y"), nullptr);
    EXPECT_EQ(value.find("z")->find("y"), nullptr);
}

TEST(Value, SetReplacesAndInsertsInOrder) {
    Value value;
    value.set("b", std::int64_t{2});
    value.set("a", "x");
    value.set("b", true);
    EXPECT_EQ(to_json(value, mark), R"({"a":"x","b":true})");
}

TEST(Value, IntegersHaveOneForm) {
    EXPECT_NE(Value(value::Rational(7)).as_integer(), nullptr);
    EXPECT_EQ(Value(value::Rational(7)), Value(std::int64_t{7}));
}

TEST(Value, UnknownAndSecretPartsAreSeenFromAbove) {
    EXPECT_TRUE(sample().has_unknown());
    EXPECT_TRUE(sample().has_secret());
    EXPECT_FALSE(sample().is_secret());
    EXPECT_FALSE(sample().find("z")->has_unknown());
}

TEST(Value, SameAsIgnoresMarksAndDistrustsUnknowns) {
    Value marked("x");
    marked.mark_secret();
    EXPECT_TRUE(marked.same_as(Value("x")));
    EXPECT_FALSE(marked == Value("x"));
    EXPECT_FALSE(sample().same_as(sample()));
    EXPECT_TRUE(sample() == sample());
    Value known = sample();
    known.set("id", "i-1");
    EXPECT_TRUE(known.same_as(known));
    EXPECT_FALSE(Value(std::int64_t{1}).same_as(Value("1")));
}

TEST(Value, JsonNamesUnknownsAndHidesSecrets) {
    EXPECT_EQ(to_json(sample(), mark), R"({"a":0.3333333333333333,"id":{"$unknown":"String"},)"
                                       R"("password":{"$secret":"f00d"},"z":[true,null,-3]})");
    const auto large = value::Rational::from_decimal("123456789012345678901234567890").value();
    EXPECT_EQ(to_json(Value(large), mark), "123456789012345678901234567890");
    EXPECT_EQ(to_json(Value("a\"\n"), mark), R"("a\"\n")");
}

TEST(ValueBuilder, WhatIsEmittedComesBack) {
    ValueBuilder builder;
    emit(sample(), builder);
    EXPECT_TRUE(builder.take().value() == sample());
}

TEST(ValueBuilder, SecretContainersKeepTheirMarkAndInstancesBecomeAddresses) {
    ValueBuilder builder;
    builder.begin_array(2);
    builder.secret();
    builder.begin_record(1);
    builder.key("k");
    builder.integer(1);
    builder.end_record();
    builder.instance(4, "web.1");
    builder.end_array();
    const Value value = builder.take().value();
    EXPECT_TRUE(value.as_array()->at(0).is_secret());
    EXPECT_FALSE(value.as_array()->at(0).find("k")->is_secret());
    EXPECT_FALSE(value.as_array()->at(1).is_secret());
    EXPECT_EQ(*value.as_array()->at(1).as_string(), "web.1");
}

TEST(ValueBuilder, DepthIsLimited) {
    for (const std::size_t depth : {kMaxValueDepth, kMaxValueDepth + 1, std::size_t{100'000}}) {
        ValueBuilder builder;
        for (std::size_t i = 0; i < depth; ++i) builder.begin_array(1);
        builder.null();
        for (std::size_t i = 0; i < depth; ++i) builder.end_array();
        const auto built = builder.take();
        EXPECT_EQ(built.ok(), depth <= kMaxValueDepth) << depth;
        if (!built.ok()) EXPECT_EQ(built.error().code(), base::Code::InvalidArgument);
    }
}

}
}
