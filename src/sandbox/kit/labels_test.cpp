#include "sandbox/kit/labels.hpp"

#include <gtest/gtest.h>

namespace sandbox {
namespace {

bool matches(std::string_view selector, const json::Value& labels) {
    const auto parsed = Selector::parse(selector);
    EXPECT_TRUE(parsed.ok()) << selector;
    return parsed.ok() && parsed->matches(&labels);
}

TEST(Selector, MatchesByItsTerms) {
    const json::Value labels = json::Object{{"env", "prod"}, {"a.b/c", ""}, {"in", "x"}};
    for (const char* text : {"", "env", "env=prod", "env == prod", "env!=test", "!gone", "a.b/c",
                             "a.b/c=", "env in (test, prod)", "env notin (test)", "gone!=x",
                             "gone notin (x)", "env,!gone , env=prod", "in", "in in (x)"}) {
        EXPECT_TRUE(matches(text, labels)) << text;
    }
    for (const char* text : {"gone", "!env", "env=test", "env!=prod", "env in (test)",
                             "env notin (prod)", "env,gone", "a.b/c=x"}) {
        EXPECT_FALSE(matches(text, labels)) << text;
    }
    EXPECT_FALSE(Selector::parse("env")->matches(nullptr));
    EXPECT_TRUE(Selector::parse("!env")->matches(nullptr));
}

TEST(Selector, SaysWhereItIsNotUnderstood) {
    EXPECT_EQ(Selector::parse("&").error().message(), "invalid identifier at position 0");
    EXPECT_EQ(Selector::parse("a,").error().message(), "invalid identifier at position 2");
    EXPECT_EQ(Selector::parse("a b").error().message(), "invalid operator at position 2");
    EXPECT_EQ(Selector::parse("a in (b").error().message(), "invalid list of values at position 7");
    EXPECT_FALSE(Selector::parse("a in b").ok());
    EXPECT_FALSE(Selector::parse("a=-").ok());
    EXPECT_FALSE(Selector::parse("/a").ok());
    EXPECT_FALSE(Selector::parse(std::string(64, 'a')).ok());
}

TEST(Labels, HaveKeysAndValuesOfOneForm) {
    const auto problem = [](const char* key, const char* value) {
        return problem_of_labels(json::Object{{key, value}}, "hetzner.cloud/");
    };
    EXPECT_EQ(problem("a", ""), "");
    EXPECT_EQ(problem("a-b_c.d", "X.y"), "");
    EXPECT_EQ(problem("example.com/a", "b"), "");
    EXPECT_NE(problem("", "b"), "");
    EXPECT_NE(problem("-a", "b"), "");
    EXPECT_NE(problem("a", "b-"), "");
    EXPECT_NE(problem("a", "b c"), "");
    EXPECT_NE(problem("Example.com/a", "b"), "");
    EXPECT_NE(problem("hetzner.cloud/a", "b"), "");
    EXPECT_EQ(problem_of_labels(json::Object{{"hetzner.cloud/a", "b"}}, ""), "");
    EXPECT_NE(problem("a", std::string(64, 'x').c_str()), "");
    EXPECT_NE(problem_of_labels(json::Object{{"a", 1}}, "hetzner.cloud/"), "");
    EXPECT_NE(problem_of_labels(json::Array{}, "hetzner.cloud/"), "");
}

}
}
