#include "lang/syntax/quoting.hpp"

#include <gtest/gtest.h>

namespace lang {
namespace {

TEST(Quoting, Fields) {
    for (const char* plain : {"a", "_a", "a-b", "a-", "a1", "__x", "include", "or", "as"}) {
        EXPECT_EQ(quote_field(plain), plain);
    }
    for (const char* quoted :
         {"", "_", "__", "1a", "-a", "a b", "a'", "if", "default", "Number", "é"}) {
        EXPECT_EQ(quote_field(quoted), "\"" + std::string(quoted) + "\"");
    }
}

TEST(Quoting, Tags) {
    EXPECT_EQ(quote_tag("if"), "'if");
    EXPECT_EQ(quote_tag("a-b"), "'a-b");
    EXPECT_EQ(quote_tag("a'b"), "'\"a'b\"");
    EXPECT_EQ(quote_tag("_"), "'\"_\"");
    EXPECT_EQ(quote_tag("a\nb"), "'\"a\\nb\"");
}

TEST(Quoting, Strings) {
    EXPECT_EQ(quote_string("a\"b\\c\nd\re\tf"), "\"a\\\"b\\\\c\\nd\\re\tf\"");
    EXPECT_EQ(quote_string("%{a} 100% %%{"), "\"\\%{a} 100% %\\%{\"");
    EXPECT_EQ(quote_string("%"), "\"%\"");
}

}
}
