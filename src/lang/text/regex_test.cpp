#include "lang/text/regex.hpp"
#include "lang/text/regex_syntax.hpp"

#include <gtest/gtest.h>

namespace lang::text {
namespace {

constexpr std::uint64_t kNoLimit = ~std::uint64_t{0};

// "matched@index(group,group)" for each match.
std::string matches(std::string_view pattern, std::string_view text) {
    auto regex = Regex::compile(pattern);
    if (!regex.ok()) return regex.error().text();
    std::string out;
    const auto found = (*regex)->find_all(text, kNoLimit);
    for (const Regex::Match& match : *found) {
        if (!out.empty()) out += ' ';
        out += std::string(match.matched) + "@" + std::to_string(match.index);
        for (std::string_view group : match.groups) out += "(" + std::string(group) + ")";
    }
    return out;
}

struct Case {
    const char* pattern;
    const char* text;
    const char* expected;
};

TEST(Regex, FindsMatchesWithGroups) {
    for (auto [pattern, text, expected] : {
             Case{"(a)(b)?", "xaab", "a@1(a)() ab@2(a)(b)"},
             Case{"(x)|(?<n>y)", "yx", "y@0()(y) x@1(x)()"},
             Case{"x*", "axb", "@0 x@1 @3"},
             Case{"a+?", "aa", "a@0 a@1"},
             Case{"(?:a|ab)(?:c|bcd)?", "abcd", "abcd@0"},
             Case{"(?i)É", "é", "é@0"},
             Case{"(?x) a b # c", "ab", "ab@0"},
             Case{"a(?i)b|c", "aB C", "aB@0 C@3"},
             Case{"\\d+", "1٣x", "1٣@0"},
             Case{"\\w+", "naïve_1 x", "naïve_1@0 x@8"},
             Case{"\\s", "a\u00a0b", "\u00a0@1"},
             Case{"(?-u)\\w+", "naïve", "na@0 ve@3"},
             Case{"[a-z&&[^aeiou]]+", "abcde", "bcd@1"},
             Case{"[\\w--\\d]+", "a1b", "a@0 b@2"},
             Case{"[a-g~~c-k]+", "abchk", "ab@0 hk@3"},
             Case{"[^\\W\\d]+", "a1 b", "a@0 b@3"},
             Case{"[[:^alpha:]]", "a1", "1@1"},
             Case{"[]a-]+", "x]-a", "]-a@1"},
             Case{"\\p{Script=Greek}+", "aαβ", "αβ@1"},
             Case{"[\\p{greek}&&\\p{Lu}]", "αΑ", "Α@1"},
             Case{"\\x{e9}\\u00e9\\xe9", "ééé", "ééé@0"},
             Case{"a**", "b", "@0 @1"},
             Case{"a{1001}", "a", ""},
             Case{"a$", "a\n", ""},
         }) {
        EXPECT_EQ(matches(pattern, text), expected) << pattern;
    }
    EXPECT_EQ(matches("a{1500}", std::string(1500, 'a')), std::string(1500, 'a') + "@0");
}

TEST(Regex, CountsOnlyMatchesBetweenClusters) {
    EXPECT_EQ(matches("e", "xe\u0301"), "");
    EXPECT_EQ(matches(".", "e\u0301x"), "x@1");
    EXPECT_EQ(matches("e.", "xe\u0301"), "e\u0301@1");
    EXPECT_EQ(matches("e(.)", "xe\u0301"), "");   // the group begins within a cluster
    EXPECT_EQ(matches("a", "éaxa"), "a@1 a@3");
    auto regex = Regex::compile("e").value();
    EXPECT_FALSE(regex->is_match("e\u0301"));
    EXPECT_TRUE(regex->is_match("e\u0301e"));
    EXPECT_EQ(regex->find("xee").size(), 1U);
    EXPECT_EQ(regex->replace("e\u0301e", "$0", kNoLimit), "e\u0301$0");
    EXPECT_EQ(Regex::compile("").value()->replace("ab", "-", kNoLimit), "-a-b-");
}

TEST(Regex, SaysWhatIsWrong) {
    struct Wrong {
        const char* pattern;
        const char* problem;
    };
    for (auto [pattern, problem] : {
             Wrong{"(", "unclosed group at byte 0"},
             Wrong{"a)", "unopened group at byte 1"},
             Wrong{"(?=a)", "look-around is not supported at byte 0"},
             Wrong{"a\\1", "backreferences are not supported at byte 1"},
             Wrong{"*", "nothing to repeat at byte 0"},
             Wrong{"(?i)*", "nothing to repeat at byte 0"},
             Wrong{"a{", "expected a number of repetitions at byte 2"},
             Wrong{"a{2,1}", "invalid repetition range at byte 1"},
             Wrong{"a{1", "unclosed counted repetition at byte 1"},
             Wrong{"[a", "unclosed class at byte 0"},
             Wrong{"[z-a]", "invalid range of characters at byte 1"},
             Wrong{"[a-\\d]", "a class cannot end a range at byte 1"},
             Wrong{"\\q", "unknown escape at byte 0"},
             Wrong{"a\\", "incomplete escape at byte 1"},
             Wrong{"\\p{Nope}", "unknown property of characters at byte 0"},
             Wrong{"(?z)", "unknown flag of a group at byte 2"},
             Wrong{"(?<n>a)(?<n>b)", "two groups of one name at byte 10"},
             Wrong{"\\x{D800}", "the escape is no character at byte 2"},
             Wrong{"[\\b]", "an assertion cannot be part of a class at byte 1"},
         }) {
        EXPECT_EQ(matches(pattern, ""), "invalid regular expression: " + std::string(problem));
    }
}

TEST(Regex, KeepsItsLimits) {
    EXPECT_FALSE(to_re2(std::string(kMaxPatternSize + 1, 'a')).ok());
    EXPECT_FALSE(to_re2(std::string(1000, '(') + std::string(1000, ')')).ok());
    EXPECT_FALSE(to_re2(std::string(1000, '[') + std::string(1000, ']')).ok());
    EXPECT_FALSE(Regex::compile("a{100001}").ok());
    EXPECT_FALSE(Regex::compile("((a{1000}){1000}){1000}").ok());
}

TEST(RegexCache, KeepsWhatWasUsedLast) {
    RegexCache cache;
    auto first = cache.get("a").value();
    EXPECT_EQ(cache.get("a").value(), first);
    for (std::size_t i = 0; i + 1 < RegexCache::kSize; ++i) {
        ASSERT_TRUE(cache.get("b" + std::to_string(i)).ok());
    }
    EXPECT_EQ(cache.get("a").value(), first);
    ASSERT_TRUE(cache.get("one more").ok());
    EXPECT_EQ(cache.get("a").value(), first);
    for (std::size_t i = 0; i < RegexCache::kSize; ++i) {
        ASSERT_TRUE(cache.get("c" + std::to_string(i)).ok());
    }
    EXPECT_NE(cache.get("a").value(), first);
    EXPECT_FALSE(cache.get("(").ok());
}

}
}
