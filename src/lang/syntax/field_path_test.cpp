#include "lang/syntax/field_path.hpp"

#include "lang/syntax/parser.hpp"
#include "lang/syntax/print_ast.hpp"
#include "lang/syntax/quoting.hpp"

#include <gtest/gtest.h>

namespace lang {
namespace {

std::string joined(const std::vector<Symbol>& path) {
    std::string result;
    for (Symbol name : path) result += (result.empty() ? "" : ".") + quote_field(name.text());
    return result;
}

TEST(FieldPath, IsReadAsInPrograms) {
    std::vector<value::Diagnostic> found;
    EXPECT_EQ(joined(parse_field_path("a.\"b c\" . default.m%\"x\"%", found)),
              "a.\"b c\".\"default\".x");
    EXPECT_TRUE(found.empty());
    for (const char* bad :
         {"", ".a", "a.", "a..b", "a b", "if", "1", "_", "\"x%{y}\"", "\"a", "a=1"}) {
        found.clear();
        EXPECT_TRUE(parse_field_path(bad, found).empty()) << bad;
        EXPECT_EQ(found.size(), 1U) << bad;
    }
    EXPECT_EQ(found[0].message, "in the path `a=1`: unexpected `=`");
}

std::string assigned(std::string text) {
    SourceMap sources;
    Arena arena;
    std::vector<value::Diagnostic> found;
    auto result = parse_assignment(*sources.add("<assignment>", std::move(text)), arena, found);
    EXPECT_EQ(result.has_value(), found.empty());
    if (!result) return found.at(0).message;
    return joined(result->path) + " = " +
           (result->value ? print_ast(*result->value) : "$" + std::string(result->variable));
}

TEST(FieldPath, Assignments) {
    EXPECT_EQ(assigned("a.\"b=c\"=1 + 2"), "a.\"b=c\" = (+ 1 2)");
    EXPECT_EQ(assigned("a = 1 | Number"), "a = (annotated 1 (| Number))");
    EXPECT_EQ(assigned("a=@env:HOME"), "a = $HOME");
    EXPECT_EQ(assigned("a=@env:ODD^NAME"), "a = $ODD^NAME");
    EXPECT_EQ(assigned("a=@file:x"), "not a value that can be assigned");
    EXPECT_EQ(assigned("a=@env:"), "not a value that can be assigned");
    EXPECT_EQ(assigned("a==1"), "unexpected `==`");
    EXPECT_EQ(assigned("a"), "unexpected end of the file");
    EXPECT_EQ(assigned("a=1 2,"), "unexpected `,`");
    EXPECT_EQ(assigned("=1"), "unexpected `=`");
}

}
}
