#include "lang/syntax/parser.hpp"

#include "lang/syntax/print_ast.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace lang {
namespace {

// The tree, or the kinds and messages of what was found, one a line.
std::string parsed(std::string text, const ParseLimits& limits = {}) {
    SourceMap sources;
    Arena arena;
    ParseResult result = parse(*sources.add("test.ncl", std::move(text)), arena, limits);
    if (result.ok()) return print_ast(*result.root);
    std::string found;
    for (const value::Diagnostic& diagnostic : result.diagnostics) {
        if (!found.empty()) found += '\n';
        found += diagnostic.kind.substr(diagnostic.kind.rfind(':') + 1) + ": " + diagnostic.message;
    }
    return found;
}

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

TEST(Parser, OperatorsBindAsTheyShould) {
    EXPECT_EQ(parsed("-a b + c"), "(+ (- (apply a b)) c)");
    EXPECT_EQ(parsed("a * b ++ c @ d"), "(* a (@ (++ b c) d))");
    EXPECT_EQ(parsed("!a + b & c"), "(& (! (+ a b)) c)");
    EXPECT_EQ(parsed("a & b |> c < d == e && f || g"), "(|| (&& (== (< (|> (& a b) c) d) e) f) g)");
    EXPECT_EQ(parsed("a || b -> c -> d"), "(-> (|| a b) (-> c d))");
    EXPECT_EQ(parsed("a - b - c"), "(- (- a b) c)");
    EXPECT_EQ(parsed("f x.y -1"), "(- (apply f (. x y)) 1)");
    EXPECT_EQ(parsed("--1"), "(- (- 1))");
    EXPECT_EQ(parsed("a %x% b"), "(% (% a x) b)");
    EXPECT_EQ(parsed("[(+), (.), (!), (|>)]"),
              "(array (section +) (section .) (section !) (section |>))");
}

TEST(Parser, HeadsTakeTheirArguments) {
    EXPECT_EQ(parsed("'Some x.y z"), "(apply ('Some (. x y)) z)");
    EXPECT_EQ(parsed("('Some) 1"), "(apply 'Some 1)");
    EXPECT_EQ(parsed("f 'Some 1"), "(apply f 'Some 1)");
    EXPECT_EQ(parsed("%array/at% a 1 b"), "(apply (%array/at% a 1) b)");
    EXPECT_EQ(parsed("match { 1 => 2 } x"), "(apply (match (1 2)) x)");
    EXPECT_EQ(parsed("Array a b"), "(apply (Array a) b)");
    EXPECT_EQ(parsed("x.\"a\".default.\"b%{c}\""), "(. (. (. x a) \"default\") (string \"b\" c))");
}

TEST(Parser, AnnotationsAreSorted) {
    EXPECT_EQ(parsed("a | B : C | D : E"), "(annotated a (: C) (| B) (| D) (| E))");
    EXPECT_EQ(parsed("{ a | doc \"x\" | doc \"y\" | optional | not_exported | Number }"),
              "(record (field a (| Number) (doc \"x\") optional not_exported))");
    EXPECT_EQ(parsed("{ a | priority - 5 | priority -7 = 1, b | priority 3 | default, c | default "
                     "| force }"),
              "(record (field a (priority -5) 1) (field b (priority 3)) (field c force))");
    EXPECT_EQ(parsed("let x | doc \"d\" : Number = 1 in x"),
              "(let (x (: Number) (doc \"d\") 1) x)");
}

TEST(Parser, RecordsAreTermsOrTypes) {
    EXPECT_EQ(parsed("{ a : Number, b : {}; r }"),
              "(record-type (a Number) (b (record-type)) ; r)");
    EXPECT_EQ(parsed("{}"), "(record)");
    EXPECT_EQ(parsed("x | {}"), "(annotated x (| (record-type)))");
    EXPECT_EQ(parsed("{ a | Number, .. }"), "(record (field a (| Number)) ..)");
    EXPECT_EQ(parsed("{ a.b.\"%{c}\" = 1, include [x, y], include z | Number }"),
              "(record (include x) (include y) (include z (| Number)) "
              "(field a.b.(string c) 1))");
    EXPECT_EQ(parsed("{ include | Number }"), "(record (field include (| Number)))");
    EXPECT_EQ(parsed("{ _ | C }"), "(dict-contract C)");
}

TEST(Parser, ForallBindsVariablesInTypesOnly) {
    EXPECT_EQ(parsed("forall a r e. a -> { x : a; r } -> [| 'A a; e |]"),
              "(forall a (forall r:record (forall e:enum "
              "(-> $a (-> (record-type (x $a) ; r) (enum-type (A $a) ; e))))))");
    EXPECT_EQ(parsed("forall a. Array a -> f a -> { _ : a } -> { _ | a }"),
              "(forall a (-> (Array $a) (-> (apply f a) (-> (dict-type $a) (dict-contract a)))))");
    EXPECT_EQ(parsed("forall r. (forall r. { ; r }) -> r"),
              "(forall r (-> (forall r:record (record-type ; r)) $r))");
    EXPECT_EQ(parsed("forall a. f (forall b. b -> a)"),
              "(forall a (apply f (forall b (-> $b a))))");
    EXPECT_EQ(parsed("forall a. { x : a; a }"),
              "ParseError: the type variable `a` is used in conflicting ways");
}

TEST(Parser, Patterns) {
    EXPECT_EQ(parsed("fun x @ { a, b | Number ? 3 = [c, ..d], ..e } 'T => 1"),
              "(fun ((@ x (record (a a) (b (| Number) (? 3) (array c ..d)) ..e)) 'T) 1)");
    EXPECT_EQ(parsed("match { 'A x or 'B x if x > -1 => 1, or or or => 2, 'C or => 3, -1 => 4 }"),
              "(match ((or ('A x) ('B x)) (if (> x (- 1))) 1) ((or or or) 2) (('C or) 3) (-1 4))");
    EXPECT_EQ(parsed("let x @ y = 1, z @ _ = 2 in 3"), "(let ((@ x (or y)) 1) ((@ z _) 2) 3)");
}

TEST(Parser, Strings) {
    EXPECT_EQ(parsed("\"a%%{b}\\n\\u{41}%\""), "(string \"a%\" b \"\\nA%\")");
    EXPECT_EQ(parsed("m%\"\n  a\n    %{x}\n\n  b %{y}\n\"%"),
              "(string \"a\\n  \" (indented 2 x) \"\\n\\nb \" y)");
    EXPECT_EQ(parsed("a-b-s%%\"%{c}%%{d}\"%%"), "(symbolic a-b \"\\%{c}\" d)");
    EXPECT_EQ(parsed("\"a\r\nb\""), "\"a\\nb\"");
}

TEST(Parser, ReportsKindsAndPayloads) {
    SourceMap sources;
    Arena arena;
    auto only = [&](std::string text) {
        ParseResult result = parse(*sources.add("test.ncl", std::move(text)), arena);
        EXPECT_EQ(result.diagnostics.size(), 1U);
        return result.diagnostics.at(0);
    };
    value::Diagnostic twice = only("let { a, a } = x in a");
    EXPECT_EQ(twice.kind, "ParseError::DuplicateIdentInRecordPattern");
    EXPECT_EQ(twice.expectation.at(0), std::pair(std::string("ident"), std::string("a")));
    EXPECT_EQ(only("{ a : Number, b = 1 }").kind, "ParseError::TypedFieldWithoutDefinition");
}

TEST(Parser, GoesOnAfterAnError) {
    EXPECT_EQ(parsed("{ a = , b = 1 +, c = 2, d == 3, e = [1 2, ;], f = 1 }"),
              "ParseError: unexpected `,`\n"
              "ParseError: unexpected `,`\n"
              "ParseError: unexpected `==`\n"
              "ParseError: unexpected `;`");
    EXPECT_EQ(parsed("let a = ), b = 1 in { x = ], y = }"), "ParseError: unexpected `)`\n"
                                                            "ParseError: unexpected `]`\n"
                                                            "ParseError: unexpected `}`");
    EXPECT_EQ(parsed("let a = , b = 1 in { x = }"),
              "ParseError: unexpected `,`\nParseError: unexpected `}`");
    EXPECT_EQ(parsed("[\"\\q\", \"%{1, 2}\", 3 ^ 4]"), "ParseError: invalid escape sequence\n"
                                                       "ParseError: unexpected `,`\n"
                                                       "ParseError: unexpected character `^`");
}

TEST(Parser, LimitsStopHostileText) {
    auto repeated = [](std::string_view what, std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += what;
        return text;
    };
    const std::string too_deep = "ParseError: the program is nested too deeply";
    for (std::string_view opener :
         {"(", "[", "{a=", "-", "!", "\"%{", "fun x => ", "let x = ", "a -> ", "match { x => ",
          "if ", "x | (", "forall a. ", "Array (", "{_ : "}) {
        EXPECT_EQ(parsed(repeated(opener, 100'000)).substr(0, too_deep.size()), too_deep) << opener;
    }
    const std::string too_long = "ParseError: this chain of operators or fields is too long";
    EXPECT_EQ(parsed("a" + repeated(".b", 100'000)), too_long);
    EXPECT_EQ(parsed("a" + repeated(" + b", 100'000)), too_long);
    EXPECT_EQ(parsed("let" + repeated(" ('A", 100'000)).substr(0, too_deep.size()), too_deep);
    EXPECT_EQ(parsed("{ a" + repeated(".b", 100'000) + " = 1 }").substr(0, too_deep.size()),
              too_deep);
    EXPECT_EQ(parsed("a" + repeated(" + b", 3'000)).substr(0, 2), "(+");
    EXPECT_EQ(parsed(repeated("(", 1'900) + "1" + repeated(")", 1'900)), "1");
    std::string many =
        parsed("[" + repeated("),", 0) + repeated("=,", 1'000) + "]", {.max_errors = 5});
    EXPECT_EQ(std::count(many.begin(), many.end(), '\n'), 4);
}

// The oracle's verdict on these files is checked by tests/interop/syntax.sh.
TEST(Parser, AcceptsAndRefusesTheSamePrograms) {
    for (const char* kind : {"ok", "fail"}) {
        std::size_t count = 0;
        for (const auto& file :
             std::filesystem::directory_iterator("tests/lang/parse/" + std::string(kind))) {
            SourceMap sources;
            Arena arena;
            ParseResult result = parse(*sources.add("test.ncl", read(file.path())), arena);
            EXPECT_EQ(result.ok(), std::string_view(kind) == "ok") << file.path();
            ++count;
        }
        EXPECT_GE(count, 150U);
    }
}

}
}
