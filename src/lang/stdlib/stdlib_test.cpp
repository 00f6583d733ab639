#include "embedded/lang.hpp"
#include "lang/library_parts.hpp"
#include "lang/syntax/parser.hpp"
#include "lang/syntax/source.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lang {

// The evaluator applies each module to its native operations and to the library itself.
class StdlibModule : public testing::TestWithParam<std::string_view> {};

TEST_P(StdlibModule, IsAFunctionOfNativesAndLibrary) {
    EXPECT_TRUE(GetParam().starts_with("fun native std =>\n"));
}

TEST_P(StdlibModule, Parses) {
    SourceMap sources;
    Arena arena;
    const Source* source = sources.add("<std>", std::string(GetParam()));
    ParseResult result = parse(*source, arena);
    for (const value::Diagnostic& diagnostic : result.diagnostics)
        ADD_FAILURE() << diagnostic.message;
}

static std::vector<std::string> fields_of(const ast::Node* root) {
    const ast::Node* body = static_cast<const ast::Fun*>(root)->body;
    while (body->kind == ast::Kind::Let) body = static_cast<const ast::Let*>(body)->body;
    std::vector<std::string> names;
    for (const ast::FieldDef& field : static_cast<const ast::Record*>(body)->fields)
        names.emplace_back(field.path.front().name.text());
    return names;
}

// The loader reads one field at a time; by the layout of the text alone.
TEST_P(StdlibModule, ComesApartIntoItsFields) {
    SourceMap sources;
    Arena arena;
    const Source* source = sources.add("<std>", std::string(GetParam()));
    const LibraryParts parts = take_apart(source->text);
    std::vector<std::string> names;
    for (const LibraryParts::Part& part : parts.parts) {
        names.emplace_back(part.name);
        const auto only = parts.text_of(part);
        ParseResult result = parse(*source, arena, {.only = only});
        ASSERT_TRUE(result.ok()) << part.name;
        EXPECT_EQ(fields_of(result.root), std::vector<std::string>{std::string(part.name)});
    }
    EXPECT_EQ(names, fields_of(parse(*source, arena).root));
}

INSTANTIATE_TEST_SUITE_P(All, StdlibModule,
                         testing::Values(embedded::array_ncl, embedded::contract_ncl,
                                         embedded::enum_ncl, embedded::function_ncl,
                                         embedded::number_ncl, embedded::package_ncl,
                                         embedded::record_ncl, embedded::root_ncl,
                                         embedded::string_ncl, embedded::test_ncl));

}
