#pragma once

#include "lang/syntax/ast.hpp"

namespace lang::compile {

// The tail of rows in a type that no `forall` in it binds; an empty name for none. The parser only
// lets tails through: what else is unbound was told by who resolved the names.
Symbol unbound_tail(const ast::Node* type);

}
