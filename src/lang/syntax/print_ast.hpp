#pragma once

#include "lang/syntax/ast.hpp"

#include <string>

namespace lang {

// The tree as an S-expression on one line, for tests and for looking at what the parser understood.
// Spans are left out.
std::string print_ast(const ast::Node& node);

}
