#include "lang/syntax/children.hpp"
#include "lang/types/checker.hpp"

// Untyped code: it is walked for the annotations in it, and names get their apparent types.
namespace lang::types {

using ast::Kind;

void Checker::block(const ast::Node* value, TypeId type, const ast::Node* annotation) {
    const ast::Node* outer = asked_by_;
    const std::uint32_t level = unifier_.level;
    asked_by_ = annotation;
    // A new part has the whole limit of steps for itself: what a large one uses up must not leave
    // the next unchecked.
    unifier_.begin_part();
    (void)check(value, type);
    asked_by_ = outer;
    unifier_.level = level;
}

void Checker::walk_annotated(const ast::Annotations& annotations, const ast::Node* value) {
    if (annotations.type)
        block(value, convert(annotations.type, Wild::Kept), annotations.type);
    else
        walk(value);
}

void Checker::walk_contracts(const ast::Annotations* annotations) {
    if (!annotations) return;
    if (annotations->type) walk_type(annotations->type);
    for (const ast::Node* contract : annotations->contracts) walk_type(contract);
}

// The terms within a type.
void Checker::walk_type(const ast::Node* type) {
    if (!ast::is_type(type)) return walk(type);
    ast::for_each_child(type, [&](const ast::Node* part) { walk_type(part); });
}

void Checker::walk(const ast::Node* node) {
    // The parser lets nothing deeper through in one file; merged and generated trees may be.
    if (!node || depth_ > kMaxWalkDepth || stop_.stop_requested()) return;
    ++depth_;
    // One `let` after the other is no nesting.
    while (node && node->kind == Kind::Let) {
        walk_let(*static_cast<const ast::Let*>(node));
        node = static_cast<const ast::Let*>(node)->body;
    }
    if (node) walk_term(node);
    --depth_;
}

void Checker::walk_term(const ast::Node* node) {
    switch (node->kind) {
        case Kind::Null:
        case Kind::Bool:
        case Kind::Number:
        case Kind::String:
        case Kind::Section:
        case Kind::Var:
        case Kind::Import:
        case Kind::Invalid: return;
        case Kind::EnumTag: return walk(static_cast<const ast::EnumTag*>(node)->argument);
        case Kind::Array:
            for (const ast::Node* element : static_cast<const ast::Array*>(node)->elements)
                walk(element);
            return;
        case Kind::Record: return walk_record(view(*static_cast<const ast::Record*>(node)));
        case Kind::Interpolation:
            for (const ast::Chunk& chunk : static_cast<const ast::Interpolation*>(node)->chunks)
                walk(chunk.expr);
            return;
        case Kind::Let: return;   // walk() takes them
        case Kind::Fun: return walk_function(*static_cast<const ast::Fun*>(node));
        case Kind::Match: return walk_match(*static_cast<const ast::Match*>(node));
        case Kind::Apply:
            walk(static_cast<const ast::Apply*>(node)->head);
            for (const ast::Node* argument : static_cast<const ast::Apply*>(node)->arguments)
                walk(argument);
            return;
        case Kind::If:
            walk(static_cast<const ast::If*>(node)->condition);
            walk(static_cast<const ast::If*>(node)->then_branch);
            return walk(static_cast<const ast::If*>(node)->else_branch);
        case Kind::Access: return walk(static_cast<const ast::Access*>(node)->object);
        case Kind::DynAccess:
            walk(static_cast<const ast::DynAccess*>(node)->object);
            return walk(static_cast<const ast::DynAccess*>(node)->field);
        case Kind::Unary: return walk(static_cast<const ast::Unary*>(node)->operand);
        case Kind::Binary: return walk_binary(static_cast<const ast::Binary*>(node));
        case Kind::PrimOp:
            for (const ast::Node* operand : static_cast<const ast::PrimOp*>(node)->operands)
                walk(operand);
            return;
        case Kind::Annotated: {
            const auto& annotated = *static_cast<const ast::Annotated*>(node);
            walk_annotated(*annotated.annotations, annotated.term);
            // Contracts are terms, and may hold annotations of their own.
            return walk_contracts(annotated.annotations);
        }
        default: return walk_type(node);
    }
}

// Chains nest to the left, and may be long.
void Checker::walk_binary(const ast::Binary* node) {
    while (true) {
        walk(node->right);
        if (node->left->kind != Kind::Binary) return walk(node->left);
        node = static_cast<const ast::Binary*>(node->left);
    }
}

void Checker::walk_let(const ast::Let& let) {
    const auto bind_all = [&] {
        for (const ast::Binding& binding : let.bindings) {
            const ast::Pattern& pattern = *binding.pattern;
            if (pattern.kind == ast::PatternKind::Variable) {
                here_->values[pattern.binding] = binding.value;
                bind(pattern.binding, apparent_of(binding.annotations, binding.value, false));
                continue;
            }
            PatternTails tails;
            // Not to check anything, but for the types that its names get.
            (void)this->pattern(pattern, false, tails, "");
            if (tails.failed) report(pattern.span);
            if (pattern.alias.id != 0)
                bind(pattern.binding, apparent_of(binding.annotations, binding.value, false));
            walk_pattern(pattern);
        }
    };
    // A plain `let` does not see its own names: no value refers to them, whenever they are bound.
    bind_all();
    for (const ast::Binding& binding : let.bindings) {
        if (binding.annotations && binding.annotations->has_contracts()) {
            walk_annotated(*binding.annotations, binding.value);
            walk_contracts(binding.annotations);
        } else {
            walk(binding.value);
        }
    }
}

void Checker::walk_function(const ast::Fun& function) {
    for (const ast::Pattern* parameter : function.parameters) {
        PatternTails tails;
        (void)pattern(*parameter, false, tails, "");
        if (tails.failed) report(parameter->span);
        walk_pattern(*parameter);
    }
    walk(function.body);
}

void Checker::walk_match(const ast::Match& match) {
    for (const ast::Branch& branch : match.branches) {
        PatternTails tails;
        (void)pattern(*branch.pattern, false, tails, "");
        if (tails.failed) report(branch.pattern->span);
        walk_pattern(*branch.pattern);
        walk(branch.guard);
        walk(branch.body);
    }
}

}
