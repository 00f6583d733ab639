#include "lang/types/checker.hpp"

// What is known of a term at a glance: its annotation, or what a literal shows. Nothing is
// inferred; all else is dynamic in untyped code, and to be inferred in typed code (0).
namespace lang::types {

using ast::Kind;

TypeId Checker::apparent_of(const ast::Annotations* annotations, const ast::Node* value,
                            bool is_typed) {
    if (const ast::Node* type = type_node(annotations)) {
        // What a wildcard stands for is known once its block is checked, and not before.
        if (!is_typed && has_wildcard(type)) return Store::kDyn;
        return convert(type, Wild::Variable);
    }
    if (value) return apparent(value, is_typed);
    return is_typed ? 0 : TypeId{Store::kDyn};
}

TypeId Checker::apparent(const ast::Node* node, bool is_typed) {
    switch (node->kind) {
        case Kind::Number: return Store::kNumber;
        case Kind::Bool: return Store::kBool;
        case Kind::String: return Store::kString;
        case Kind::Interpolation:
            if (!static_cast<const ast::Interpolation*>(node)->symbolic) return Store::kString;
            break;
        case Kind::Array: return store_.array(is_typed ? unifier_.fresh() : TypeId{Store::kDyn});
        case Kind::Annotated: {
            const auto& annotated = *static_cast<const ast::Annotated*>(node);
            return apparent_of(annotated.annotations, annotated.term, is_typed);
        }
        case Kind::Var: {
            const auto& var = *static_cast<const ast::Var*>(node);
            if (var.binding == 0) break;
            if (is_library(var, *file_)) return type_of(var.binding, var);
            if (const TypeId known = here_->types[var.binding]; known != 0) return known;
            break;
        }
        case Kind::Import: {
            const auto& import = *static_cast<const ast::Import*>(node);
            const File* target = files_.imported(*file_, import.index);
            return target ? file_type(*target) : TypeId{Store::kDyn};
        }
        default: break;
    }
    return is_typed ? 0 : TypeId{Store::kDyn};
}

TypeId Checker::apparent_field(const FieldParts& field) {
    const ast::Annotations* annotations = annotation_of(field);
    if (annotations) return apparent_of(annotations, nullptr, false);
    const auto& [part, depth] = field.parts[0];
    if (field.parts.size() == 1 && depth + 1 == part->path.size())
        return apparent_of(nullptr, part->value, false);
    return Store::kDyn;
}

TypeId Checker::file_type(const File& file) {
    if (!file.root) return file.is_text ? TypeId{Store::kString} : TypeId{Store::kDyn};
    FileNames& target = names(file);
    // Imports may go round in circles: then nothing is apparent.
    if (target.apparent != 0 || target.is_typing) {
        return target.apparent != 0 ? target.apparent : TypeId{Store::kDyn};
    }
    target.is_typing = true;
    const File* outer = file_;
    FileNames* outer_names = here_;
    file_ = &file;
    here_ = &target;
    const TypeId type = apparent(file.root, false);
    file_ = outer;
    here_ = outer_names;
    target.is_typing = false;
    target.apparent = type;
    return type;
}

}
