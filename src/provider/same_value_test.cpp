#include "provider/same_value.hpp"

#include <gtest/gtest.h>

namespace provider {
namespace {

using value::Value;

std::string without_slash(std::string_view text) {
    return std::string(text.ends_with('/') ? text.substr(0, text.size() - 1) : text);
}

FieldType path() {
    FieldType out{.kind = FieldType::Kind::String};
    out.normalize = without_slash;
    return out;
}

FieldType set_of(FieldType element) {
    FieldType out{.kind = FieldType::Kind::Array};
    out.element.push_back(std::move(element));
    out.any_order = true;
    return out;
}

FieldType record_with_paths() {
    FieldType out{.kind = FieldType::Kind::Record};
    out.fields.push_back({.name = "paths", .type = set_of(path())});
    out.fields.push_back({.name = "name", .type = {.kind = FieldType::Kind::String}});
    return out;
}

Value list(std::vector<const char*> texts) {
    Value::Array out;
    for (const char* text : texts) out.emplace_back(text);
    return Value(std::move(out));
}

Value entry(const char* name, Value paths) {
    return Value(Value::Record{{"name", Value(name)}, {"paths", std::move(paths)}});
}

TEST(SameValue, SpellingsOfATextAreTheSame) {
    EXPECT_TRUE(is_same_value(path(), Value("out/"), Value("out")));
    EXPECT_FALSE(is_same_value(path(), Value("out/"), Value("in")));
    EXPECT_FALSE(is_same_value({.kind = FieldType::Kind::String}, Value("out/"), Value("out")));
}

TEST(SameValue, TheOrderOfAListCountsUnlessItsTypeSaysOtherwise) {
    FieldType in_order = set_of(path());
    in_order.any_order = false;
    EXPECT_TRUE(is_same_value(set_of(path()), list({"a", "b/", "c"}), list({"c", "a", "b"})));
    EXPECT_FALSE(is_same_value(in_order, list({"a", "b"}), list({"b", "a"})));
    EXPECT_TRUE(is_same_value(in_order, list({"a/", "b"}), list({"a", "b"})));
}

TEST(SameValue, EachElementCountsAsOftenAsItStandsThere) {
    EXPECT_FALSE(is_same_value(set_of(path()), list({"a", "a", "b"}), list({"a", "b", "b"})));
    EXPECT_FALSE(is_same_value(set_of(path()), list({"a"}), list({"a", "a"})));
}

TEST(SameValue, LooksIntoRecordsAndTakesNullForAbsent) {
    const FieldType type = set_of(record_with_paths());
    const Value a(Value::Array{entry("x", list({"p/", "q"})), entry("y", list({}))});
    const Value b(Value::Array{entry("y", list({})), entry("x", list({"q", "p"}))});
    EXPECT_TRUE(is_same_value(type, a, b));
    Value more = entry("x", list({"p/", "q"}));
    more.set("port", Value());
    EXPECT_TRUE(is_same_value(record_with_paths(), more, entry("x", list({"q", "p"}))));
    more.set("port", Value("22"));
    EXPECT_FALSE(is_same_value(record_with_paths(), more, entry("x", list({"q", "p"}))));
    EXPECT_FALSE(is_same_value(record_with_paths(), entry("x", list({"q", "p"})), more));
}

TEST(SameValue, WhatIsUnknownIsTheSameAsNothingAndASecretAsNothingInClear) {
    EXPECT_FALSE(is_same_value(set_of(path()),
                               Value(Value::Array{Value::unknown(value::ValueType::String)}),
                               list({"a"})));
    Value secret("a/");
    secret.mark_secret();
    EXPECT_FALSE(is_same_value(path(), secret, Value("a")));
    Value other("a");
    other.mark_secret();
    EXPECT_TRUE(is_same_value(path(), secret, other));
}

}
}
