#include "cli/views/text_diff.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cli {
namespace {

std::string shown(std::string_view before, std::string_view after, std::size_t context = 1) {
    std::string out;
    for (const DiffLine& line : diff_lines(before, after, context)) {
        out += line.mark == '.' ? "." + std::to_string(line.left_out)
                                : line.mark + std::string(line.text);
        out += '\n';
    }
    return out;
}

TEST(TextDiff, ChangedLineHasItsSurroundings) {
    EXPECT_EQ(shown("a\nb\nc\nd\ne\n", "a\nb\nX\nd\ne\n"), ".1\n b\n-c\n+X\n d\n.1\n");
}

TEST(TextDiff, AddedAndRemoved) {
    EXPECT_EQ(shown("a\nb\n", "a\nb\nc\n"), ".1\n b\n+c\n");
    EXPECT_EQ(shown("a\n", ""), "-a\n");
    EXPECT_EQ(shown("", "a\n"), "+a\n");
}

TEST(TextDiff, EqualIsLeftOut) { EXPECT_EQ(shown("a\nb\n", "a\nb\n"), ".2\n"); }

TEST(TextDiff, HugeIsToldWhole) {
    std::string a;
    std::string b;
    for (int i = 0; i < 3000; ++i) {
        a += "a" + std::to_string(i) + "\n";
        b += "b" + std::to_string(i) + "\n";
    }
    EXPECT_EQ(diff_lines(a, b, 2).size(), 6000U);
}

}
}
