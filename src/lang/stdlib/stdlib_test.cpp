#include "embedded/lang.hpp"
#include "lang/syntax/parser.hpp"
#include "lang/syntax/source.hpp"

#include <gtest/gtest.h>

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

INSTANTIATE_TEST_SUITE_P(All, StdlibModule,
                         testing::Values(embedded::array_ncl, embedded::contract_ncl,
                                         embedded::enum_ncl, embedded::function_ncl,
                                         embedded::number_ncl, embedded::package_ncl,
                                         embedded::record_ncl, embedded::root_ncl,
                                         embedded::string_ncl, embedded::test_ncl));

}
