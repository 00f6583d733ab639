#include "lang/text/text.hpp"

#include <gtest/gtest.h>

namespace lang::text {
namespace {

using Parts = std::vector<std::string_view>;

TEST(Text, CountsClusters) {
    EXPECT_EQ(length(""), 0U);
    EXPECT_EQ(length("plain ascii text"), 16U);
    EXPECT_EQ(length("a\r\nb"), 3U);
    EXPECT_EQ(length("e\u0301"), 1U);
    EXPECT_EQ(length("👨‍👩‍👧🇩🇪🇫🇷👍🏽x"), 5U);
    EXPECT_EQ(length("क्षि"), 1U);   // a conjunct
    EXPECT_EQ(length("க்ஷ"), 2U);    // Tamil has none
    EXPECT_EQ(length("\u1100\u1161\u11a8"), 1U);
    EXPECT_EQ(characters("ae\u0301\r\n"), (Parts{"a", "e\u0301", "\r\n"}));
    EXPECT_EQ(next_boundary("ae\u0301x", 1), 4U);
    EXPECT_EQ(next_boundary("ab", 1), 2U);
}

TEST(Text, NeverSplitsAClusterToFindAPart) {
    EXPECT_FALSE(contains("e\u0301", "e"));
    EXPECT_FALSE(contains("e\u0301", "\u0301"));
    EXPECT_FALSE(contains("\r\n", "\n"));
    EXPECT_TRUE(contains("xe\u0301y", "e\u0301"));
    EXPECT_TRUE(contains("abc", "bc"));
    EXPECT_TRUE(contains("", ""));
    EXPECT_EQ(split("a,,b,", ","), (Parts{"a", "", "b"}));
    EXPECT_EQ(split(",", ","), (Parts{""}));
    EXPECT_EQ(split("", "a"), Parts{});
    EXPECT_EQ(split("ab", ""), (Parts{"a", "b"}));
    EXPECT_EQ(split("a\r\nb\nc", "\n"), (Parts{"a\r\nb", "c"}));
    EXPECT_EQ(replace("e\u0301e", "e", "x"), "e\u0301x");
    EXPECT_EQ(replace("aaaaa", "aa", "b"), "bba");
    EXPECT_EQ(replace("ab", "", "-"), "-a-b-");
}

TEST(Text, CutsBetweenClusters) {
    EXPECT_EQ(substring("e\u0301x", 0, 1).value(), "e\u0301");
    EXPECT_EQ(substring("abc", 1, 3).value(), "bc");
    EXPECT_EQ(substring("abc", 1, 1).value(), "");
    EXPECT_EQ(substring("ab", 0, 5).error().text(),
              "substring: the end must be between 0 and 2, not 5");
    EXPECT_EQ(substring("abc", 3, 3).error().text(),
              "substring: the start must be between 0 and 3, not 3");
    EXPECT_FALSE(substring("abc", 2, 1).ok());
    EXPECT_FALSE(substring("e\u0301", 0, 2).ok());
}

TEST(Text, ChangesCase) {
    EXPECT_EQ(uppercase("straße ŉ ﬃ ǆ az"), "STRASSE ʼN FFI Ǆ AZ");
    EXPECT_EQ(lowercase("ΑΣ ΑΣΑ Σ İ ẞ ΑΣ. AZ"), "ας ασα σ i\u0307 ß ας. az");
    EXPECT_EQ(uppercase("azAZ[`{@"), "AZAZ[`{@");
    EXPECT_EQ(trim("\u00a0\u2003 a b \t\n"), "a b");
    EXPECT_EQ(trim(" \n"), "");
    EXPECT_EQ(trim("a\ufeff"), "a\ufeff");
}

TEST(Text, CountsToAnOffset) {
    ClusterCounter counter("ae\u0301x");
    EXPECT_EQ(counter.count_to(1), 1U);
    EXPECT_EQ(counter.count_to(2), ClusterCounter::npos);
    EXPECT_EQ(counter.count_to(4), 2U);
    EXPECT_EQ(counter.count_to(5), 3U);
    EXPECT_EQ(counter.count_to(0), 0U);
    EXPECT_EQ(counter.count_to(6), ClusterCounter::npos);
}

TEST(Base64, EncodesAndDecodes) {
    EXPECT_EQ(encode_base64("hi>?\u00ff", Base64::Standard), "aGk+P8O/");
    EXPECT_EQ(encode_base64("hi>?\u00ff", Base64::UrlSafe), "aGk-P8O_");
    EXPECT_EQ(encode_base64("hi", Base64::Standard), "aGk=");
    EXPECT_EQ(encode_base64("h", Base64::UrlSafe), "aA==");
    EXPECT_EQ(encode_base64("hi", Base64::NoPad), "aGk");
    for (std::string_view text : {"", "a", "ab", "abc", "abcd", "é漢😀"}) {
        for (auto variant :
             {Base64::Standard, Base64::UrlSafe, Base64::NoPad, Base64::UrlSafeNoPad}) {
            EXPECT_EQ(decode_base64(encode_base64(text, variant), variant).value(), text);
        }
    }
    for (std::string_view bad : {"aGk", "aGl=", "aG k=", "_-8=", "/w==", "a", "aGk=aGk=", "=",
                                 "aGk=\n", "aGk==", "===="}) {
        EXPECT_FALSE(decode_base64(bad, Base64::Standard).ok()) << bad;
    }
    EXPECT_FALSE(decode_base64("aGk=", Base64::NoPad).ok());
}

}
}
