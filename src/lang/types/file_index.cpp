#include "lang/types/file_index.hpp"

#include "lang/syntax/children.hpp"

namespace lang::types {

using ast::Kind;

FileIndex::FileIndex(const File& of, const std::stop_token& stop) : file(&of) {
    std::vector<const ast::Node*> open;
    if (of.root != nullptr) open.push_back(of.root);
    while (!open.empty() && !stop.stop_requested()) {
        const ast::Node* node = open.back();
        open.pop_back();
        switch (node->kind) {
            case Kind::Access: reads.push_back(static_cast<const ast::Access*>(node)); break;
            case Kind::Annotated:
                annotated.push_back(static_cast<const ast::Annotated*>(node));
                break;
            case Kind::Record: add(*static_cast<const ast::Record*>(node)); break;
            case Kind::Let: add(*static_cast<const ast::Let*>(node)); break;
            default: break;
        }
        ast::for_each_child(node, [&](const ast::Node* child) { open.push_back(child); });
    }
}

void FileIndex::add(const ast::Record& record) {
    literals.emplace(record.scope, &record);
    for (const ast::FieldDef& field : record.fields) {
        if (field.path[0].dynamic == nullptr)
            fields_[key_of(record.scope, field.path[0].name)].push_back(&field);
        if (field.annotations != nullptr && field.annotations->has_contracts())
            annotated_fields.push_back({&record, &field});
    }
}

void FileIndex::add(const ast::Let& let) {
    for (const ast::Binding& one : let.bindings) {
        if (one.annotations != nullptr && one.annotations->has_contracts())
            annotated_lets.push_back(&one);
        if (one.pattern->kind == ast::PatternKind::Variable)
            lets.emplace(one.pattern->binding, &one);
        if (one.pattern->kind != ast::PatternKind::Record || one.annotations != nullptr) continue;
        for (const ast::FieldPattern& field : one.pattern->fields) {
            if (field.pattern != nullptr && field.pattern->kind == ast::PatternKind::Variable &&
                field.annotations == nullptr && field.default_value == nullptr)
                unpacked.emplace(field.pattern->binding, Unpacked{one.value, field.name});
        }
    }
}

const std::vector<const ast::FieldDef*>& FileIndex::definitions(ast::ScopeId literal,
                                                                Symbol name) const {
    static const std::vector<const ast::FieldDef*> none;
    const auto found = fields_.find(key_of(literal, name));
    return found == fields_.end() ? none : found->second;
}

}
