#include "json/error.hpp"
#include "json/reader.hpp"
#include "json/value.hpp"
#include "json/writer.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace json {
namespace {

std::string round_trip(std::string_view text) {
    auto value = parse(text);
    return value.ok() ? to_text(*value) : value.error().text();
}

TEST(JsonReader, ReadsEveryKindOfValue) {
    EXPECT_EQ(round_trip(R"( {"a":[1,-2.50,1e5,true,false,null],"b":{},"c":[]} )"),
              R"({"a":[1,-2.50,1e5,true,false,null],"b":{},"c":[]})");
    EXPECT_EQ(round_trip(R"("\u00e9\ud83d\ude00\/\b\f\n\r\t\"\\\u0000")"),
              "\"é😀/\\b\\f\\n\\r\\t\\\"\\\\\\u0000\"");
    EXPECT_EQ(round_trip("123456789012345678901234567890.5"), "123456789012345678901234567890.5");
    std::string long_text = "\"" + std::string(1000, 'x') + "\\n" + std::string(50, 'y') + "\"";
    EXPECT_EQ(round_trip(long_text), long_text);
}

TEST(JsonReader, NamesThePlaceOfAnError) {
    struct Case {
        const char* text;
        const char* error;
    };
    for (auto [text, error] : {
             Case{"", "line 1, column 1: expected a value, found the end of the text"},
             Case{"{a: 1}", "line 1, column 2: expected a string as key"},
             Case{"{\"a\":1,}", "line 1, column 8: expected a string as key"},
             Case{"[1,2,]", "line 1, column 6: expected a value"},
             Case{"[1\n 2]", "line 2, column 2: expected a comma or ']'"},
             Case{"{\"é\" 1}", "line 1, column 6: expected a colon"},
             Case{"01", "line 1, column 2: a number may not start with a zero"},
             Case{"-", "line 1, column 2: expected a digit, found the end of the text"},
             Case{"1.", "line 1, column 3: expected a digit, found the end of the text"},
             Case{"1e", "line 1, column 3: expected a digit, found the end of the text"},
             Case{"tru", "line 1, column 1: expected 'true'"},
             Case{"1 2", "line 1, column 3: expected the end"},
             Case{"\"a\tb\"", "line 1, column 3: a control character must be escaped in a string"},
             Case{"\"a", "line 1, column 3: expected the end of the string, found the end of the "
                         "text"},
             Case{"\"\\x41\"", "line 1, column 2: unknown escape in a string"},
             Case{"\"\\u12g4\"", "line 1, column 6: expected four hexadecimal digits"},
             Case{"\"\\ud83d\"", "line 1, column 2: unpaired surrogate"},
             Case{"\"\\ude00\"", "line 1, column 2: unpaired surrogate"},
             Case{"\"\\ud83d\\u0041\"", "line 1, column 2: unpaired surrogate"},
             Case{"[\"\xff\"]", "line 1, column 3: invalid UTF-8 at byte 2"},
             Case{R"({"a":1,"a":2})", "the key 'a' occurs twice in one object (byte 7)"},
             Case{"[1] x", "line 1, column 5: expected the end"},
             Case{"]", "line 1, column 1: expected a value"},
         }) {
        auto value = parse(text);
        ASSERT_FALSE(value.ok()) << text;
        EXPECT_EQ(value.error().text(), error) << text;
    }
    auto value = parse("[1,\n  nope]");
    auto* detail = dynamic_cast<const SyntaxError*>(value.error().detail());
    ASSERT_NE(detail, nullptr);
    EXPECT_EQ(detail->span.begin, 6U);
    EXPECT_EQ(detail->position.line, 2U);
    EXPECT_EQ(detail->position.column, 3U);
}

TEST(JsonReader, KeepsItsLimits) {
    EXPECT_TRUE(parse(std::string(2000, '[') + std::string(2000, ']')).ok());
    EXPECT_FALSE(parse(std::string(2001, '[') + std::string(2001, ']')).ok());
    EXPECT_FALSE(parse(std::string(10'000'000, '[')).ok());
    auto large = parse("[1,2,3]", {.max_bytes = 5});
    EXPECT_EQ(large.error().code(), base::Code::Exhausted);
}

TEST(JsonReader, FindsTheFirstInvalidByte) {
    EXPECT_EQ(find_invalid_utf8("plain ascii, long enough for words é ß 漢 😀"),
              std::string_view("plain ascii, long enough for words é ß 漢 😀").size());
    for (std::string_view bad :
         {"\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\x80", "\xe2\x82", "\xf0\x9f\x98", "\xc3"}) {
        EXPECT_EQ(find_invalid_utf8("0123456789" + std::string(bad)), 10U);
        EXPECT_EQ(find_invalid_utf8("0123456789" + std::string(bad) + "0123456789"), 10U);
    }
}

// Notes each event with the text its span covers.
class Recorder final : public Events {
public:
    explicit Recorder(std::string_view text) : text_(text) {}
    base::Result<void> null(Span span) override { return note("null", span); }
    base::Result<void> boolean(bool, Span span) override { return note("bool", span); }
    base::Result<void> number(std::string_view, Span span) override { return note("num", span); }
    base::Result<void> string(std::string_view, Span span) override { return note("str", span); }
    base::Result<void> begin_array(Span span) override { return note("begin", span); }
    base::Result<void> end_array(Span span) override { return note("end", span); }
    base::Result<void> begin_object(Span span) override { return note("begin", span); }
    base::Result<void> key(std::string_view, Span span) override { return note("key", span); }
    base::Result<void> end_object(Span span) override { return note("end", span); }
    std::string log;

private:
    base::Result<void> note(const char* what, Span span) {
        log += what;
        log += '<' + std::string(text_.substr(span.begin, span.end - span.begin)) + '>';
        return {};
    }
    std::string_view text_;
};

TEST(JsonReader, ReportsSpans) {
    std::string_view text = R"( {"a" : [1.5, "x\n"], "b":null} )";
    Recorder recorder(text);
    ASSERT_TRUE(read(text, recorder).ok());
    EXPECT_EQ(recorder.log, R"(begin<{>key<"a">begin<[>num<1.5>str<"x\n">end<[1.5, "x\n"]>)"
                            R"(key<"b">null<null>end<{"a" : [1.5, "x\n"], "b":null}>)");
}

TEST(JsonValue, FindsMembers) {
    Object object;
    for (int i = 0; i < 1000; ++i) object.set("key" + std::to_string(i), i);
    EXPECT_EQ(object.size(), 1000U);
    for (int i = 0; i < 1000; ++i) {
        ASSERT_NE(object.find("key" + std::to_string(i)), nullptr);
        EXPECT_EQ(*object.find("key" + std::to_string(i))->as_int64(), i);
    }
    EXPECT_EQ(object.find("key1000"), nullptr);
    object.set("key5", "other");
    EXPECT_EQ(object.size(), 1000U);
    EXPECT_EQ((object.begin() + 5)->key, "key5");
    EXPECT_TRUE(object.remove("key7"));
    EXPECT_FALSE(object.remove("key7"));
    EXPECT_EQ(object.find("key7"), nullptr);
    EXPECT_EQ(*object.find("key999")->as_int64(), 999);

    Value value = parse(R"({"a":{"b":{"c":"x","n":7,"t":true}}})").value();
    EXPECT_EQ(*value.find("a", "b", "c")->as_string(), "x");
    EXPECT_EQ(value.find("a", "x", "c"), nullptr);
    EXPECT_EQ(value.find("a", "b")->int64_or("n", 0), 7);
    EXPECT_EQ(value.find("a", "b")->int64_or("c", 3), 3);
    EXPECT_TRUE(value.find("a", "b")->bool_or("t", false));
    EXPECT_EQ(value.string_or("none", "fallback"), "fallback");
}

TEST(JsonValue, ComparesWithoutOrder) {
    EXPECT_EQ(parse(R"({"a":1,"b":[2]})").value(), parse(R"({"b":[2],"a":1})").value());
    EXPECT_NE(parse(R"({"a":1})").value(), parse(R"({"a":2})").value());
    EXPECT_NE(parse("[1,2]").value(), parse("[2,1]").value());
}

TEST(JsonValue, KeepsNumbersExact) {
    EXPECT_EQ(to_text(Value(std::numeric_limits<std::uint64_t>::max())), "18446744073709551615");
    EXPECT_EQ(to_text(Value(0.1)), "0.1");
    EXPECT_EQ(to_text(Value(std::numeric_limits<double>::infinity())), "null");
    EXPECT_EQ(parse("-0").value().number_text(), "-0");
    EXPECT_EQ(parse("9223372036854775808").value().as_int64(), nullptr);
    EXPECT_EQ(parse("2.5").value().to_double(), 2.5);
}

TEST(JsonWriter, IndentsByTwo) {
    EXPECT_EQ(to_pretty_text(parse(R"({"a":1,"b":{},"c":[],"d":[1,[2,{"x":1}],[],{}]})").value()),
              R"({
  "a": 1,
  "b": {},
  "c": [],
  "d": [
    1,
    [
      2,
      {
        "x": 1
      }
    ],
    [],
    {}
  ]
})");
}

TEST(JsonWriter, PrintsTheShortestDouble) {
    struct Case {
        double value;
        const char* json;
        const char* plain;
    };
    for (auto [value, text, plain] : {
             Case{0.1, "0.1", "0.1"},
             Case{1e30, "1e+30", "1000000000000000000000000000000.0"},
             Case{-1.5e-7, "-1.5e-7", "-0.00000015"},
             Case{1e-5, "0.00001", "0.00001"},
             Case{1.234e-6, "1.234e-6", "0.000001234"},
             Case{0.0, "0.0", "0.0"},
             Case{3.0, "3.0", "3.0"},
             Case{1.8446744073709552e19, "1.8446744073709552e+19", "18446744073709552000.0"},
             Case{123456789012345678.5, "1.2345678901234568e+17", "123456789012345680.0"},
             Case{1234567890123456.5, "1234567890123456.5", "1234567890123456.5"},
         }) {
        EXPECT_EQ(format_double(value), text);
        EXPECT_EQ(format_double_plain(value), plain);
    }
    EXPECT_EQ(format_double_yaml(1e30), "1e30");
}

}
}
