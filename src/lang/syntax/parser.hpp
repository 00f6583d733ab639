#pragma once

#include "lang/syntax/arena.hpp"
#include "lang/syntax/ast.hpp"
#include "lang/syntax/source.hpp"
#include "value/diagnostic.hpp"

#include <cstdint>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

namespace lang {

struct ParseLimits {
    // Nesting of terms, types and patterns. Chains of left-associative operators and of fields,
    // which nest to the left, may be twice as long; so no tree is higher than a small multiple of
    // this.
    std::uint32_t max_depth = 2'000;
    std::uint32_t max_errors = 50;
    // Once it is asked to stop, the rest of the text is taken for empty.
    std::stop_token stop = {};
    // If there are any: the parts of the text, from and to, that are read; the others are as good
    // as not there. They begin and end between tokens, of text that is known to be sound.
    std::span<const std::pair<std::size_t, std::size_t>> only = {};
};

// The tree of one source and what was found wrong with it. `root` is never null: where an error
// was skipped it holds Invalid nodes. Nodes and texts live as long as `arena` and the source map.
struct ParseResult {
    const ast::Node* root = nullptr;
    std::vector<value::Diagnostic> diagnostics;

    bool ok() const { return diagnostics.empty(); }
};

// Parses a whole program. Never fails otherwise, whatever the bytes (limits, not recursion, stop
// it).
ParseResult parse(const Source& source, Arena& arena, const ParseLimits& limits = {});

// Parses `a.b."c d"` as --field and customise mode write it. Empty on error.
std::vector<Symbol> parse_field_path(std::string_view text,
                                     std::vector<value::Diagnostic>& diagnostics);

}
