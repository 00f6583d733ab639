#include "lang/diag/render_json.hpp"
#include "lang/diag/render_text.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>

namespace lang {
namespace {

// Finds the n-th occurrence of a text, for labels.
Span span_of(const Source& source, std::string_view what, int nth = 1) {
    std::size_t at = source.text.find(what);
    while (--nth > 0) at = source.text.find(what, at + 1);
    Pos begin = source.base + static_cast<Pos>(at);
    return {begin, begin + static_cast<Pos>(what.size())};
}

TEST(RenderText, OneLineWithSeveralLabels) {
    SourceMap sources;
    const Source& source = *sources.add("app.ncl", "let x = 1 in\n{ port = \"80\" | Number }\n");
    value::Diagnostic found{
        value::Severity::Error, "EvalError::BlameError", "contract broken by a value", {}, {}, {}};
    found.labels = {{span_of(source, "\"80\""), "this is a String", true},
                    {span_of(source, "Number"), "expected type", false},
                    {span_of(source, "port"), "in this field", false}};
    found.notes = {"first remark\non two lines", "second remark"};
    EXPECT_EQ(render_text(found, sources), R"(error: contract broken by a value
  ┌─ app.ncl:2:10
  │
2 │ { port = "80" | Number }
  │   ----   ^^^^   ------ expected type
  │   │      │
  │   │      this is a String
  │   in this field
  │
  = first remark
    on two lines
  = second remark
)");
}

TEST(RenderText, SpansOfSeveralLines) {
    SourceMap sources;
    const Source& source = *sources.add("m.ncl", "a = {\n  b = {\n    c = 1,\n  },\n}\n# end\n");
    value::Diagnostic found{value::Severity::Warning, "", "two blocks", {}, {}, {}};
    Span outer = span_of(source, "{");
    outer.end = span_of(source, "}", 2).end;
    Span inner = span_of(source, "{", 2);
    inner.end = span_of(source, "}").end;
    found.labels = {{inner, "inner", true}, {outer, "outer", false}};
    EXPECT_EQ(render_text(found, sources), R"(warning: two blocks
  ┌─ m.ncl:2:7
  │
1 │     a = {
  │ ╭───────-
2 │ │     b = {
  │ │ ╭───────^
3 │ │ │     c = 1,
4 │ │ │   },
  │ │ ╰───^ inner
5 │ │   }
  │ ╰───- outer
)");
}

TEST(RenderText, LeavesOutWhatLiesBetween) {
    SourceMap sources;
    std::string text = "first\n";
    for (int i = 0; i < 20; ++i) text += "x\n";
    const Source& source = *sources.add("m.ncl", text + "last one\n");
    value::Diagnostic found{value::Severity::Error, "", "far apart", {}, {}, {}};
    Span whole = span_of(source, "first");
    whole.end = span_of(source, "last").end;
    found.labels = {{whole, "", true}, {span_of(source, "one"), "here", false}};
    EXPECT_EQ(render_text(found, sources), R"(error: far apart
   ┌─ m.ncl:1:1
   │
 1 │   first
   │ ╭─^
   · │
22 │ │ last one
   │ │      --- here
   │ ╰────^
)");
}

TEST(RenderText, SeveralFilesAndTextWithoutPlace) {
    SourceMap sources;
    const Source& one = *sources.add("one.ncl", "1 + x");
    const Source& two = *sources.add("two.ncl", "\n\n\n\n\n\n\n\n\n\"s\"");
    value::Diagnostic found{value::Severity::Error, "", "two files\nand two lines", {}, {}, {}};
    found.labels = {{span_of(two, "\"s\""), "evaluated to this", false},
                    {span_of(one, "x"), "this has type String", true},
                    {{}, "of no place", false}};
    EXPECT_EQ(render_text(found, sources), R"(error: two files
       and two lines
   ┌─ one.ncl:1:5
   │
 1 │ 1 + x
   │     ^ this has type String
   │
   ├─ two.ncl:10:1
   │
10 │ "s"
   │ --- evaluated to this
   │
   = of no place
)");
}

TEST(RenderText, TabsAndWideAndControlCharacters) {
    SourceMap sources;
    const Source& source = *sources.add("w.ncl", "\ta\t= \"日本\x1b\" e\u0301 + b");
    value::Diagnostic found{value::Severity::Error, "", "wide", {}, {}, {}};
    found.labels = {{span_of(source, "\"日本\x1b\""), "text", false},
                    {span_of(source, "b"), "end", true}};
    EXPECT_EQ(render_text(found, sources), R"(error: wide
  ┌─ w.ncl:1:17
  │
1 │     a   = "日本␛" e)"
                                           "\u0301"
                                           R"( + b
  │           -------     ^ end
  │           │
  │           text
)");
}

TEST(RenderText, CutsLongLines) {
    SourceMap sources;
    std::string text(300, 'a');
    const Source& source = *sources.add("l.ncl", text + " wrong " + text);
    value::Diagnostic found{value::Severity::Error, "", "long", {}, {}, {}};
    found.labels = {{span_of(source, "wrong"), "here", true}};
    EXPECT_EQ(render_text(found, sources, {.colour = false, .width = 60}), R"(error: long
  ┌─ l.ncl:1:302
  │
1 │ …aaaaaaaaaaaa wrong aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…
  │               ^^^^^ here
)");
}

TEST(RenderText, EndOfTextAndSameBeginning) {
    SourceMap sources;
    const Source& source = *sources.add("e.ncl", "ab");
    value::Diagnostic found{value::Severity::Error, "", "end", {}, {}, {}};
    found.labels = {{{source.base + 2, source.base + 2}, "nothing follows", true},
                    {{source.base, source.base + 1}, "short", false},
                    {{source.base, source.base + 2}, "long", false}};
    EXPECT_EQ(render_text(found, sources), R"(error: end
  ┌─ e.ncl:1:3
  │
1 │ ab
  │ --^ nothing follows
  │ │
  │ long
  │ short
)");
}

TEST(RenderText, Colours) {
    SourceMap sources;
    const Source& source = *sources.add("c.ncl", "a b");
    value::Diagnostic found{value::Severity::Error, "", "m", {}, {}, {}};
    found.labels = {{span_of(source, "b"), "p", true}};
    EXPECT_EQ(base::shown_text(render_text(found, sources, {.colour = true})),
              "\x1b[1;31merror\x1b[0m\x1b[1m: m\x1b[0m\n"
              "  \x1b[34m┌─ \x1b[0mc.ncl:1:3\n"
              "  \x1b[34m│\x1b[0m\n"
              "\x1b[34m1 │\x1b[0m a b\n"
              "\x1b[34m  │\x1b[0m   \x1b[1;31m^\x1b[0m \x1b[1;31mp\x1b[0m\n");
}

TEST(RenderJson, IsOneLine) {
    SourceMap sources;
    const Source& source = *sources.add("j.ncl", "é {\n}");
    value::Diagnostic found{
        value::Severity::Error, "EvalError::FieldMissing", "missing \"x\"", {}, {"n\n1"}, {}};
    found.expectation = {{"field", "x"}};
    found.labels = {{{source.base + 3, source.base + 6}, "here", true}, {{}, "nowhere", false}};
    value::Diagnostic warning{value::Severity::Warning, "", "old", {}, {}, {}};
    EXPECT_EQ(
        render_json(std::vector{warning, found}, sources),
        R"({"code":{"error":"EvalError::FieldMissing","expectation":{"field":"x"}},"diagnostics":)"
        R"([{"message":"old","severity":"warning","labels":[],"notes":[]},)"
        R"({"message":"missing \"x\"","severity":"error","labels":[)"
        R"({"file":"j.ncl","line":1,"column":3,"end_line":2,)"
        R"("end_column":2,"text":"here","primary":true},)"
        R"({"text":"nowhere","primary":false}],"notes":["n\n1"]}]})");
}

TEST(RenderJson, NamesWithDotsAreObjects) {
    SourceMap sources;
    value::Diagnostic found{value::Severity::Error, "K", "m", {}, {}, {}};
    found.expectation = {{"cause.error", "E"},
                         {"cause.expectation.expected", "A"},
                         {"cause.expectation.inferred", "B"},
                         {"row", "r"}};
    EXPECT_EQ(render_json(std::vector{found}, sources).substr(0, 109),
              R"({"code":{"error":"K","expectation":{"cause":{"error":"E",)"
              R"("expectation":{"expected":"A","inferred":"B"}},"row")");
}

}
}
