#pragma once

#include "lang/syntax/ast.hpp"

namespace lsp {

namespace ast = lang::ast;

// Called for the parts of a tree, in the order of the walk.
class Visitor {
public:
    virtual ~Visitor() = default;
    virtual void enter(const ast::Node&) {}
    virtual void leave(const ast::Node&) {}
    // A definition in a record, before and after what is in it.
    virtual void enter_field(const ast::Record&, const ast::FieldDef&) {}
    virtual void leave_field(const ast::Record&, const ast::FieldDef&) {}
    virtual void include(const ast::Record&, const ast::IncludeDef&) {}
    // A name or pattern with what it is bound to: of `let` its value, else null.
    virtual void pattern(const ast::Pattern&, const ast::Annotations*, const ast::Node* /*value*/) {
    }
    virtual void enter_binding(const ast::Binding&) {}
    virtual void leave_binding(const ast::Binding&) {}
};

// As deep as the parser lets trees be.
void walk(const ast::Node* node, Visitor& visitor);

}
