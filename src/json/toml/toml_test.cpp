#include "json/format.hpp"
#include "json/toml/reader.hpp"
#include "json/value.hpp"

#include <gtest/gtest.h>

namespace json::toml {
namespace {

std::string read_text(std::string_view text, const Limits& limits = {}) {
    ValueBuilder builder;
    auto result = read(text, builder, limits);
    return result.ok() ? to_text(builder.take()) : "error: " + result.error().text();
}

std::string write_text(std::string_view json) {
    std::string out;
    auto writer = make_writer(Format::Toml, out);
    write(*writer, parse(json).value());
    auto result = writer->finish();
    return result.ok() ? out : "error: " + result.error().text();
}

struct Case {
    const char* toml;
    const char* json;
};

TEST(TomlReader, ReadsScalars) {
    for (auto [toml, json] : {
             Case{"a = +1_000", "1000"},
             Case{"a = 0xDEAD_beef", "3735928559"},
             Case{"a = 0o17", "15"},
             Case{"a = 0b11", "3"},
             Case{"a = 6.6e-34", "6.6e-34"},
             Case{"a = true # c", "true"},
             Case{R"(a = "x\t\u00e9\x41\e")", "\"x\\téA\\u001b\""},
             Case{R"(a = 'x\y')", R"("x\\y")"},
             Case{"a = \"\"\"\nx\\\n   y\"\"\"", "\"xy\""},
             Case{R"(a = """"x"""")", R"("\"x\"")"},
             Case{"a = '''\nx\n'''", "\"x\\n\""},
             Case{"a = 1979-05-27 07:32:00z", "\"1979-05-27T07:32:00Z\""},
             Case{"a = 07:32:00.100", "\"07:32:00.1\""},
             Case{"a = 07:32", "\"07:32\""},
             Case{"a = 1979-05-27T07:32:00-00:00", "\"1979-05-27T07:32:00+00:00\""},
             Case{"a = 2000-02-29", "\"2000-02-29\""},
             Case{"a = [\n1, # c\n[2], ]", "[1,[2]]"},
             Case{"a = {\nb=1, c.d=2,}", R"({"b":1,"c":{"d":2}})"},
         }) {
        EXPECT_EQ(read_text(toml), "{\"a\":" + std::string(json) + "}") << toml;
    }
}

TEST(TomlReader, ReadsTables) {
    for (auto [toml, json] : {
             Case{"", "{}"},
             Case{"[a.b]\n[a]\nx=1", R"({"a":{"b":{},"x":1}})"},
             Case{"[[a]]\nb=1\n[[a]]\nb=2\n[a.c]\nd=3", R"({"a":[{"b":1},{"b":2,"c":{"d":3}}]})"},
             Case{"[f]\na.c=1\n[f.a.t]\nx=1", R"({"f":{"a":{"c":1,"t":{"x":1}}}})"},
             Case{"[a.b.c]\nz=9\n[a]\nb.t=1", R"({"a":{"b":{"c":{"z":9},"t":1}}})"},
             Case{"'a.b' = 1\n\"\" = 2\n1.2 = 3", R"({"a.b":1,"":2,"1":{"2":3}})"},
             Case{"\xEF\xBB\xBF"
                  "a=1\r\nb=2\r\n",
                  R"({"a":1,"b":2})"},
         }) {
        EXPECT_EQ(read_text(toml), json) << toml;
    }
}

TEST(TomlReader, NamesThePlaceOfAnError) {
    for (auto [toml, error] : {
             Case{"a=1\na=2", "line 2, column 1: the key 'a' is defined twice, first in line 1"},
             Case{"[a]\n[a]", "line 2, column 2: the key 'a' is defined twice, first in line 1"},
             Case{"[a]\nb.c=1\n[a.b]",
                  "line 3, column 4: the key 'b' is defined twice, first in line 2"},
             Case{"a={}\na.c=2", "line 2, column 1: the key 'a' is defined twice, first in line 1"},
             Case{"a=[{}]\n[[a]]",
                  "line 2, column 3: the key 'a' is defined twice, first in line 1"},
             Case{"[a.b]\nx=1\n[a]\nb.y=1",
                  "line 4, column 1: the key 'b' is defined twice, first in line 1"},
             Case{"é = 1", "line 1, column 1: expected a key"},
             Case{"a", "line 1, column 2: expected '=', found the end of the text"},
             Case{"a = 1 b", "line 1, column 7: expected the end of the line"},
             Case{"a = 01", "line 1, column 5: a number may not start with a zero"},
             Case{"a = 1__0", "line 1, column 5: invalid number"},
             Case{"a = nan", "line 1, column 5: a number can be neither infinite nor NaN"},
             Case{"a = 1979-02-30", "line 1, column 5: invalid date"},
             Case{"a = 24:00:00", "line 1, column 5: invalid time"},
             Case{"a = \"\\q\"", "line 1, column 6: unknown escape in a string"},
             Case{"a = \"\\ud800\"", "line 1, column 6: the escape is no character"},
             Case{"a = \"x\ny\"", "line 1, column 7: expected a closing quote"},
             Case{"a = [1 2]", "line 1, column 8: expected a comma or ']'"},
             Case{"a = True", "line 1, column 5: invalid value"},
             Case{"[a", "line 1, column 3: expected a closing bracket, found the end of the text"},
             Case{"# \x01", "line 1, column 3: invalid character in a comment"},
         }) {
        EXPECT_EQ(read_text(toml), "error: " + std::string(error)) << toml;
    }
}

TEST(TomlReader, KeepsItsLimits) {
    EXPECT_TRUE(read_text("a = " + std::string(100'000, '[')).find("nested deeper") !=
                std::string::npos);
    std::string key = "a";
    for (int i = 0; i < 100'000; ++i) key += ".a";
    EXPECT_TRUE(read_text(key + "=1").find("too many parts") != std::string::npos);
    EXPECT_TRUE(read_text("[" + key + "]").find("too many parts") != std::string::npos);
}

TEST(TomlWriter, PutsPlainMembersFirst) {
    EXPECT_EQ(write_text(R"({"a":{"b":{"c":1},"d":2},"e":[1,[2],{"x":1}],"g":[{"h":1},{}],
                             "l":[[1]],"o":{},"p":{"q":{"r":[]}}})"),
              "e = [\n    1,\n    [2],\n    { x = 1 },\n]\nl = [[1]]\n\n[a]\nd = 2\n\n[a.b]\n"
              "c = 1\n\n[[g]]\nh = 1\n\n[[g]]\n\n[o]\n\n[p.q]\nr = []\n");
    EXPECT_EQ(write_text(R"({"a":{"b":[{"x":1}]}})"), "[[a.b]]\nx = 1\n");
    EXPECT_EQ(write_text("{}"), "");
    EXPECT_EQ(write_text("[1]"), "error: TOML needs a record at the top");
    EXPECT_EQ(write_text(R"({"a":[null]})"), "error: TOML has no null");
}

TEST(TomlWriter, ChoosesTheKindOfString) {
    struct Quoted {
        const char* json;
        const char* toml;
    };
    for (auto [json, toml] : {
             Quoted{R"("it's")", R"("it's")"},
             Quoted{R"("a\\b")", R"('a\b')"},
             Quoted{R"("a\"b")", R"('a"b')"},
             Quoted{R"("a\"b'c")", R"("""a"b'c""")"},
             Quoted{R"("\t")", R"("\t")"},
             Quoted{R"("\u007f\u0001")", R"("\u007F\u0001")"},
             Quoted{R"("x\ny")", "\"\"\"\nx\ny\"\"\""},
             Quoted{R"("\\\n")", "'''\n\\\n'''"},
             Quoted{R"("a\r\nb")", "\"\"\"\na\\r\nb\"\"\""},
             Quoted{R"("''''\n\"\"\"")", "\"\"\"\n''''\n\"\"\\\"\"\"\""},
             Quoted{R"("''''\"\"\"")", R"("''''\"\"\"")"},
         }) {
        std::string object = "{\"a\":" + std::string(json) + "}";
        EXPECT_EQ(write_text(object), "a = " + std::string(toml) + "\n");
    }
    EXPECT_EQ(write_text(R"({"":1,"a-b":2,"a b":3,"\"":4,"'":5,"\n":6})"),
              "\"\" = 1\na-b = 2\n\"a b\" = 3\n'\"' = 4\n\"'\" = 5\n\"\\n\" = 6\n");
}

TEST(TomlWriter, WritesWhatReadsBackAsTheSame) {
    std::string json = R"({"a":["x\ny","\"\"\"","'''\"\"\"\n\\",{"b":"\u0000"}],"c":{"d":{}}})";
    EXPECT_EQ(read_text(write_text(json)), to_text(parse(json).value()));
}

}
}
