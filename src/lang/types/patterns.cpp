#include "lang/types/checker.hpp"

#include <algorithm>

// What a pattern takes, and the types of its variables. In untyped code those without an annotation
// are dynamic.
namespace lang::types {

using ast::PatternKind;

void Checker::bind(ast::BindingId binding, TypeId type) {
    if (binding != 0 && binding < here_->types.size()) here_->types[binding] = type;
}

// A pattern of tags takes just these, unless another at the same place takes everything.
void Checker::close(const PatternTails& tails) {
    for (const PatternTails::Tail& one : tails.tails) {
        if (std::ranges::find(tails.open, one.path) != tails.open.end()) continue;
        TypeId tail = unifier_.root(one.tail);
        while (store_[tail].tag == Tag::RowExtend) tail = unifier_.root(store_[tail].c);
        if (store_[tail].tag == Tag::Variable) store_.link(tail, Store::kNoTags);
    }
}

TypeId Checker::pattern(const ast::Pattern& pattern, bool is_typed, PatternTails& tails,
                        const std::string& path) {
    const TypeId type = pattern_kind(pattern, is_typed, tails, path);
    if (pattern.alias.id == 0 || pattern.binding == 0) return type;
    // The alternatives of an or-pattern share their variables.
    const TypeId known = here_->types[pattern.binding];
    if (is_typed && known != 0 && tails.shared.contains(pattern.binding)) {
        if (!unifier_.unify(known, type)) tails.failed = true;
        return type;
    }
    tails.shared.insert(pattern.binding);
    bind(pattern.binding, type);
    return type;
}

TypeId Checker::pattern_kind(const ast::Pattern& pattern, bool is_typed, PatternTails& tails,
                             const std::string& path) {
    switch (pattern.kind) {
        case PatternKind::Any:
        case PatternKind::Variable:
            tails.open.push_back(path);
            return is_typed ? unifier_.fresh() : TypeId{Store::kDyn};
        case PatternKind::Null: return Store::kDyn;
        case PatternKind::Bool: return Store::kBool;
        case PatternKind::Number: return Store::kNumber;
        case PatternKind::String: return Store::kString;
        case PatternKind::Enum: return enum_pattern(pattern, is_typed, tails, path);
        case PatternKind::Record: return record_pattern(pattern, is_typed, tails, path);
        case PatternKind::Array: return array_pattern(pattern, is_typed, tails, path);
        case PatternKind::Or: break;
    }
    TypeId first = 0;
    for (const ast::Pattern* one : pattern.elements) {
        const TypeId type = this->pattern(*one, is_typed, tails, path);
        if (first == 0) {
            first = type;
        } else if (is_typed && !unifier_.unify(first, type)) {
            tails.failed = true;
        }
    }
    return first == 0 ? TypeId{Store::kDyn} : first;
}

TypeId Checker::enum_pattern(const ast::Pattern& pattern, bool is_typed, PatternTails& tails,
                             const std::string& path) {
    TypeId argument = 0;
    if (pattern.argument) {
        // Whatever the tag is, as the official implementation has it.
        argument = this->pattern(*pattern.argument, is_typed, tails, path + "'");
    }
    const TypeId tail = unifier_.fresh(Sort::EnumRows);
    tails.tails.push_back({path, tail});
    return store_.tags(store_.row(Sort::EnumRows, pattern.tag, argument, tail));
}

TypeId Checker::record_pattern(const ast::Pattern& pattern, bool is_typed, PatternTails& tails,
                               const std::string& path) {
    TypeId tail = Store::kNoRows;
    if (pattern.rest.present)
        tail = is_typed ? unifier_.fresh(Sort::RecordRows) : TypeId{Store::kDynRows};
    TypeId rows = tail;
    for (const ast::FieldPattern& field : pattern.fields) {
        TypeId type = this->pattern(*field.pattern, is_typed, tails,
                                    path + "." + std::string(field.name.text()));
        if (field.annotations && field.annotations->type) {
            const TypeId asked = convert(field.annotations->type, Wild::Variable);
            const PatternKind kind = field.pattern->kind;
            if (!is_typed && (kind == PatternKind::Variable || kind == PatternKind::Any)) {
                bind(field.pattern->binding, asked);
            } else if (!unifier_.unify(asked, type)) {
                tails.failed = true;
            }
            type = asked;
        }
        rows = store_.row(Sort::RecordRows, field.name, type, rows);
    }
    bind(pattern.rest.binding, store_.record(tail));
    return store_.record(rows);
}

TypeId Checker::array_pattern(const ast::Pattern& pattern, bool is_typed, PatternTails& tails,
                              const std::string& path) {
    const TypeId element = is_typed ? unifier_.fresh() : TypeId{Store::kDyn};
    for (std::size_t i = 0; i < pattern.elements.size(); ++i) {
        const TypeId type =
            this->pattern(*pattern.elements[i], is_typed, tails, path + "[" + std::to_string(i));
        if (is_typed && !unifier_.unify(element, type)) tails.failed = true;
    }
    bind(pattern.rest.binding, store_.array(element));
    return store_.array(element);
}

// The contracts within a pattern are terms. Defaults are not looked at, as in the official
// implementation: they are checked when they are needed.
void Checker::walk_pattern(const ast::Pattern& pattern) {
    if (pattern.argument) walk_pattern(*pattern.argument);
    for (const ast::FieldPattern& field : pattern.fields) {
        if (field.pattern) walk_pattern(*field.pattern);
        walk_contracts(field.annotations);
    }
    for (const ast::Pattern* element : pattern.elements) walk_pattern(*element);
}

}
