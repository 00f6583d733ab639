#include "lang/syntax/children.hpp"
#include "lang/types/checker.hpp"

// Types as they are written become types of the Store.
namespace lang::types {

using ast::Kind;

TypeId Checker::lookup(Symbol name, const Scope* scope) {
    for (; scope; scope = scope->outer) {
        if (scope->name == name) return scope->bound;
    }
    return 0;
}

TypeId Checker::convert(const ast::Node* node, Wild wild) { return convert(node, wild, nullptr); }

TypeId Checker::convert(const ast::Node* node, Wild wild, const Scope* scope) {
    switch (node->kind) {
        case Kind::TypeDyn: return Store::kDyn;
        case Kind::TypeNumber: return Store::kNumber;
        case Kind::TypeBool: return Store::kBool;
        case Kind::TypeString: return Store::kString;
        case Kind::TypeWildcard: return wild == Wild::Kept ? store_.wildcard() : unifier_.fresh();
        case Kind::TypeArray:
            return store_.array(
                convert(static_cast<const ast::TypeArray*>(node)->element, wild, scope));
        case Kind::TypeDict: {
            const auto& dict = *static_cast<const ast::TypeDict*>(node);
            return store_.dict(convert(dict.element, wild, scope), dict.is_contract);
        }
        case Kind::TypeArrow: {
            const auto& arrow = *static_cast<const ast::TypeArrow*>(node);
            const TypeId from = convert(arrow.domain, wild, scope);
            return store_.arrow(from, convert(arrow.codomain, wild, scope));
        }
        case Kind::TypeForall: {
            const auto& forall = *static_cast<const ast::TypeForall*>(node);
            const TypeId bound = store_.bound(forall.variable, forall.variable_kind);
            const Scope inner{forall.variable, bound, scope};
            return store_.forall(bound, convert(forall.body, wild, &inner));
        }
        case Kind::TypeVar: {
            const TypeId bound = lookup(static_cast<const ast::TypeVar*>(node)->name, scope);
            // The resolver has told of names that nothing binds; here it only has to go on.
            return bound != 0 ? bound : TypeId{Store::kDyn};
        }
        case Kind::TypeRecord: {
            const auto& record = *static_cast<const ast::TypeRecord*>(node);
            return store_.record(convert_rows(record.rows, record.tail, record.tail_variable,
                                              Sort::RecordRows, wild, scope));
        }
        case Kind::TypeEnum: {
            const auto& tags = *static_cast<const ast::TypeEnum*>(node);
            return store_.tags(convert_rows(tags.rows, tags.tail, tags.tail_variable,
                                            Sort::EnumRows, wild, scope));
        }
        // Any term may stand in a type. It is a type of its own, which fits itself alone.
        default: return store_.contract(add_contract(node));
    }
}

TypeId Checker::convert_rows(ast::List<ast::TypeRow> rows, ast::Tail tail, Symbol variable,
                             Sort sort, Wild wild, const Scope* scope) {
    TypeId all = Store::empty(sort);
    if (tail == ast::Tail::Dyn) all = Store::kDynRows;
    if (tail == ast::Tail::Variable) {
        all = lookup(variable, scope);
        if (all == 0) {
            // Bound by nothing: it stands for itself, and fails when the program runs.
            TypeId& known = unbound_[variable.id];
            if (known == 0) known = store_.constant(sort, 0, variable);
            all = known;
        }
    }
    // A list from its end: the tail is the innermost.
    for (std::size_t i = rows.size(); i-- > 0;) {
        const TypeId type = rows[i].type ? convert(rows[i].type, wild, scope) : 0;
        all = store_.row(sort, rows[i].name, type, all);
    }
    return all;
}

const ast::Node* Checker::type_node(const ast::Annotations* annotations) {
    if (!annotations) return nullptr;
    if (annotations->type) return annotations->type;
    // Of several contracts the first one is what a value is taken for, as in the official checker.
    return annotations->contracts.empty() ? nullptr : annotations->contracts[0];
}

TypeId Checker::annotated(const ast::Annotations* annotations, Wild wild) {
    const ast::Node* type = type_node(annotations);
    return type ? convert(type, wild) : 0;
}

bool Checker::has_wildcard(const ast::Node* type) {
    if (type->kind == Kind::TypeWildcard) return true;
    bool found = false;
    if (ast::is_type(type))
        ast::for_each_child(type, [&](const ast::Node* part) { found |= has_wildcard(part); });
    return found;
}

std::uint32_t Checker::add_contract(const ast::Node* term) {
    const auto [known, is_new] =
        contract_ids_.try_emplace(term, static_cast<std::uint32_t>(contracts_.size()));
    // By the node: the same contract written twice is two, as nobody can tell whether they do the
    // same.
    if (is_new) contracts_.push_back({term, file_});
    return known->second;
}

}
