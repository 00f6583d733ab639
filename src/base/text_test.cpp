#include "base/text.hpp"

#include <gtest/gtest.h>

namespace base {

using std::string_view;

TEST(Text, SplitsAndJoins) {
    EXPECT_EQ(split("a,,b", ',').size(), 3U);
    EXPECT_EQ(split("", ',').size(), 1U);
    EXPECT_EQ(split_lines("a\r\nb\n"), (std::vector<string_view>{"a", "b"}));
    EXPECT_TRUE(split_lines("").empty());
    EXPECT_EQ(join(std::vector<std::string>{"a", "b"}, ", "), "a, b");
    EXPECT_EQ(join(std::vector<std::string>{"", "b"}, ","), ",b");
    EXPECT_EQ(trim("  a b\n"), "a b");
    EXPECT_EQ(replace_all("aXbX", "X", "--"), "a--b--");
}

TEST(Text, MeasuresEditDistance) {
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
    EXPECT_EQ(edit_distance("paln", "plan"), 1U);
    EXPECT_EQ(edit_distance("same", "same"), 0U);
}

TEST(Text, SuggestsOnlyWhatIsNear) {
    const std::vector<string_view> verbs{"plan", "apply", "destroy", "show"};
    EXPECT_EQ(nearest("aply", verbs), "apply");
    EXPECT_EQ(nearest("dest", verbs), "destroy");
    EXPECT_EQ(nearest("Plan", verbs), "plan");
    EXPECT_EQ(nearest("kubernetes", verbs), "");
    EXPECT_EQ(nearest("x", verbs), "");
    EXPECT_EQ(did_you_mean("aply", verbs), "did you mean `apply`?");
    EXPECT_EQ(did_you_mean("zzzz", verbs), "");
}

TEST(Text, SpellsNumbers) {
    EXPECT_EQ(format_count(7), "7");
    EXPECT_EQ(format_count(1234567), "1,234,567");
    EXPECT_EQ(format_count(100), "100");
    EXPECT_EQ(format_bytes(1023), "1023 B");
    EXPECT_EQ(format_bytes(1536), "1.5 KiB");
    EXPECT_EQ(format_bytes(std::uint64_t{1024} * 1024 - 1), "1.0 MiB");
    EXPECT_EQ(format_duration(std::chrono::milliseconds(85)), "85 ms");
    EXPECT_EQ(format_duration(std::chrono::milliseconds(1234)), "1.2 s");
    EXPECT_EQ(format_duration(std::chrono::seconds(187)), "3m 07s");
    EXPECT_EQ(format_duration(std::chrono::seconds(3660)), "1h 01m");
    EXPECT_EQ(count_of(1, "file"), "1 file");
    EXPECT_EQ(count_of(0, "file"), "0 files");
}

TEST(Text, KnowsTheWidthOfCharacters) {
    EXPECT_EQ(display_width("abc"), 3U);
    EXPECT_EQ(display_width("é"), 1U);
    EXPECT_EQ(display_width("e\u0301"), 1U);
    EXPECT_EQ(display_width("漢字"), 4U);
    EXPECT_EQ(display_width("\x1b[31mred\x1b[0m"), 3U);
    EXPECT_EQ(display_width("\xff"), 1U);
    EXPECT_EQ(truncate_to_width("漢字漢字", 5), "漢字…");
    EXPECT_EQ(truncate_to_width("abc", 3), "abc");
    EXPECT_EQ(pad_to_width("é", 3), "é  ");
    EXPECT_EQ(wrap("aa bb cc", 5), (std::vector<std::string>{"aa bb", "cc"}));
}

TEST(Text, ShowsItsOwnStylesAndNoOthers) {
    EXPECT_EQ(shown_text(style_text("31", "red") + " \x1b[31mred\x1b[0m"),
              "\x1b[31mred\x1b[0m \\u{1b}[31mred\\u{1b}[0m");
    EXPECT_EQ(shown_text(style_text("1", "a\x1b]0;b\u009b")), "\x1b[1ma\\u{1b}]0;b\\u{9b}\x1b[0m");
    EXPECT_EQ(shown_text(truncate_to_width(style_text("1", "abcdef"), 3)), "\x1b[1mab\x1b[0m…");
    EXPECT_EQ(display_width(style_text("1;31", "red")), 3U);
}

TEST(Text, BreaksLinesBetweenWords) {
    EXPECT_EQ(wrap_lines("aaa bbb ccc\n  ddd eee fff\n", 8),
              "aaa bbb\n  ccc\n  ddd\n    eee\n    fff\n");
    EXPECT_EQ(wrap_lines("short\n\nx", 8), "short\n\nx");
    EXPECT_EQ(wrap_lines("a /one/very/long/path b", 8), "a\n  /one/very/long/path\n  b");
    EXPECT_EQ(shown_text(wrap_lines(style_text("1", "aaa bbb") + " ccc", 7)),
              "\x1b[1maaa bbb\x1b[0m\n  ccc");
}

TEST(Text, ComparesWithoutCase) {
    EXPECT_TRUE(equal_ignoring_case("Content-Type", "content-type"));
    EXPECT_FALSE(equal_ignoring_case("content-type", "content-typ"));
    EXPECT_FALSE(equal_ignoring_case("[", "{"));
}

TEST(Text, MakesForeignTextHarmless) {
    EXPECT_EQ(escape_controls("a\x1b[2Jb\n"), "a\\u{1b}[2Jb\n");
    EXPECT_EQ(escape_controls("\xff\u202e"), "\\xff\\u{202e}");
    EXPECT_EQ(escape_controls("\u0085\u009b\x7f\u200f\u2028\u2029\u061c\u2066\r"),
              "\\u{85}\\u{9b}\\u{7f}\\u{200f}\\u{2028}\\u{2029}\\u{61c}\\u{2066}\\u{d}");
    EXPECT_EQ(escape_controls("日本 ┌─ 👩\u200d🚀\t\n"), "日本 ┌─ 👩\u200d🚀\t\n");
    EXPECT_EQ(quote_json("a\"\\\n\x01\xff漢"), "\"a\\\"\\\\\\n\\u0001\xef\xbf\xbd漢\"");
    EXPECT_EQ(mend_utf8("a\x01\xff漢\xe6"), "a\x01\xef\xbf\xbd漢\xef\xbf\xbd");
    EXPECT_EQ(quote_shell("plain-1.0"), "plain-1.0");
    EXPECT_EQ(quote_shell("it's"), "'it'\\''s'");
    EXPECT_EQ(quote_shell(""), "''");
}

}
