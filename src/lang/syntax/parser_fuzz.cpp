#include "base/check.hpp"
#include "lang/diag/render_json.hpp"
#include "lang/diag/render_text.hpp"
#include "lang/syntax/parser.hpp"
#include "lang/syntax/print_ast.hpp"

#include <cstddef>
#include <cstdint>

// Any bytes give a tree, or findings that can be shown.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lang::SourceMap sources;
    lang::Arena arena;
    const lang::Source* source =
        sources.add("fuzz", std::string(reinterpret_cast<const char*>(data), size));
    lang::ParseResult result = lang::parse(*source, arena);
    CHECK(result.root != nullptr);
    CHECK(!lang::print_ast(*result.root).empty());
    CHECK(result.diagnostics.size() <= lang::ParseLimits().max_errors);
    for (const value::Diagnostic& found : result.diagnostics) {
        CHECK(!found.message.empty() && !found.labels.empty());
        CHECK(!lang::render_text(found, sources).empty());
    }
    if (!result.ok()) CHECK(!lang::render_json(result.diagnostics, sources).empty());
    return 0;
}
