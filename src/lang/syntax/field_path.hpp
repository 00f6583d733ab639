#pragma once

#include "lang/syntax/arena.hpp"
#include "lang/syntax/ast.hpp"
#include "lang/syntax/source.hpp"
#include "value/diagnostic.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace lang {

// `a.b."c d"`, all of the source. Empty when something was reported.
std::vector<Symbol> parse_field_path(const Source& source,
                                     std::vector<value::Diagnostic>& diagnostics);

// What stands behind `--` in customise mode: `a.b=expression` or `a.b=@env:NAME`.
struct Assignment {
    std::vector<Symbol> path;
    Span path_span;
    const ast::Node* value = nullptr;   // in the arena; null for a variable
    std::string_view variable;          // NAME, part of the source's text
};
// Nothing when something was reported.
std::optional<Assignment> parse_assignment(const Source& source, Arena& arena,
                                           std::vector<value::Diagnostic>& diagnostics);

}
