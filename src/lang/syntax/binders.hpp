#pragma once

#include "lang/syntax/ast.hpp"

#include <vector>

namespace lang::ast {

// A name that a pattern binds, and where.
struct Binder {
    Symbol name;
    Span span;
};

// All of a pattern's, appended. Of alternatives, which bind the same names, those of the first.
void collect_binders(const Pattern& pattern, std::vector<Binder>& binders);

}
