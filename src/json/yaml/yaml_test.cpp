#include "json/error.hpp"
#include "json/value.hpp"
#include "json/yaml/reader.hpp"
#include "json/yaml/writer.hpp"

#include <gtest/gtest.h>

namespace json::yaml {
namespace {

std::string read_text(std::string_view text, const Limits& limits = {}) {
    ValueBuilder builder;
    auto result = read(text, builder, limits);
    return result.ok() ? to_text(builder.take()) : "error: " + result.error().text();
}

std::string write_text(std::string_view json, Writer::Stream stream = Writer::Stream::OneDocument) {
    std::string out;
    Writer writer(out, stream);
    write(writer, parse(json).value());
    auto result = writer.finish();
    return result.ok() ? out : "error: " + result.error().text();
}

struct Case {
    const char* yaml;
    const char* json;
};

TEST(YamlReader, ResolvesPlainScalars) {
    for (auto [yaml, json] : {
             Case{"yes", "\"yes\""},
             Case{"True", "true"},
             Case{"tRUE", "\"tRUE\""},
             Case{"~", "null"},
             Case{"NULL", "null"},
             Case{"", "null"},
             Case{"0x10", "16"},
             Case{"0o17", "15"},
             Case{"017", "17"},
             Case{"0b11", "\"0b11\""},
             Case{"-0x10", "\"-0x10\""},
             Case{"0x-10", "-16"},
             Case{"+5.50", "5.50"},
             Case{".5", "0.5"},
             Case{"5.", "5"},
             Case{"1_000", "\"1_000\""},
             Case{"1E5", "1E5"},
             Case{"1.5e+3", "1.5e+3"},
             Case{"2020-01-01", "\"2020-01-01\""},
             Case{"0x8000000000000000", "\"0x8000000000000000\""},
             Case{"99999999999999999999", "99999999999999999999"},
             Case{"1e", "\"1e\""},
             Case{"!!str 1", "\"1\""},
             Case{"!!float 1", "1"},
             Case{"!!int \"1\"", "\"1\""},
             Case{"!foo 1", "1"},
             Case{"'1'", "\"1\""},
             Case{"- !!str", "[\"\"]"},
             Case{"!!null null", "null"},
             Case{"!<tag:yaml.org,2002:str> 1", "1"},
         }) {
        EXPECT_EQ(read_text(yaml), json) << yaml;
    }
    EXPECT_EQ(read_text("- .inf"),
              "error: line 1, column 3: a number can be neither infinite nor NaN");
    EXPECT_EQ(read_text("!!binary aGk="), "error: line 1, column 10: unknown tag '!!binary'");
    EXPECT_EQ(read_text("!!int abc"), "error: line 1, column 7: this is no int, as its tag says");
}

TEST(YamlReader, ReadsCollectionsAndDocuments) {
    for (auto [yaml, json] : {
             Case{"a:\n- 1\n- b: {c: [x, ~]}\n", R"({"a":[1,{"b":{"c":["x",null]}}]})"},
             Case{"a: |\n  x\n  y\nb: >-\n  p\n  q\n", R"({"a":"x\ny\n","b":"p q"})"},
             Case{"1: a\ntrue: b\n: c", R"({"1":"a","true":"b","~":"c"})"},
             Case{"--- 1\n--- 2\n", "[1,2]"},
             Case{"--- 1\n...\n", "1"},
             Case{"# nothing", "null"},
             Case{"a: &x {p: 1}\nb: *x\nc: {<<: *x}",
                  R"({"a":{"p":1},"b":{"p":1},"c":{"<<":{"p":1}}})"},
             Case{"- &a [1, &b 2]\n- *a\n- *b", "[[1,2],[1,2],2]"},
         }) {
        EXPECT_EQ(read_text(yaml), json) << yaml;
    }
    ValueBuilder builder;
    ASSERT_TRUE(read_documents("a", builder).ok());
    EXPECT_EQ(to_text(builder.take()), "[\"a\"]");
    ASSERT_TRUE(read_documents("", builder).ok());
    EXPECT_EQ(to_text(builder.take()), "[]");
}

TEST(YamlReader, NamesThePlaceOfAnError) {
    EXPECT_EQ(read_text("a: 1\nb: *x"), "error: line 2, column 4: unknown anchor 'x'");
    EXPECT_EQ(read_text("a: &x [*x]"), "error: line 1, column 8: unknown anchor 'x'");
    EXPECT_EQ(read_text("é:\n  [a]: b"), "error: line 2, column 3: a key must be a string");
    EXPECT_TRUE(read_text("a: [1, 2").starts_with("error: line ")) << read_text("a: [1, 2");
    EXPECT_TRUE(read_text("a: b: c").starts_with("error: line 1, column "));
    EXPECT_TRUE(read_text("%YAML 3.0\n---\na").starts_with("error: line 1, column 1: "));
    EXPECT_EQ(read_text("a: \xff"), "error: line 1, column 4: invalid UTF-8 at byte 3");
}

TEST(YamlReader, KeepsItsLimits) {
    EXPECT_TRUE(read_text(std::string(10'000, '[')).find("nested deeper") != std::string::npos);
    std::string bomb = "a: &a [1,1,1,1,1,1,1,1,1,1]\n";
    for (char name = 'b'; name < 'k'; ++name) {
        std::string before(1, static_cast<char>(name - 1));
        bomb += std::string(1, name) + ": &" + name + " [";
        for (int i = 0; i < 10; ++i) bomb += "*" + before + ",";
        bomb += "]\n";
    }
    std::string error = read_text(bomb, {.max_expanded_nodes = 10'000});
    EXPECT_TRUE(error.find("aliases expand to more than") != std::string::npos);
    // Few nodes, but long ones, as values and as keys.
    std::string text = "a: &a " + std::string(1000, 'x') + "\nb: &b [*a, *a, *a, *a]\n";
    EXPECT_TRUE(read_text(text, {.max_expanded_bytes = 4000}).starts_with("{"));
    EXPECT_EQ(read_text(text, {.max_expanded_bytes = 3999}),
              "error: the aliases expand to more than 3999 bytes");
    EXPECT_EQ(read_text(text + "c: [*b, *b]\n", {.max_expanded_bytes = 11'999}),
              "error: the aliases expand to more than 11999 bytes");
    text = "a: &a {" + std::string(1000, 'k') + ": 1}\nb: [*a, *a]\n";
    EXPECT_EQ(read_text(text, {.max_expanded_bytes = 1999}),
              "error: the aliases expand to more than 1999 bytes");
}

TEST(YamlReader, ReportsSpans) {
    struct Spans final : Events {
        base::Result<void> note(Span span) {
            log += std::to_string(span.begin) + "-" + std::to_string(span.end) + " ";
            return {};
        }
        base::Result<void> null(Span span) override { return note(span); }
        base::Result<void> boolean(bool, Span span) override { return note(span); }
        base::Result<void> number(std::string_view, Span span) override { return note(span); }
        base::Result<void> string(std::string_view, Span span) override { return note(span); }
        base::Result<void> begin_array(Span) override { return {}; }
        base::Result<void> end_array(Span span) override { return note(span); }
        base::Result<void> begin_object(Span) override { return {}; }
        base::Result<void> key(std::string_view, Span span) override { return note(span); }
        base::Result<void> end_object(Span) override { return {}; }
        std::string log;
    };
    Spans spans;
    ASSERT_TRUE(read("é: [1, 'x']\nb: true", spans).ok());
    EXPECT_EQ(spans.log, "0-2 5-6 8-11 4-12 13-14 16-20 ");
}

TEST(YamlWriter, WritesBlocks) {
    EXPECT_EQ(write_text(R"({"a":1,"b":{},"c":[],"d":[1,[2,{"x":1,"y":[3]}],[],{}],
                             "e":{"f":null}})"),
              "a: 1\nb: {}\nc: []\nd:\n- 1\n- - 2\n  - x: 1\n    y:\n    - 3\n- []\n- {}\n"
              "e:\n  f: null\n");
    EXPECT_EQ(write_text("[]"), "[]\n");
    EXPECT_EQ(write_text(R"([1,{"a":"x\n\n"},[2],"",[],true])", Writer::Stream::Documents),
              "---\n1\n---\na: |+\n  x\n\n---\n- 2\n---\n''\n---\n[]\n---\ntrue\n");
    EXPECT_EQ(write_text("[]", Writer::Stream::Documents), "");
    EXPECT_TRUE(write_text("{}", Writer::Stream::Documents).starts_with("error: "));
}

TEST(YamlWriter, QuotesWhatMustBeQuoted) {
    struct Quoted {
        const char* json;
        const char* yaml;
    };
    for (auto [json, yaml] : {
             Quoted{"\"\"", "''"},
             // Texts that readers of YAML 1.1 take for something else; and some that they do not.
             Quoted{"\"yes\"", "'yes'"},
             Quoted{"\"Off\"", "'Off'"},
             Quoted{"\"y\"", "y"},
             Quoted{"\"22:22\"", "'22:22'"},
             Quoted{"\"1_000\"", "'1_000'"},
             Quoted{"\"2024-01-02\"", "'2024-01-02'"},
             Quoted{"\"<<\"", "'<<'"},
             Quoted{"\"=\"", "'='"},
             Quoted{"\"10.0.0.1\"", "10.0.0.1"},
             Quoted{"\"127.0.0.1:80\"", "127.0.0.1:80"},
             Quoted{"\"1.2.3\"", "1.2.3"},
             Quoted{"\"12ab\"", "12ab"},
             Quoted{"\"true\"", "'true'"},
             Quoted{"\"nULL\"", "nULL"},
             Quoted{"\"1\"", "'1'"},
             Quoted{"\"01\"", "'01'"},
             Quoted{"\"1e400\"", "'1e400'"},
             Quoted{"\"0b1\"", "'0b1'"},
             Quoted{"\"0o8\"", "'0o8'"},
             Quoted{"\"-.inf\"", "'-.inf'"},
             Quoted{"\"inf\"", "inf"},
             Quoted{"\"-a\"", "-a"},
             Quoted{"\"- a\"", "'- a'"},
             Quoted{"\"a: b\"", "'a: b'"},
             Quoted{"\"a:b\"", "a:b"},
             Quoted{"\"a #b\"", "'a #b'"},
             Quoted{"\"a#b\"", "a#b"},
             Quoted{"\" a\"", "' a'"},
             Quoted{"\"it's\"", "it's"},
             Quoted{"\"'a\"", "'''a'"},
             Quoted{"\"---a\"", "'---a'"},
             Quoted{"\"a\\tb\"", "\"a\\tb\""},
             Quoted{"\"\\u0000\"", "\"\\0\""},
             Quoted{"\"\\u0080\"", "\"\\x80\""},
             Quoted{"\"\\u0085\"", "\"\\N\""},
             Quoted{"\"\\ufeff\"", "\"\\uFEFF\""},
             Quoted{"\"a\\nb\"", "|-\n  a\n  b"},
             Quoted{"\"\\n a\\n\"", "|2\n\n   a"},
             Quoted{"\"a \\nb\"", "\"a \\nb\""},
             Quoted{"\"a\\n \"", "\"a\\n \""},
             Quoted{"\"é漢😀\"", "é漢😀"},
             Quoted{"\"a\\u2028b\"", "\"a\\Lb\""},
         }) {
        EXPECT_EQ(write_text(json), std::string(yaml) + "\n") << json;
    }
    EXPECT_EQ(write_text(R"({"a\nb":[1,2],"":3})"), "? |-\n  a\n  b\n: - 1\n  - 2\n'': 3\n");
    std::string long_key(129, 'k');
    EXPECT_EQ(write_text("{\"" + long_key + "\":{\"x\":1}}"), "? " + long_key + "\n: x: 1\n");
}

TEST(YamlWriter, WritesWhatReadsBackAsTheSame) {
    for (const char* json :
         {R"({"a\nb":[1,["x\n\n",{"k":"  y"}]],"c":["\u2028","\t","- #","\n","a\n b\n  c\n"]})",
          R"(["null","~","0x1F","1.","+.5","1_0","a\\b","\"q\"","{x","x}","@a","`"])"}) {
        EXPECT_EQ(read_text(write_text(json)), to_text(parse(json).value()));
    }
}

}
}
