#include "lang/types/resource_terms.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace lang::types {

using ast::Kind;

// From a name to what it stands for: it may go round in circles, and each merge parts the way.
constexpr int kMostSteps = 64;
constexpr int kMostLooks = 2'000;   // for one read
constexpr std::size_t kMostParts = 64;

// A record literal, or the part of one that stands behind a path: `b = …` of `a.b = …`.
struct ResourceTerms::Part {
    const ast::Record* literal = nullptr;
    const ast::FieldDef* field = nullptr;
    std::size_t depth = 0;   // of its path, where the part begins
};

// What a term stands for, as far as the text alone tells it.
struct ResourceTerms::Meaning {
    const TypeInfo* resource = nullptr;      // a resource of this type
    const TypeInfo* type = nullptr;          // the type itself: `hetzner.Server`
    const BuiltinModule* module = nullptr;   // `import "provisioning/hetzner.ncl"`
    std::vector<Part> parts;                 // a record of these, and maybe of more

    void take(Meaning other) {
        if (resource == nullptr) resource = other.resource;
        if (type == nullptr) type = other.type;
        if (module == nullptr) module = other.module;
        for (const Part& part : other.parts)
            if (parts.size() < kMostParts) parts.push_back(part);
    }
};

const TypeInfo* ResourceTerms::type_of(const ast::Node* term) {
    looks_left_ = kMostLooks;
    return meaning(term, kMostSteps).resource;
}

ResourceTerms::Meaning ResourceTerms::meaning(const ast::Node* node, int steps) {
    if (node == nullptr || steps <= 0 || --looks_left_ < 0) return {};
    switch (node->kind) {
        case Kind::Record: return {.parts = {{static_cast<const ast::Record*>(node), {}, 0}}};
        case Kind::Import: {
            const auto& import = *static_cast<const ast::Import*>(node);
            return {.module = module_of_(import.index)};
        }
        case Kind::Var: return of_binding(static_cast<const ast::Var*>(node)->binding, steps - 1);
        case Kind::Let: return meaning(static_cast<const ast::Let*>(node)->body, steps - 1);
        case Kind::Annotated: {
            const auto& annotated = *static_cast<const ast::Annotated*>(node);
            return annotated_meaning(annotated.annotations, annotated.term, steps - 1);
        }
        case Kind::Access: {
            const auto& access = *static_cast<const ast::Access*>(node);
            return of_access(access.object, access.field, steps - 1);
        }
        case Kind::Binary: {
            const auto& binary = *static_cast<const ast::Binary*>(node);
            if (binary.op != ast::BinaryOp::Merge) return {};
            Meaning both = meaning(binary.left, steps - 1);
            both.take(meaning(binary.right, steps - 1));
            return both;
        }
        default: return {};
    }
}

ResourceTerms::Meaning ResourceTerms::of_access(const ast::Node* from, Symbol field, int steps) {
    const Meaning object = meaning(from, steps);
    if (object.module != nullptr) return of_module(*object.module, field);
    return of_field(object.parts, field, steps);
}

ResourceTerms::Meaning ResourceTerms::of_binding(ast::BindingId id, int steps) {
    if (id == 0) return {};
    const resolve::Binding& binding = (*index_.file->names)[id];
    if (binding.kind == resolve::Binding::Kind::Field) {
        const auto literal = index_.literals.find(binding.scope);
        if (literal == index_.literals.end()) return {};
        const Part whole{literal->second, {}, 0};
        return of_field({whole}, binding.name, steps);
    }
    if (const auto taken = index_.unpacked.find(id); taken != index_.unpacked.end())
        return of_access(taken->second.record, taken->second.field, steps);
    const auto let = index_.lets.find(id);
    if (let == index_.lets.end()) return {};
    return annotated_meaning(let->second->annotations, let->second->value, steps);
}

// Of all its pieces: any of them may have the annotation.
ResourceTerms::Meaning ResourceTerms::of_field(const std::vector<Part>& parts, Symbol name,
                                               int steps) {
    Meaning all;
    if (steps <= 0) return all;
    const auto add = [&](const ast::FieldDef& field, std::size_t depth) {
        const ast::PathElement& element = field.path[depth];
        if (element.dynamic != nullptr || element.name != name) return;
        if (depth + 1 < field.path.size()) {
            all.take({.parts = {{nullptr, &field, depth + 1}}});
        } else {
            all.take(annotated_meaning(field.annotations, field.value, steps - 1));
        }
    };
    for (const Part& part : parts) {
        if (part.literal == nullptr) {
            add(*part.field, part.depth);
            continue;
        }
        for (const ast::FieldDef* field : index_.definitions(part.literal->scope, name))
            add(*field, 0);
        for (const ast::IncludeDef& include : part.literal->includes)
            if (include.name == name) all.take(of_binding(include.binding, steps - 1));
    }
    return all;
}

ResourceTerms::Meaning ResourceTerms::annotated_meaning(const ast::Annotations* annotations,
                                                        const ast::Node* value, int steps) {
    if (annotations == nullptr || !annotations->has_contracts()) return meaning(value, steps);
    // A contract of the program's own may make anything of it.
    const std::size_t count = annotations->contracts.size() + (annotations->type ? 1 : 0);
    if (count != 1) return {};
    const ast::Node* contract =
        annotations->type != nullptr ? annotations->type : annotations->contracts[0];
    const TypeInfo* type = meaning(contract, steps).type;
    if (type == nullptr || type->is_connection) return {};
    return {.resource = type};
}

ResourceTerms::Meaning ResourceTerms::of_module(const BuiltinModule& module, Symbol name) {
    const std::string wanted = module.name + "." + std::string(name.text());
    const auto found = std::ranges::find(module.types, wanted, &TypeInfo::name);
    return found == module.types.end() ? Meaning{} : Meaning{.type = &*found};
}

}
