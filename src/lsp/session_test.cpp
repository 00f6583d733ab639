#include "lsp/testing.hpp"

#include "base/text.hpp"

#include <random>

// Conversations with the real program, as an editor has them.
namespace lsp {
namespace {

TEST(Lsp, BeginsAndEnds) {
    Session session;
    session.initialize();
    EXPECT_EQ(session.leave(), 0);
    // As the official server is called, and with what clients add.
    Session named({"--stdio"}, "nls");
    named.initialize();
    EXPECT_EQ(named.leave(), 0);
}

TEST(Lsp, TellsWhatIsWrongAndWhenItIsRight) {
    Session session;
    session.initialize();
    session.open("a.ncl", "{ port = 80, other = prt }\n");
    Value found = session.diagnostics("a.ncl");
    ASSERT_EQ(found.as_array()->size(), 1U);
    const Value& one = found.as_array()->front();
    EXPECT_EQ(one.string_or("code", ""), "TypecheckError::UnboundIdentifier");
    EXPECT_EQ(one.find("range", "start")->int64_or("character", 0), 21);
    // What the message suggests is an edit.
    const Value actions = session.request(
        "textDocument/codeAction", Object{{"textDocument", Object{{"uri", session.uri("a.ncl")}}},
                                          {"range", *one.find("range")},
                                          {"context", Object{{"diagnostics", found}}}});
    ASSERT_EQ(actions.as_array()->size(), 1U);
    EXPECT_EQ(actions.as_array()->front().string_or("title", ""), "Replace by `port`");
    session.change("a.ncl", {0, 21}, {0, 24}, "port");
    EXPECT_TRUE(session.diagnostics("a.ncl").as_array()->empty());
    session.change("a.ncl", {0, 0}, {0, 1}, "");
    EXPECT_FALSE(session.diagnostics("a.ncl").as_array()->empty());
}

TEST(Lsp, HintsAtWhatIsNoMistake) {
    Session session;
    session.initialize();
    session.open("l.ncl", "let unused = 1, _known = 2, C = fun label value => value in\n"
                          "let { a, b } = { a = 1, b = 2 } in { x | C = a }\n");
    const Value found = session.diagnostics("l.ncl");
    std::string shown;
    for (const Value& one : *found.as_array()) {
        shown += std::to_string(one.int64_or("severity", 0)) + " " +
                 std::string(one.string_or("message", "")) + "\n";
    }
    EXPECT_EQ(shown, "2 a plain function as a contract is deprecated: wrap it by "
                     "`std.contract.from_validator` or `std.contract.custom`\n"
                     "4 `unused` is never used\n"
                     "4 `b` is never used\n");
}

TEST(Lsp, TellsOfTypesAndImports) {
    Session session;
    session.initialize();
    session.open("t.ncl", "let x : Number = \"a\" in import \"gone.ncl\"\n");
    Value found = session.diagnostics("t.ncl");
    ASSERT_FALSE(found.as_array()->empty());
    EXPECT_EQ(found.as_array()->front().string_or("code", ""), "ImportError::IoError");
    // The text of an open file counts, not that on the disk.
    session.open("gone.ncl", "{ a = 1 }");
    session.version = 1;
    do found = session.diagnostics("t.ncl");
    while (found.as_array()->front().string_or("code", "").starts_with("Import"));
    EXPECT_TRUE(found.as_array()->front().string_or("code", "").starts_with("TypecheckError"));
}

TEST(Lsp, HoverShowsContractAndDocumentation) {
    Session session;
    session.initialize();
    const Marked text("let port | Number | doc \"where it listens\" = 80 in\n"
                      "{ a = po<1>rt, b = std.array.ma<2>p (fun x => x) [], c = <3>1 }\n");
    session.open("h.ncl", text.text);
    const std::string port = hover_text(session.at("hover", "h.ncl", text.at(1)));
    EXPECT_NE(port.find("port | Number = 80"), port.npos) << port;
    EXPECT_NE(port.find("where it listens"), port.npos) << port;
    const std::string map = hover_text(session.at("hover", "h.ncl", text.at(2)));
    EXPECT_NE(map.find("map : forall a b."), map.npos) << map;
    EXPECT_TRUE(session.at("hover", "h.ncl", text.at(3)).is_null());
}

TEST(Lsp, HintsAtTypesThatAreNotWritten) {
    Session session;
    session.initialize();
    session.write("lib.ncl", "{ port = 80, double = fun x => x * 2 }\n");
    session.open("i.ncl", "let lib = import \"lib.ncl\" in\n"
                          "let port = lib.port, size = std.string.length \"x\", plain = 1 in\n"
                          "let known : Number = 1 + 1, twice = lib.double port in\n"
                          "{ name = std.to_string port, deep.er = 1 + 1, f = fun x => x,\n"
                          "  parts = std.string.split \",\" \"a,b\", is_it = !true }\n");
    const auto hints = [&](int first, int last) {
        const Value found = session.request(
            "textDocument/inlayHint",
            Object{{"textDocument", Object{{"uri", session.uri("i.ncl")}}},
                   {"range", Object{{"start", Object{{"line", first}, {"character", 0}}},
                                    {"end", Object{{"line", last}, {"character", 0}}}}}});
        std::string shown;
        for (const Value& one : *found.as_array()) {
            shown += std::to_string(one.find("position")->int64_or("line", -1)) + ":" +
                     std::to_string(one.find("position")->int64_or("character", -1)) +
                     std::string(one.string_or("label", "")) + " ";
        }
        return shown;
    };
    EXPECT_EQ(hints(0, 9), "1:8: Number 1:25: Number 2:33: Number 3:6: String 4:7: Array Dyn "
                           "4:43: Bool ");
    EXPECT_EQ(hints(3, 4), "3:6: String ");
}

TEST(Lsp, DefinitionsReferencesAndRename) {
    Session session;
    session.initialize();
    const Marked lib("{\n  <1>port | Number = 80,\n  name = \"x\",\n}\n");
    const Marked main("let lib = import \"lib.ncl\" in\n"
                      "let <2>count = 1 in\n"
                      "{ a = lib.po<1>rt, b = cou<3>nt + count, c = fun { <4>x, y } => x + y }\n");
    session.write("lib.ncl", lib.text);
    session.open("main.ncl", main.text);
    EXPECT_EQ(lines_of(session.at("definition", "main.ncl", main.at(1))), "lib.ncl:1:2 ");
    EXPECT_EQ(lines_of(session.at("definition", "main.ncl", main.at(3))), "main.ncl:1:4 ");
    EXPECT_EQ(lines_of(session.at("references", "main.ncl", main.at(2),
                                  Object{{"context", Object{{"includeDeclaration", true}}}})),
              "main.ncl:1:4 main.ncl:2:20 main.ncl:2:28 ");
    EXPECT_EQ(lines_of(session.at("references", "main.ncl", main.at(1),
                                  Object{{"context", Object{{"includeDeclaration", true}}}})),
              "main.ncl:2:10 lib.ncl:1:2 ");
    const Value renamed =
        session.at("rename", "main.ncl", main.at(4), Object{{"newName", "width"}});
    const Value* edits = renamed.find("changes", session.uri("main.ncl"));
    ASSERT_NE(edits, nullptr);
    ASSERT_EQ(edits->as_array()->size(), 2U);
    // The field keeps its name.
    EXPECT_EQ((*edits->as_array())[0].string_or("newText", ""), "x = width");
    EXPECT_EQ((*edits->as_array())[1].string_or("newText", ""), "width");
}

TEST(Lsp, CompletesFieldsNamesAndTheLibrary) {
    Session session;
    session.initialize();
    const Marked text(
        "let server = { host = \"a\", port | Number | default = 1 } in\n"
        "let more = server & { extra.deep = 1 } in\n"
        "{ a = server.<1>, b = more.<2>, c = std.arr<3>, d = more.extra.<4>, e = ser<5> }\n");
    session.open("c.ncl", text.text);
    EXPECT_EQ(labels(session.at("completion", "c.ncl", text.at(1))),
              (std::vector<std::string>{"host", "port"}));
    EXPECT_EQ(labels(session.at("completion", "c.ncl", text.at(2))),
              (std::vector<std::string>{"extra", "host", "port"}));
    EXPECT_TRUE(has(labels(session.at("completion", "c.ncl", text.at(3))), "array"));
    EXPECT_EQ(labels(session.at("completion", "c.ncl", text.at(4))),
              (std::vector<std::string>{"deep"}));
    const auto scope = labels(session.at("completion", "c.ncl", text.at(5)));
    EXPECT_TRUE(has(scope, "server") && has(scope, "a") && has(scope, "std"));
}

TEST(Lsp, CompletesTagsOfAnEnum) {
    Session session;
    session.initialize();
    const Marked text("let Size = [| 'Small, 'Large |] in\n"
                      "let Box = { size | Size, .. } in\n"
                      "{ a | Size = <1>, b | Box = { size = 'S<2> } }\n");
    session.open("e.ncl", text.text);
    for (const int mark : {1, 2}) {
        const auto found = labels(session.at("completion", "e.ncl", text.at(mark)));
        ASSERT_GT(found.size(), 2U);
        EXPECT_EQ(found[0], "'Large");
        EXPECT_EQ(found[1], "'Small");
    }
}

TEST(Lsp, CompletesInputsOfResources) {
    Session session;
    session.initialize();
    const Marked text("let local = import \"provisioning/local.ncl\" in\n"
                      "{\n"
                      "  resources = {\n"
                      "    page | local.File = { path = \"a\", <1> },\n"
                      "    copy = { content = page.<2> } | local.File,\n"
                      "    many | Array local.File = [{ <3> }],\n"
                      "  },\n"
                      "  x = local.<4>\n"
                      "}\n");
    session.open("main.ncl", text.text);
    const auto inputs = labels(session.at("completion", "main.ncl", text.at(1)));
    ASSERT_FALSE(inputs.empty());
    EXPECT_EQ(inputs.front(), "content");   // required
    EXPECT_TRUE(has(inputs, "mode") && has(inputs, "lifecycle"));
    EXPECT_FALSE(has(inputs, "path"));       // there already
    EXPECT_FALSE(has(inputs, "location"));   // an output
    EXPECT_TRUE(has(labels(session.at("completion", "main.ncl", text.at(2))), "location"));
    EXPECT_EQ(labels(session.at("completion", "main.ncl", text.at(3))).front(), "content");
    EXPECT_TRUE(has(labels(session.at("completion", "main.ncl", text.at(4))), "File"));
}

TEST(Lsp, CompletesWhatCanBeImported) {
    Session session;
    session.initialize();
    session.write("parts/web.ncl", "{}");
    session.write("parts/notes.md", "");
    const Marked text("{ a = import \"<1>\", b = import \"parts/<2>\" }");
    session.open("main.ncl", text.text);
    const auto count = [&](int mark, std::string_view label) {
        const Value items = session.at("completion", "main.ncl", text.at(mark));
        return std::ranges::count_if(*items.as_array(), [&](const Value& item) {
            return item.string_or("label", "") == label;
        });
    };
    EXPECT_EQ(count(1, "provisioning/local.ncl"), 1);
    EXPECT_EQ(count(2, "web.ncl"), 1);
    EXPECT_EQ(count(2, "notes.md"), 0);
}

TEST(Lsp, SymbolsAndFormatting) {
    Session session;
    session.initialize();
    session.open("s.ncl", "let f = fun x => x in\n{ a = { b=1 }, c.d = f }\n");
    const Value symbols =
        session.request("textDocument/documentSymbol",
                        Object{{"textDocument", Object{{"uri", session.uri("s.ncl")}}}});
    ASSERT_EQ(symbols.as_array()->size(), 3U);
    EXPECT_EQ((*symbols.as_array())[0].string_or("name", ""), "f");
    EXPECT_EQ((*symbols.as_array())[1].find("children")->as_array()->size(), 1U);
    EXPECT_EQ((*symbols.as_array())[2].string_or("name", ""), "c.d");
    const Value edits = session.request(
        "textDocument/formatting",
        Object{{"textDocument", Object{{"uri", session.uri("s.ncl")}}}, {"options", Object{}}});
    ASSERT_EQ(edits.as_array()->size(), 1U);
    const Value& edit = edits.as_array()->front();
    Text text("let f = fun x => x in\n{ a = { b=1 }, c.d = f }\n");
    text.replace(position_from(edit.find("range", "start")),
                 position_from(edit.find("range", "end")), edit.string_or("newText", ""));
    EXPECT_EQ(text.text(), "let f = fun x => x in\n{ a = { b = 1 }, c.d = f }\n");
}

TEST(Lsp, CountsAsTheClientDoes) {
    const std::string text = "{ a = \"😀é\", b = a }\n";
    Session wide;
    wide.initialize();
    wide.open("u.ncl", text);
    EXPECT_EQ(lines_of(wide.at("definition", "u.ncl", {0, 17})), "u.ncl:0:2 ");
    Session bytes;
    bytes.initialize(Object{{"general", Object{{"positionEncodings", Array{"utf-8", "utf-16"}}}}});
    bytes.open("u.ncl", text);
    EXPECT_EQ(lines_of(bytes.at("definition", "u.ncl", {0, 20})), "u.ncl:0:2 ");
}

TEST(Lsp, RefusesWhatItDoesNotKnowAndGoesOn) {
    Session session;
    const Value early = session.ask("textDocument/hover", Object{});
    EXPECT_EQ(early.find("error")->int64_or("code", 0), -32002);
    session.initialize();
    EXPECT_EQ(session.ask("textDocument/unheardOf", Object{{"textDocument", Object{}}})
                  .find("error")
                  ->int64_or("code", 0),
              -32803);
    EXPECT_EQ(session.ask("no/such", nullptr).find("error")->int64_or("code", 0), -32601);
    session.send("{");
    EXPECT_EQ(session.read().find("error")->int64_or("code", 0), -32700);
    session.notify("$/cancelRequest", Object{{"id", 99}});
    session.notify("textDocument/didChange", Object{{"textDocument", 3}});
    EXPECT_EQ(session.leave(), 0);
}

// Contracts are checked when a file is opened or saved, by a process of its own.
TEST(Lsp, TellsWhatCheckFinds) {
    Session session;
    session.initialize();
    // Of the right type: the text alone does not tell.
    const Marked text("let local = import \"provisioning/local.ncl\" in\n"
                      "{\n"
                      "  resources.note | local.File = { path = \"é\", content = \"x\", mode = "
                      "\"<1>rwx<2>\" },\n"
                      "}\n");
    session.write("main.ncl", text.text);
    session.open("main.ncl", text.text);
    Value found = session.diagnostics("main.ncl");
    while (found.as_array()->empty()) found = session.diagnostics("main.ncl");
    const Value& one = found.as_array()->front();
    EXPECT_EQ(one.string_or("source", ""), "provisioning check");
    EXPECT_EQ(one.find("range", "start")->int64_or("line", 0), 2);
    // With the first change it is not known any more.
    session.change("main.ncl", text.at(1), text.at(2), "0600");
    EXPECT_TRUE(session.diagnostics("main.ncl").as_array()->empty());
    // Saved, it is asked again.
    Text after(text.text);
    after.replace(text.at(1), text.at(2), "rwxr");
    Position end = text.at(1);
    end.character += 4;
    session.change("main.ncl", text.at(1), end, "rwxr");
    session.write("main.ncl", after.text());
    session.notify("textDocument/didSave",
                   Object{{"textDocument", Object{{"uri", session.uri("main.ncl")}}}});
    found = session.diagnostics("main.ncl");
    while (found.as_array()->empty()) found = session.diagnostics("main.ncl");
    EXPECT_EQ(found.as_array()->front().string_or("code", ""), "EvalError::BlameError");
}

// After many edits it says what a server says that has just been started.
TEST(Lsp, ManyEditsLeaveNothingBehind) {
    std::mt19937 random(5);
    std::string text = "let a = { b = 1, c | Number = 2 } in\n{ x = a.b, y = a.c + 1 }\n";
    Session session;
    session.initialize();
    session.open("m.ncl", text);
    Text model(text);
    static constexpr const char* kPieces[] = {"a",  ".",      "{",  "}",  " ",
                                              "\n", "b = 1,", "\"", "%{", "="};
    for (int i = 0; i < 1000; ++i) {
        const Position from = model.position(random() % (model.text().size() + 1));
        const Position to = model.position(model.offset(from) + random() % 3);
        const char* piece = kPieces[random() % std::size(kPieces)];
        model.replace(from, to, piece);
        session.change("m.ncl", from, to, piece);
        if (i % 10 == 0) (void)session.at("completion", "m.ncl", from);
        if (i % 10 == 5) (void)session.at("hover", "m.ncl", from);
    }
    // The last that is told is about the last text.
    session.change("m.ncl", {0, 0}, {0, 0}, " ");
    model.replace({0, 0}, {0, 0}, " ");
    const Value after = session.diagnostics("m.ncl");
    Session fresh;
    fresh.initialize();
    fresh.open("m.ncl", model.text());
    const Value anew = fresh.diagnostics("m.ncl");
    // But for the folder that each has of its own.
    const auto shown = [](const Session& one, const Value& found) {
        return base::replace_all(json::to_text(found), one.folder, "");
    };
    EXPECT_EQ(shown(session, after), shown(fresh, anew));
}

}
}
