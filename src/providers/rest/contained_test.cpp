#include "providers/rest/contained.hpp"

#include <gtest/gtest.h>

namespace providers::rest {
namespace {

using value::Value;

TEST(Contained, AsFarAsTheWantedSays) {
    const Value shown =
        Value::Record{{"name", "web"},
                      {"port", std::int64_t{80}},
                      {"rules", Value::Array{Value(Value::Record{{"a", "1"}, {"b", "2"}})}}};
    EXPECT_TRUE(is_contained(Value::Record{{"name", "web"}}, shown));
    EXPECT_TRUE(is_contained(Value::Record{{"name", Value()}}, shown));
    EXPECT_TRUE(is_contained(
        Value::Record{{"rules", Value::Array{Value(Value::Record{{"b", "2"}})}}}, shown));
    EXPECT_FALSE(is_contained(Value::Record{{"name", "db"}}, shown));
    EXPECT_FALSE(is_contained(Value::Record{{"host", "a"}}, shown));
    EXPECT_FALSE(is_contained(Value::Record{{"rules", Value::Array{}}}, shown));
    EXPECT_FALSE(
        is_contained(Value::Record{{"name", Value::unknown(value::ValueType::String)}}, shown));
}

TEST(Contained, NoneIsAnEmptyList) {
    EXPECT_TRUE(is_contained(Value(), Value::Array{}));
    EXPECT_TRUE(is_contained(Value::Array{}, Value()));
    EXPECT_FALSE(is_contained(Value(), Value::Array{Value("a")}));
}

}
}
