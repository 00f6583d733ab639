#include "lang/text/regex.hpp"
#include "lang/text/regex_tree.hpp"

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

TEST(Regex, KnowsWordsAndLinesThatRe2DoesNot) {
    for (auto [pattern, text, expected] : {
             Case{"\\<\\w", "ab éa-ß", "a@0 é@3 ß@6"},
             Case{"\\w\\>", "ab éa-ß", "b@1 a@4 ß@6"},
             Case{"\\b{start}|\\b{end}", "aé b", "@0 @2 @3 @4"},
             Case{"\\b{start-half}-", "a- -", "-@3"},
             Case{"-\\b{end-half}", "-a -", "-@3"},
             Case{"\\b{1}a", "ba a", "a@3"},
             Case{"(?-u)\\<é", "é", ""},
             Case{"(?-u:\\b)a", "éa", "a@1"},
             Case{"\\ba", "éa", ""},
             Case{"(\\<a)|(b\\>)", "b a", "b@0()(b) a@2(a)()"},
             Case{"(?:\\<(?:x|xy)(?:z|yz)?)", "xyz", "xyz@0"},
             Case{"\\<a+?", "aaa", "a@0"},
             Case{"(?U)\\<a+", "aaa", "a@0"},
             Case{"\\<a{2,3}", "aaaa", "aaa@0"},
             Case{"\\<(a|b)*", "abab", "abab@0(b)"},
             Case{"(?i)\\<[^k]", "k\u212ak l", "l@4"},
             Case{"(?Rm)^a$", "a\r\na\ra", "a@0 a@2 a@4"},
             Case{"(?m)a$", "a\r\na", "a@2"},
             Case{"(?R).+", "a\r\nb", "a@0 b@2"},
             Case{"(?Rm)^", "a\r\nb", "@0 @2"},
             Case{"(?Rm)$", "a\r\nb", "@1 @3"},
             Case{"(?Rsm).+$", "a\r\nb", "a\r\nb@0"},
         }) {
        EXPECT_EQ(matches(pattern, text), expected) << pattern;
    }
}

TEST(Regex, KnowsPropertiesOfUnicode) {
    for (auto [pattern, text, expected] : {
             Case{"\\p{Emoji_Presentation}", "a😀1", "😀@1"},
             Case{"\\p{Emoji}", "a1", "1@1"},
             Case{"\\p{Extended_Pictographic}", "a©", "©@1"},
             Case{"\\p{XID_Start}\\p{xidc}*", "1é_2", "é_2@1"},
             Case{"\\p{Cased}+", "aA1", "aA@0"},
             Case{"\\p{Math}", "a+", "+@1"},
             Case{"\\p{Dash}", "a–", "–@1"},
             Case{"\\p{Hex_Digit}+", "xfF0g", "fF0@1"},
             Case{"\\p{Assigned}\\P{Assigned}", "a\u0378", "a\u0378@0"},
             Case{"\\p{Age=3.0}", "\u1C89a", "a@1"},
             Case{"\\p{age!=15.1}", "\u1C89a", "\u1C89@0"},
             Case{"\\p{gcb=CR}|\\p{gcb:lf}", "\n", "\n@0"},
             Case{"\\p{scx:Deva}", "\u0964", "\u0964@0"},
             Case{"\\p{wb=ALetter}\\p{sb=AT}", "a.", "a.@0"},
             Case{"\\p{Uppercase}", "Ⓐ", "Ⓐ@0"},
             Case{"\\p{isGreek}\\p{L}", "αa", "αa@0"},
             Case{"[\\p{Lu}&&\\p{ASCII}]", "ÉA", "A@1"},
             Case{"\\p{any}\\p{LC}", "1a", "1a@0"},
         }) {
        EXPECT_EQ(matches(pattern, text), expected) << pattern;
    }
    for (const char* unknown :
         {"isc", "na", "InGreek", "blk=ASCII", "gcb=Other", "Emoji=yes", "InCB", "age=unassigned",
          "alpha=true", "=Greek", "", "gcb", "age"}) {
        EXPECT_FALSE(Regex::compile("\\p{" + std::string(unknown) + "}").ok()) << unknown;
    }
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
             Wrong{"(?-u).", "without the flag u this matches what is no character at byte 6"},
             Wrong{"(?-u)\\W", "without the flag u this matches what is no character at byte 7"},
             Wrong{"(?-u)[a-é]", "without the flag u this matches what is no character at byte 11"},
             Wrong{"(?-u)\\xff", "without the flag u this matches what is no character at byte 5"},
             Wrong{"\\b{near}", "unknown kind of word boundary at byte 2"},
             Wrong{"[\\b]", "an assertion cannot be part of a class at byte 1"},
         }) {
        EXPECT_EQ(matches(pattern, ""), "invalid regular expression: " + std::string(problem));
    }
}

TEST(Regex, KeepsItsLimits) {
    EXPECT_FALSE(read_regex(std::string(kMaxPatternSize + 1, 'a')).ok());
    EXPECT_FALSE(read_regex(std::string(1000, '(') + std::string(1000, ')')).ok());
    EXPECT_FALSE(read_regex(std::string(1000, '[') + std::string(1000, ']')).ok());
    EXPECT_FALSE(Regex::compile("a{100001}").ok());
    EXPECT_FALSE(Regex::compile("((a{1000}){1000}){1000}").ok());
    EXPECT_FALSE(Regex::compile("\\<((a{1000}){1000}){1000}").ok());
    EXPECT_FALSE(read_regex("a" + std::string(5000, '*')).ok());
    std::string words;
    for (int i = 0; i < 2000; ++i) words += "\\w";
    EXPECT_FALSE(read_regex(words).ok());
    // In time that is linear in the text, whatever the expression.
    EXPECT_EQ(matches("\\<(a*)*b", std::string(5000, 'a')), "");
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
