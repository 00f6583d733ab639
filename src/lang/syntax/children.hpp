#pragma once

#include "lang/syntax/ast.hpp"

// One step down the tree, for passes that look at every term and type of it.
namespace lang::ast {

template <typename F>
void for_each_child(const Annotations* annotations, F&& visit) {
    if (annotations == nullptr) return;
    if (annotations->type) visit(annotations->type);
    for (const Node* contract : annotations->contracts) visit(contract);
    if (annotations->doc) visit(annotations->doc);
}

// The terms and types within a pattern: annotations, defaults.
template <typename F>
void for_each_child(const Pattern& pattern, F&& visit) {
    for_each_child(pattern.annotations, visit);
    if (pattern.argument) for_each_child(*pattern.argument, visit);
    for (const FieldPattern& field : pattern.fields) {
        for_each_child(field.annotations, visit);
        if (field.default_value) visit(field.default_value);
        if (field.pattern) for_each_child(*field.pattern, visit);
    }
    for (const Pattern* element : pattern.elements) for_each_child(*element, visit);
}

template <typename F>
void for_each_child(const List<TypeRow>& rows, F&& visit) {
    for (const TypeRow& row : rows)
        if (row.type) visit(row.type);
}

template <typename F>
void for_each_child(const Record& record, F&& visit) {
    for (const FieldDef& field : record.fields) {
        for (const PathElement& element : field.path)
            if (element.dynamic) visit(element.dynamic);
        for_each_child(field.annotations, visit);
        if (field.value) visit(field.value);
    }
    for (const IncludeDef& include : record.includes) for_each_child(include.annotations, visit);
}

// Calls `visit(const Node*)` for each term and type right beneath, in the order of the text where
// that is the order of the parts. Never with null.
template <typename F>
void for_each_child(const Node* node, F&& visit) {
    const auto maybe = [&](const Node* child) {
        if (child) visit(child);
    };
    switch (node->kind) {
        case Kind::Null:
        case Kind::Bool:
        case Kind::Number:
        case Kind::String:
        case Kind::Section:
        case Kind::Var:
        case Kind::Import:
        case Kind::TypeDyn:
        case Kind::TypeNumber:
        case Kind::TypeBool:
        case Kind::TypeString:
        case Kind::TypeVar:
        case Kind::TypeWildcard:
        case Kind::Invalid: return;
        case Kind::EnumTag: return maybe(static_cast<const EnumTag*>(node)->argument);
        case Kind::Array:
            for (const Node* element : static_cast<const Array*>(node)->elements) visit(element);
            return;
        case Kind::Record: return for_each_child(*static_cast<const Record*>(node), visit);
        case Kind::Interpolation:
            for (const Chunk& chunk : static_cast<const Interpolation*>(node)->chunks)
                maybe(chunk.expr);
            return;
        case Kind::Let:
            for (const Binding& binding : static_cast<const Let*>(node)->bindings) {
                for_each_child(*binding.pattern, visit);
                for_each_child(binding.annotations, visit);
                maybe(binding.value);
            }
            return maybe(static_cast<const Let*>(node)->body);
        case Kind::Fun:
            for (const Pattern* parameter : static_cast<const Fun*>(node)->parameters)
                for_each_child(*parameter, visit);
            return maybe(static_cast<const Fun*>(node)->body);
        case Kind::Match:
            for (const Branch& branch : static_cast<const Match*>(node)->branches) {
                for_each_child(*branch.pattern, visit);
                maybe(branch.guard);
                maybe(branch.body);
            }
            return;
        case Kind::Apply:
            visit(static_cast<const Apply*>(node)->head);
            for (const Node* argument : static_cast<const Apply*>(node)->arguments) visit(argument);
            return;
        case Kind::If:
            visit(static_cast<const If*>(node)->condition);
            visit(static_cast<const If*>(node)->then_branch);
            return visit(static_cast<const If*>(node)->else_branch);
        case Kind::Access: return visit(static_cast<const Access*>(node)->object);
        case Kind::DynAccess:
            visit(static_cast<const DynAccess*>(node)->object);
            return visit(static_cast<const DynAccess*>(node)->field);
        case Kind::Unary: return visit(static_cast<const Unary*>(node)->operand);
        case Kind::Binary:
            visit(static_cast<const Binary*>(node)->left);
            return visit(static_cast<const Binary*>(node)->right);
        case Kind::PrimOp:
            for (const Node* operand : static_cast<const PrimOp*>(node)->operands) visit(operand);
            return;
        case Kind::Annotated:
            visit(static_cast<const Annotated*>(node)->term);
            return for_each_child(static_cast<const Annotated*>(node)->annotations, visit);
        case Kind::TypeArray: return visit(static_cast<const TypeArray*>(node)->element);
        case Kind::TypeArrow:
            visit(static_cast<const TypeArrow*>(node)->domain);
            return visit(static_cast<const TypeArrow*>(node)->codomain);
        case Kind::TypeForall: return visit(static_cast<const TypeForall*>(node)->body);
        case Kind::TypeRecord:
            return for_each_child(static_cast<const TypeRecord*>(node)->rows, visit);
        case Kind::TypeDict: return visit(static_cast<const TypeDict*>(node)->element);
        case Kind::TypeEnum: return for_each_child(static_cast<const TypeEnum*>(node)->rows, visit);
    }
}

// A type by its form; any other term in the place of one is a contract.
inline bool is_type(const Node* node) {
    return node->kind >= Kind::TypeDyn && node->kind <= Kind::TypeWildcard;
}

}
