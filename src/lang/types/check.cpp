#include "lang/syntax/children.hpp"
#include "lang/types/checker.hpp"

// Typed code: terms held against a type.
namespace lang::types {

using ast::Kind;

bool Checker::result(const ast::Node* node, TypeId inferred, TypeId wanted) {
    return unifier_.fits(unifier_.instantiate(inferred), wanted) || report(node);
}

bool Checker::check(const ast::Node* node, TypeId type) {
    if (depth_ > kMaxCheckDepth || stop_.stop_requested()) return true;
    ++depth_;
    const std::uint32_t level = unifier_.level;
    const bool is_fine = check_term(node, unifier_.skolemize(type));
    unifier_.level = level;
    --depth_;
    return is_fine;
}

bool Checker::check_term(const ast::Node* node, TypeId type) {
    switch (node->kind) {
        case Kind::Null: return result(node, Store::kDyn, type);
        case Kind::Bool: return result(node, Store::kBool, type);
        case Kind::Number: return result(node, Store::kNumber, type);
        case Kind::String: return result(node, Store::kString, type);
        case Kind::Invalid: return true;
        case Kind::Interpolation:
            return check_interpolation(*static_cast<const ast::Interpolation*>(node), type);
        case Kind::EnumTag: return check_tag(*static_cast<const ast::EnumTag*>(node), type);
        case Kind::Array: return check_array(*static_cast<const ast::Array*>(node), type);
        case Kind::Record: return check_record(view(*static_cast<const ast::Record*>(node)), type);
        case Kind::Var: return check_variable(*static_cast<const ast::Var*>(node), type);
        case Kind::Let: return check_let(*static_cast<const ast::Let*>(node), type);
        case Kind::Fun: return check_function(*static_cast<const ast::Fun*>(node), type);
        case Kind::Match: return check_match(*static_cast<const ast::Match*>(node), type);
        case Kind::If: return check_if(*static_cast<const ast::If*>(node), type);
        case Kind::Apply: {
            const auto& apply = *static_cast<const ast::Apply*>(node);
            return check_apply(apply.head, apply.arguments, node, type);
        }
        case Kind::Access: return check_access(*static_cast<const ast::Access*>(node), type);
        case Kind::DynAccess:
            return check_dynamic_access(*static_cast<const ast::DynAccess*>(node), type);
        case Kind::Unary: return check_unary(*static_cast<const ast::Unary*>(node), type);
        case Kind::Binary: return check_binary(*static_cast<const ast::Binary*>(node), type);
        case Kind::Section: return check_section(*static_cast<const ast::Section*>(node), type);
        case Kind::PrimOp: return check_primop(*static_cast<const ast::PrimOp*>(node), type);
        case Kind::Annotated:
            return check_annotated(*static_cast<const ast::Annotated*>(node), type);
        case Kind::Import: return check_import(*static_cast<const ast::Import*>(node), type);
        default: return check_type(node);
    }
}

// ---- literals

bool Checker::check_interpolation(const ast::Interpolation& text, TypeId type) {
    if (text.symbolic) {
        TypeId rows = Store::kNoRows;
        for (const std::string_view name : {"fragments", "prefix", "tag"})
            rows = store_.row(Sort::RecordRows, Symbol::of(name), unifier_.fresh(), rows);
        if (!result(&text, store_.record(rows), type)) return false;
        for (const ast::Chunk& chunk : text.chunks) {
            if (chunk.expr && !check(chunk.expr, unifier_.fresh())) return false;
        }
        return true;
    }
    if (!result(&text, Store::kString, type)) return false;
    for (const ast::Chunk& chunk : text.chunks) {
        if (chunk.expr && !check(chunk.expr, Store::kString)) return false;
    }
    return true;
}

// The tail stays open: a tag fits every enum that has it among others.
bool Checker::check_tag(const ast::EnumTag& tag, TypeId type) {
    const TypeId argument = tag.argument ? unifier_.fresh() : 0;
    const TypeId rows =
        store_.row(Sort::EnumRows, tag.tag, argument, unifier_.fresh(Sort::EnumRows));
    if (!unifier_.unify(type, store_.tags(rows))) return report(&tag);
    return !tag.argument || check(tag.argument, argument);
}

bool Checker::check_array(const ast::Array& array, TypeId type) {
    const TypeId element = unifier_.fresh();
    if (!unifier_.unify(type, store_.array(element))) return report(&array);
    for (const ast::Node* one : array.elements) {
        if (!check(one, element)) return false;
    }
    return true;
}

// ---- names

bool Checker::check_variable(const ast::Var& var, TypeId type) {
    return result(&var, type_of(var.binding, var), type);
}

bool Checker::check_import(const ast::Import& import, TypeId type) {
    const File* target = files_.imported(*file_, import.index);
    // What is no Nickel (JSON, a text) or could not be loaded has no type to tell; the loader has
    // said why.
    return result(&import, target ? file_type(*target) : TypeId{Store::kDyn}, type);
}

bool Checker::check_binding(const ast::Binding& binding, TypeId type) {
    if (binding.annotations && binding.annotations->has_contracts())
        return check_by_annotation(*binding.annotations, binding.value, type);
    return check(binding.value, type);
}

bool Checker::check_let(const ast::Let& let, TypeId type) {
    const auto own_type = [&](const ast::Binding& binding) {
        const ast::Node* asked = type_node(binding.annotations);
        if (asked && asked->kind == Kind::TypeWildcard) return store_.wildcard();
        const TypeId known = apparent_of(binding.annotations, binding.value, true);
        return known != 0 ? known : unifier_.fresh();
    };
    std::vector<TypeId> types;
    for (const ast::Binding& binding : let.bindings) {
        PatternTails tails;
        const bool is_plain = binding.pattern->kind == ast::PatternKind::Variable;
        if (is_plain) here_->values[binding.pattern->binding] = binding.value;
        const TypeId known =
            is_plain ? own_type(binding) : annotated(binding.annotations, Wild::Variable);
        if (is_plain) {
            types.push_back(known);
        } else {
            types.push_back(pattern(*binding.pattern, true, tails, ""));
            close(tails);
            if (tails.failed) return report(binding.pattern->span);
            if (known != 0 && !unifier_.unify(types.back(), known)) return report(binding.value);
        }
        // A plain `let` does not see its own names, so they are bound when all its values have been
        // checked.
        if (is_plain && let.recursive) bind(binding.pattern->binding, unifier_.head(types.back()));
    }
    for (std::size_t i = 0; i < types.size(); ++i) {
        if (!check_binding(let.bindings[i], types[i])) return false;
    }
    for (std::size_t i = 0; i < types.size(); ++i) {
        const ast::Pattern& pattern = *let.bindings[i].pattern;
        if (pattern.kind == ast::PatternKind::Variable)
            bind(pattern.binding, unifier_.head(types[i]));
    }
    return check(let.body, type);
}

// ---- functions and choices

bool Checker::check_function(const ast::Fun& function, TypeId type) {
    std::vector<TypeId> parameters;
    PatternTails tails;
    for (const ast::Pattern* parameter : function.parameters)
        parameters.push_back(pattern(*parameter, true, tails, std::to_string(parameters.size())));
    close(tails);
    if (tails.failed) return report(&function);
    const TypeId result = unifier_.fresh();
    TypeId own = result;
    // Of `fun a b => c` the type is A -> (B -> C): built from the end.
    for (std::size_t i = parameters.size(); i-- > 0;) own = store_.arrow(parameters[i], own);
    if (!unifier_.unify(type, own)) return report(&function);
    return check(function.body, result);
}

bool Checker::check_if(const ast::If& choice, TypeId type) {
    return check(choice.condition, Store::kBool) && check(choice.then_branch, type) &&
           check(choice.else_branch, type);
}

bool Checker::check_match(const ast::Match& match, TypeId type) {
    const TypeId result = unifier_.fresh();
    std::vector<TypeId> patterns;
    PatternTails tails;
    for (const ast::Branch& branch : match.branches) {
        patterns.push_back(pattern(*branch.pattern, true, tails, ""));
        if (tails.failed) return report(branch.pattern->span);
        if (branch.guard && !check(branch.guard, Store::kBool)) return false;
        if (!check(branch.body, result)) return false;
    }
    const TypeId argument = unifier_.fresh();
    // When all branches are known: which tags are open, the patterns decide together.
    for (const TypeId one : patterns) {
        if (unifier_.unify(argument, one)) continue;
        close(tails);   // as it shows in the message
        return report(&match);
    }
    close(tails);
    return unifier_.unify(type, store_.arrow(argument, result)) || report(&match);
}

// ---- annotations

// A term with an annotation, where a type is wanted. Contracts are not looked into: the term is
// untyped code, and its type is what the contract says.
bool Checker::check_by_annotation(const ast::Annotations& annotations, const ast::Node* value,
                                  TypeId own) {
    if (!annotations.type) {
        walk(value);
        walk_contracts(&annotations);
        return true;
    }
    const ast::Node* outer = asked_by_;
    asked_by_ = annotations.type;
    const bool is_fine = check(value, own);
    asked_by_ = outer;
    if (is_fine) walk_contracts(&annotations);
    return is_fine;
}

bool Checker::check_annotated(const ast::Annotated& annotated, TypeId type) {
    // Documentation or a priority alone asks for no type.
    if (!annotated.annotations->has_contracts()) return check(annotated.term, type);
    const TypeId own = this->annotated(annotated.annotations, Wild::Kept);
    return check_by_annotation(*annotated.annotations, annotated.term, own) &&
           result(&annotated, own, type);
}

// A type in the place of a term is a contract, which fits wherever it stands.
static const ast::Node* find_contract(const ast::Node* type) {
    if (!ast::is_type(type)) return type;
    const ast::Node* found = nullptr;
    ast::for_each_child(type, [&](const ast::Node* part) {
        if (found == nullptr) found = find_contract(part);
    });
    return found;
}

bool Checker::check_type(const ast::Node* node) {
    if (const ast::Node* contract = find_contract(node)) {
        report_contract_in_term(node, contract);
        return false;
    }
    return true;
}

}
