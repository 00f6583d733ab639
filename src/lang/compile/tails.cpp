#include "lang/compile/tails.hpp"

namespace lang::compile {

using ast::Kind;

// The variables of the `forall`s around a type.
struct BoundTail {
    Symbol name;
    const BoundTail* outer;
};

static Symbol unbound_tail(const ast::Node* node, const BoundTail* bound) {
    const auto of_rows = [&](ast::List<ast::TypeRow> rows, ast::Tail tail, Symbol variable) {
        if (tail == ast::Tail::Variable) {
            const BoundTail* at = bound;
            while (at && at->name != variable) at = at->outer;
            if (!at) return variable;
        }
        for (const ast::TypeRow& row : rows) {
            const Symbol found = row.type ? unbound_tail(row.type, bound) : Symbol{};
            if (found.id != 0) return found;
        }
        return Symbol{};
    };
    switch (node->kind) {
        case Kind::TypeArray: {
            const auto& array = *static_cast<const ast::TypeArray*>(node);
            return array.element ? unbound_tail(array.element, bound) : Symbol{};
        }
        case Kind::TypeDict:
            return unbound_tail(static_cast<const ast::TypeDict*>(node)->element, bound);
        case Kind::TypeArrow: {
            const auto& arrow = *static_cast<const ast::TypeArrow*>(node);
            const Symbol found = unbound_tail(arrow.domain, bound);
            return found.id != 0 ? found : unbound_tail(arrow.codomain, bound);
        }
        case Kind::TypeForall: {
            const auto& forall = *static_cast<const ast::TypeForall*>(node);
            const BoundTail inner{forall.variable, bound};
            return unbound_tail(forall.body, &inner);
        }
        case Kind::TypeRecord: {
            const auto& record = *static_cast<const ast::TypeRecord*>(node);
            return of_rows(record.rows, record.tail, record.tail_variable);
        }
        case Kind::TypeEnum: {
            const auto& tags = *static_cast<const ast::TypeEnum*>(node);
            return of_rows(tags.rows, tags.tail, tags.tail_variable);
        }
        default: return Symbol{};
    }
}

Symbol unbound_tail(const ast::Node* type) { return unbound_tail(type, nullptr); }

}
