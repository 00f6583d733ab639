#include "lang/types/checker.hpp"

#include <array>
#include <string_view>

// The types of the standard library are those that its modules are annotated with. A module is read
// when a program first needs the type of something in it.
namespace lang::types {

// `package` has no types of its own: it is for manifests.
constexpr std::array<std::string_view, 8> kModules = {"array",  "contract", "enum",   "function",
                                                      "number", "record",   "string", "test"};

TypeId Checker::make_lazy(std::uint32_t what) { return library_type(modules_[what]); }

TypeId Checker::library_record(const ast::Record& record) {
    TypeId rows = Store::kNoRows;
    for (const FieldParts& field : view(record).fields) {
        if (field.dynamic) continue;
        const ast::Annotations* annotations = annotation_of(field);
        const ast::Node* value = field.parts[0].first->value;
        TypeId type = Store::kDyn;
        if (annotations)
            type = annotated(annotations, Wild::Variable);
        else if (value && value->kind == ast::Kind::Record)
            type = library_record(*static_cast<const ast::Record*>(value));
        else if (value)
            type = apparent(value, false);
        rows = store_.row(Sort::RecordRows, field.name, type, rows);
    }
    return store_.record(rows);
}

TypeId Checker::library_type(std::string_view module) {
    const File* file = files_.library(module);
    if (!file || !file->root || file->root->kind != ast::Kind::Fun) return Store::kDyn;
    const ast::Node* body = static_cast<const ast::Fun*>(file->root)->body;
    while (body->kind == ast::Kind::Let) body = static_cast<const ast::Let*>(body)->body;
    if (body->kind != ast::Kind::Record) return Store::kDyn;
    FileNames* outer_names = here_;
    const File* outer = file_;
    file_ = file;
    here_ = &names(*file);
    TypeId type = library_record(*static_cast<const ast::Record*>(body));
    here_ = outer_names;
    file_ = outer;
    if (module != "root") return type;
    TypeId rows = store_[type].a;
    rows = store_.row(Sort::RecordRows, Symbol::of("package"), Store::kDyn, rows);
    for (const std::string_view name : kModules) {
        modules_.emplace_back(name);
        const TypeId part = store_.lazy(static_cast<std::uint32_t>(modules_.size() - 1));
        rows = store_.row(Sort::RecordRows, Symbol::of(name), part, rows);
    }
    return store_.record(rows);
}

}
