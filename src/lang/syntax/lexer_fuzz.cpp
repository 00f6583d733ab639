#include "base/check.hpp"
#include "lang/syntax/lexer.hpp"

#include <cstddef>
#include <cstdint>

// Tokens follow each other, lie within the text and end with the only End.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lang::SourceMap sources;
    const lang::Source* source =
        sources.add("fuzz", std::string(reinterpret_cast<const char*>(data), size));
    std::vector<value::Diagnostic> diagnostics;
    std::vector<lang::Token> tokens = lang::Lexer(*source, diagnostics).run();
    CHECK(!tokens.empty() && tokens.back().kind == lang::TokenKind::End);
    lang::Pos at = source->base;
    for (const lang::Token& token : tokens) {
        CHECK(token.begin >= at && token.end >= token.begin && token.end <= source->base + size);
        CHECK((token.kind == lang::TokenKind::End) == (&token == &tokens.back()));
        at = token.end;
    }
    return 0;
}
