#include "lang/print/layout.hpp"

#include <gtest/gtest.h>

namespace lang::print {

static Layout list_of(std::string first, std::string second, std::string after) {
    Layout layout;
    layout.begin();
    layout.text("[");
    layout.indent(2);
    layout.line();
    layout.text(std::move(first));
    layout.text(",");
    layout.line();
    layout.text(std::move(second));
    layout.indent(-2);
    layout.line();
    layout.text("]");
    layout.end();
    layout.text(std::move(after));
    return layout;
}

TEST(Layout, KeepsAGroupOnOneLineUpToTheWidth) {
    EXPECT_EQ(list_of("a", "b", "").render(10).value(), "[ a, b ]");
    EXPECT_EQ(list_of("a", "b", "12").render(10).value(), "[ a, b ]12");
    EXPECT_EQ(list_of("a", "b", "123").render(10).value(), "[\n  a,\n  b\n]123");
}

TEST(Layout, CountsWideCharactersTwice) {
    EXPECT_EQ(list_of("日", "b", "").render(9).value(), "[ 日, b ]");
    EXPECT_EQ(list_of("日", "b", "").render(8).value(), "[\n  日,\n  b\n]");
}

TEST(Layout, BreaksTheOuterGroupFirst) {
    Layout layout;
    layout.begin();
    layout.text("outer");
    layout.line();
    layout.begin();
    layout.text("in");
    layout.line();
    layout.text("ner");
    layout.end();
    layout.end();
    EXPECT_EQ(layout.render(8).value(), "outer\nin ner");
    EXPECT_EQ(layout.render(12).value(), "outer in ner");
}

TEST(Layout, AHardLineBreaksTheGroupsAround) {
    Layout layout;
    layout.begin();
    layout.text("a");
    layout.line();
    layout.text("b");
    layout.hard_line();
    layout.text("c");
    layout.end();
    EXPECT_EQ(layout.render().value(), "a\nb\nc");
}

TEST(Layout, RefusesWhatGrowsTooLarge) {
    Layout layout;
    for (int i = 0; i < 100'000; ++i) {
        layout.hard_line();
        layout.indent(1000);
    }
    EXPECT_FALSE(layout.render(80, 1 << 20).ok());
}

}
