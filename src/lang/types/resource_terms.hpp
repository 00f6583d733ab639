#pragma once

#include "lang/types/file_index.hpp"
#include "lang/types/resources.hpp"

#include <vector>

namespace lang::types {

// Which terms of a file are resources, and of which type: known by the annotation with the type of
// a built-in module, followed through `let`, fields of record literals around, paths into them and
// merging, by the text alone.
class ResourceTerms {
public:
    ResourceTerms(const FileIndex& index, const ModuleOfImport& module_of)
        : index_(index), module_of_(module_of) {}

    // The type of the resource that a term stands for; null: none, or not known.
    const TypeInfo* type_of(const ast::Node* term);

private:
    struct Part;
    struct Meaning;

    Meaning meaning(const ast::Node* node, int steps);
    Meaning of_access(const ast::Node* from, Symbol field, int steps);
    Meaning of_binding(ast::BindingId id, int steps);
    Meaning of_field(const std::vector<Part>& parts, Symbol name, int steps);
    Meaning annotated_meaning(const ast::Annotations* annotations, const ast::Node* value,
                              int steps);
    static Meaning of_module(const BuiltinModule& module, Symbol name);

    const FileIndex& index_;
    const ModuleOfImport& module_of_;
    int looks_left_ = 0;
};

}
