#include "lang/types/checker.hpp"

#include <algorithm>

// Record literals. A field may be written in pieces, and behind paths: the pieces of one name are
// brought together here, as views of the tree.
namespace lang::types {

// ---- views

namespace {

// Brings the pieces of a name together; by a table, as there may be many of one record.
class Grouper {
public:
    explicit Grouper(RecordView& view) : view_(view) {}

    void add(const ast::FieldDef& field, std::size_t depth) {
        const ast::PathElement& step = field.path[depth];
        if (!step.dynamic) {
            const auto [known, is_new] = places_.try_emplace(step.name.id, view_.fields.size());
            if (!is_new) {
                view_.fields[known->second].parts.emplace_back(&field, depth);
                return;
            }
        }
        view_.fields.push_back({.name = step.name, .dynamic = step.dynamic, .span = step.span});
        view_.fields.back().parts.emplace_back(&field, depth);
    }

private:
    RecordView& view_;
    std::unordered_map<std::uint32_t, std::size_t> places_;
};

}

RecordView Checker::view(const ast::Record& record) {
    RecordView view{.includes = record.includes, .span = record.span};
    Grouper grouper(view);
    for (const ast::FieldDef& field : record.fields) grouper.add(field, 0);
    // The resolver numbers the static fields of a literal in the order of their first definitions.
    ast::BindingId binding = here_->fields[record.scope];
    if (binding == 0) return view;
    for (FieldParts& field : view.fields) {
        if (!field.dynamic) field.binding = binding++;
    }
    if (!view.includes.empty()) view.first_include = binding;
    return view;
}

RecordView Checker::deeper(const FieldParts& field) {
    RecordView view{.span = field.parts[0].first->span};
    Grouper grouper(view);
    for (const auto& [part, depth] : field.parts) {
        if (depth + 1 < part->path.size()) grouper.add(*part, depth + 1);
    }
    return view;
}

const ast::Annotations* Checker::annotation_of(const FieldParts& field) {
    for (const auto& [part, depth] : field.parts) {
        const bool is_own = depth + 1 == part->path.size();
        if (is_own && part->annotations && part->annotations->has_contracts())
            return part->annotations;
    }
    return nullptr;
}

// ---- typed

bool Checker::check_includes(const RecordView& record, TypeId type, std::vector<TypeId>& types) {
    for (const ast::IncludeDef& include : record.includes) {
        TypeId own = include.binding == 0 ? TypeId{Store::kDyn} : here_->types[include.binding];
        if (own == 0) own = Store::kDyn;
        if (const TypeId asked = annotated(include.annotations, Wild::Variable); asked != 0) {
            const bool is_typed = include.annotations->type != nullptr;
            if (is_typed && !unifier_.fits(own, asked)) return report(include.span);
            own = asked;
        }
        if (type != 0 && !unifier_.fits(own, type)) return report(include.span);
        bind(record.first_include + static_cast<ast::BindingId>(types.size()), own);
        types.push_back(own);
    }
    return true;
}

// A record of which not all names are known before it is evaluated, or one that is wanted as a
// dictionary: all its fields have one type.
bool Checker::check_dictionary(const RecordView& record, TypeId type, bool is_dynamic) {
    TypeId element = store_[type].a;
    if (is_dynamic) {
        element = unifier_.fresh();
        if (!unifier_.unify(type, store_.dict(element))) return report(record.span);
    }
    std::vector<TypeId> included;
    if (!check_includes(record, element, included)) return false;
    for (const FieldParts& field : record.fields) {
        const TypeId asked = annotated(annotation_of(field), Wild::Variable);
        if (field.binding != 0) bind(field.binding, asked != 0 ? asked : element);
    }
    // Those of computed names come first: what they are decides what the others have to be.
    for (const FieldParts& field : record.fields) {
        if (!field.dynamic) continue;
        if (!check(field.dynamic, Store::kString) || !check_field(field, element)) return false;
    }
    return std::ranges::all_of(record.fields, [&](const FieldParts& field) {
        return field.dynamic || check_field(field, element);
    });
}

bool Checker::check_record(const RecordView& record, TypeId type) {
    type = unifier_.root(type);
    const bool is_dynamic =
        std::ranges::any_of(record.fields, [](const FieldParts& one) { return one.dynamic; });
    if (is_dynamic || store_[type].tag == Tag::Dict)
        return check_dictionary(record, type, is_dynamic);
    std::vector<TypeId> included;
    if (!check_includes(record, 0, included)) return false;
    std::vector<TypeId> types;
    for (std::size_t i = 0; i < record.fields.size(); ++i) types.push_back(unifier_.fresh());
    TypeId rows = Store::kNoRows;
    for (std::size_t i = included.size(); i-- > 0;)
        rows = store_.row(Sort::RecordRows, record.includes[i].name, included[i], rows);
    for (std::size_t i = types.size(); i-- > 0;)
        rows = store_.row(Sort::RecordRows, record.fields[i].name, types[i], rows);
    if (!unifier_.fits(store_.record(rows), type)) return report(record.span);
    for (std::size_t i = 0; i < types.size(); ++i) {
        const FieldParts& field = record.fields[i];
        if (field.binding == 0) continue;
        const TypeId asked = annotated(annotation_of(field), Wild::Variable);
        bind(field.binding, asked != 0 ? asked : types[i]);
    }
    for (std::size_t i = 0; i < types.size(); ++i) {
        if (!check_field(record.fields[i], types[i])) return false;
    }
    return true;
}

bool Checker::check_field(const FieldParts& field, TypeId type) {
    std::size_t values = 0, deep = 0;
    const ast::FieldDef* only = nullptr;
    for (const auto& [part, depth] : field.parts) {
        if (depth + 1 < part->path.size()) {
            ++deep;
        } else if (part->value) {
            ++values;
            only = part;
        }
    }
    const ast::Annotations* annotations = annotation_of(field);
    if (values + deep > 1 && values > 0) return check_parts(field, type);
    if (deep > 0) {
        if (depth_ > kMaxCheckDepth) return true;
        ++depth_;
        const std::uint32_t level = unifier_.level;
        const bool is_fine = check_record(deeper(field), unifier_.skolemize(type));
        unifier_.level = level;
        --depth_;
        return is_fine;
    }
    if (!annotations && only) return check(only->value, type);
    const TypeId own = annotations ? annotated(annotations, Wild::Variable) : TypeId{Store::kDyn};
    if (only) {
        // Of several pieces a type belongs to its own, contracts to the field.
        if (!check_by_annotation(*annotations, only->value, own)) return false;
    } else if (annotations) {
        walk_contracts(annotations);
    }
    if (unifier_.fits(unifier_.instantiate(own), type)) return true;
    return only ? report(only->value) : report(field.span);
}

// A field of several pieces with values is their merge, and that is dynamic.
bool Checker::check_parts(const FieldParts& field, TypeId type) {
    for (const auto& [part, depth] : field.parts) {
        if (depth + 1 < part->path.size() || !part->value) continue;
        if (!check(part->value, Store::kDyn)) return false;
        if (part->annotations) walk_contracts(part->annotations);
    }
    return unifier_.fits(Store::kDyn, type) || report(field.span);
}

// ---- untyped

void Checker::walk_record(const RecordView& record) {
    for (const FieldParts& field : record.fields) {
        if (field.binding != 0) bind(field.binding, apparent_field(field));
    }
    ast::BindingId binding = record.first_include;
    for (const ast::IncludeDef& include : record.includes) {
        TypeId own = include.binding == 0 ? 0 : here_->types[include.binding];
        if (const TypeId asked = annotated(include.annotations, Wild::Kept); asked != 0) {
            const bool is_typed = include.annotations->type != nullptr;
            if (is_typed && !unifier_.fits(own == 0 ? TypeId{Store::kDyn} : own, asked))
                (void)report(include.span);
            own = asked;
        }
        walk_contracts(include.annotations);
        bind(binding++, own == 0 ? TypeId{Store::kDyn} : own);
    }
    for (const FieldParts& field : record.fields) walk_field(field);
}

void Checker::walk_field(const FieldParts& field) {
    if (field.dynamic) walk(field.dynamic);
    bool is_deep = false;
    for (const auto& [part, depth] : field.parts) {
        if (depth + 1 < part->path.size()) {
            is_deep = true;
        } else if (part->annotations && part->annotations->has_contracts()) {
            if (part->value) walk_annotated(*part->annotations, part->value);
            walk_contracts(part->annotations);
        } else if (part->value) {
            walk(part->value);
        }
    }
    if (!is_deep || depth_ > kMaxWalkDepth) return;
    ++depth_;
    walk_record(deeper(field));
    --depth_;
}

}
