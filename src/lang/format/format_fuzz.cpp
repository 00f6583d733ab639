#include "base/check.hpp"
#include "lang/format/format.hpp"
#include "lang/syntax/print_ast.hpp"

#include <cstddef>
#include <cstdint>

// What parses can be formatted, keeps its tree, and is then formatted.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lang::SourceMap sources;
    lang::Arena arena;
    const lang::Source* source =
        sources.add("fuzz", std::string(reinterpret_cast<const char*>(data), size));
    const lang::ParseResult parsed = lang::parse(*source, arena);
    std::vector<value::Diagnostic> findings;
    const auto once = lang::format::format(*source, findings);
    CHECK(once.has_value() == parsed.ok());
    if (!once) return 0;
    const lang::Source* again = sources.add("again", *once);
    const lang::ParseResult reparsed = lang::parse(*again, arena);
    CHECK(lang::print_ast(*reparsed.root) == lang::print_ast(*parsed.root));
    CHECK(lang::format::format(*again, findings) == once);
    return 0;
}
