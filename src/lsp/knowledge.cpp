#include "lsp/knowledge.hpp"

#include <algorithm>

namespace lsp {

using ast::Kind;

template <typename T>
static const T& as(const ast::Node& node) {
    return static_cast<const T&>(node);
}

// ---- a known field

Span Known::span() const {
    if (field != nullptr) return field->path[element].span;
    if (row != nullptr) return {row->span.begin, row->span.begin};
    if (include != nullptr) return include->span;
    return {};
}

const ast::Annotations* Known::annotations() const {
    if (include != nullptr) return include->annotations;
    return field != nullptr && !is_inner() ? field->annotations : nullptr;
}

const ast::Node* Known::value() const {
    return field != nullptr && !is_inner() ? field->value : nullptr;
}

// ---- fields of values

Fields Knowledge::fields_of(Expression value) {
    // So that no program makes it look for ever: the work, not only the depth, is bounded.
    budget_ = 20'000;
    Fields fields;
    add(value, fields, 0);
    return fields;
}

Fields Knowledge::fields_of(const Known& field) {
    budget_ = 20'000;
    Fields fields;
    add(field, fields, 0);
    return fields;
}

std::vector<Known> Knowledge::members(Expression object, Symbol name) {
    std::vector<Known> found;
    for (const Known& field : fields_of(object)) {
        if (field.name == name) found.push_back(field);
    }
    return found;
}

void Knowledge::add_record(const Analysis& file, const ast::Record& record, Fields& fields) {
    for (const ast::FieldDef& field : record.fields) {
        if (field.path.front().dynamic != nullptr) continue;
        fields.push_back({.name = field.path.front().name, .file = &file, .field = &field});
    }
    for (const ast::IncludeDef& include : record.includes) {
        fields.push_back({.name = include.name, .file = &file, .include = &include});
    }
}

void Knowledge::add_library(Fields& fields) {
    for (const char* name : {"array", "contract", "enum", "function", "number", "package", "record",
                             "string", "test"}) {
        const Analysis* module = project_.library(name);
        if (module == nullptr) continue;
        fields.push_back({.name = module->symbol(name), .file = module, .module = module});
    }
    const Analysis* root = project_.library("root");
    if (root != nullptr && root->value()->kind == Kind::Record) {
        add_record(*root, as<ast::Record>(*root->value()), fields);
    }
}

void Knowledge::add_contracts(const Analysis& file, const ast::Annotations* about, Fields& fields,
                              int depth) {
    if (about == nullptr) return;
    if (about->type != nullptr) add({&file, about->type}, fields, depth);
    for (const ast::Node* contract : about->contracts) add({&file, contract}, fields, depth);
}

void Knowledge::add(const Known& field, Fields& fields, int depth) {
    if (field.module != nullptr) return add({field.module, field.module->value()}, fields, depth);
    if (field.row != nullptr) return add({field.file, field.row->type}, fields, depth);
    if (field.include != nullptr) {
        if (const Definition* what = field.file->definition(field.include->binding)) {
            add({field.file, what->value}, fields, depth);
        }
        return add_contracts(*field.file, field.include->annotations, fields, depth);
    }
    if (field.is_inner()) {
        const ast::PathElement& next = field.field->path[field.element + 1];
        if (next.dynamic != nullptr) return;
        Known inner = field;
        inner.name = next.name;
        ++inner.element;
        return fields.push_back(inner);
    }
    add({field.file, field.value()}, fields, depth);
    add_contracts(*field.file, field.annotations(), fields, depth);
}

void Knowledge::add_variable(const Analysis& file, const ast::Var& var, Fields& fields, int depth) {
    const auto& names = file.names();
    if (var.binding < names.bindings.size() &&
        names[var.binding].kind == lang::resolve::Binding::Kind::Global) {
        return add_library(fields);
    }
    const Definition* definition = file.definition(var.binding);
    if (definition == nullptr) return;
    if (definition->field != nullptr) {
        add(Known{.name = definition->name, .file = &file, .field = definition->field}, fields,
            depth);
        for (const ast::FieldDef* more : definition->more) {
            add(Known{.name = definition->name, .file = &file, .field = more}, fields, depth);
        }
        return;
    }
    if (definition->include != nullptr) {
        return add(Known{.name = definition->name, .file = &file, .include = definition->include},
                   fields, depth);
    }
    add({&file, definition->value}, fields, depth);
    add_contracts(file, definition->annotations, fields, depth);
}

// What a function gives, as its type or its body says.
void Knowledge::add_result(Expression call, Fields& fields, int depth) {
    Expression head{call.file, as<ast::Apply>(*call.node).head};
    std::size_t arguments = as<ast::Apply>(*call.node).arguments.size();
    head = behind_names(head, depth);
    const ast::Node* node = head.node;
    while (node != nullptr && node->kind == Kind::Fun && arguments > 0) {
        const auto& function = as<ast::Fun>(*node);
        arguments -= std::min(arguments, function.parameters.size());
        node = function.body;
    }
    if (arguments == 0) add({head.file, node}, fields, depth);
}

// The value that a variable or an access stands for, if it is one.
Expression Knowledge::behind_names(Expression value, int depth) {
    for (; depth < kMaxDepth && value.node != nullptr; ++depth) {
        if (value.node->kind == Kind::Annotated) {
            value.node = as<ast::Annotated>(*value.node).term;
        } else if (value.node->kind == Kind::Var) {
            const auto& var = as<ast::Var>(*value.node);
            const Definition* definition = value.file->definition(var.binding);
            if (definition == nullptr || definition->value == nullptr) return value;
            value.node = definition->value;
        } else if (value.node->kind == Kind::Access) {
            const auto& access = as<ast::Access>(*value.node);
            Fields fields;
            add({value.file, access.object}, fields, depth + 1);
            const auto found = std::ranges::find_if(fields, [&](const Known& field) {
                return field.name == access.field && field.value() != nullptr;
            });
            if (found == fields.end()) return value;
            value = {found->file, found->value()};
        } else {
            return value;
        }
    }
    return value;
}

void Knowledge::add(Expression value, Fields& fields, int depth) {
    if (value.node == nullptr || depth > kMaxDepth || budget_ == 0) return;
    --budget_;
    const Analysis& file = *value.file;
    const ast::Node& node = *value.node;
    switch (node.kind) {
        case Kind::Record: return add_record(file, as<ast::Record>(node), fields);
        case Kind::TypeRecord:
            for (const ast::TypeRow& row : as<ast::TypeRecord>(node).rows) {
                fields.push_back({.name = row.name, .file = &file, .row = &row});
            }
            return;
        case Kind::Var: return add_variable(file, as<ast::Var>(node), fields, depth + 1);
        case Kind::Let: return add({&file, as<ast::Let>(node).body}, fields, depth + 1);
        case Kind::If:
            add({&file, as<ast::If>(node).then_branch}, fields, depth + 1);
            return add({&file, as<ast::If>(node).else_branch}, fields, depth + 1);
        case Kind::Annotated:
            add({&file, as<ast::Annotated>(node).term}, fields, depth + 1);
            return add_contracts(file, as<ast::Annotated>(node).annotations, fields, depth + 1);
        case Kind::Binary:
            if (as<ast::Binary>(node).op != ast::BinaryOp::Merge) return;
            add({&file, as<ast::Binary>(node).left}, fields, depth + 1);
            return add({&file, as<ast::Binary>(node).right}, fields, depth + 1);
        case Kind::Access: {
            const auto& access = as<ast::Access>(node);
            Fields inner;
            add({&file, access.object}, inner, depth + 1);
            for (const Known& field : inner) {
                if (field.name == access.field) add(field, fields, depth + 1);
            }
            return;
        }
        case Kind::Apply: return add_result(value, fields, depth + 1);
        case Kind::Import: {
            const Analysis* other = project_.imported(file, as<ast::Import>(node));
            if (other != nullptr) add({other, other->value()}, fields, depth + 1);
            return;
        }
        default: return;
    }
}

// ---- what is expected at a place

void Knowledge::contracts_of(const Analysis& file, const ast::Annotations* about,
                             std::vector<Expression>& found) {
    if (about == nullptr) return;
    if (about->type != nullptr) found.push_back({&file, about->type});
    for (const ast::Node* contract : about->contracts) found.push_back({&file, contract});
}

void Knowledge::contracts_of(const Known& field, std::vector<Expression>& found) {
    if (field.row != nullptr) found.push_back({field.file, field.row->type});
    contracts_of(*field.file, field.annotations(), found);
    if (field.value() != nullptr) found.push_back({field.file, field.value()});
}

// Of the value of a field, by the contracts of the record around.
void Knowledge::expected_of_field(const Analysis& file, const Spot& spot, std::size_t step,
                                  std::vector<Expression>& found) {
    const ast::FieldDef& field = *spot.steps[step].field;
    contracts_of(file, field.annotations, found);
    Fields fields = expected_fields(file, spot, step);
    for (const ast::PathElement& element : field.path) {
        Fields inner;
        const bool last = &element == &field.path.back();
        for (const Known& known : fields) {
            if (element.dynamic != nullptr || known.name != element.name) continue;
            if (last) contracts_of(known, found);
            if (!last) add(known, inner, 0);
        }
        fields = std::move(inner);
    }
}

std::vector<Expression> Knowledge::expected(const Analysis& file, const Spot& spot,
                                            std::size_t step) {
    std::vector<Expression> found;
    if (step == 0) return found;
    budget_ = 20'000;
    const Spot::Step& around = spot.steps[step - 1];
    const ast::Node* node = spot.steps[step].node;
    switch (around.node->kind) {
        case Kind::Annotated:
            contracts_of(file, as<ast::Annotated>(*around.node).annotations, found);
            break;
        case Kind::Binary: {
            const auto& binary = as<ast::Binary>(*around.node);
            if (binary.op != ast::BinaryOp::Merge) return found;
            found.push_back({&file, binary.left == node ? binary.right : binary.left});
            break;
        }
        case Kind::Let:
            if (around.binding != nullptr) {
                contracts_of(file, around.binding->annotations, found);
                return found;
            }
            break;
        case Kind::Record:
            if (around.field != nullptr) expected_of_field(file, spot, step - 1, found);
            return found;
        case Kind::Array:
            for (const Expression& whole : expected(file, spot, step - 1)) {
                const Expression type = behind_names(whole, 0);
                if (type.node != nullptr && type.node->kind == Kind::TypeArray) {
                    found.push_back({type.file, as<ast::TypeArray>(*type.node).element});
                }
            }
            return found;
        case Kind::If: break;
        default: return found;
    }
    // What holds for the whole holds for this part of it.
    for (const Expression& outer : expected(file, spot, step - 1)) found.push_back(outer);
    return found;
}

Fields Knowledge::expected_fields(const Analysis& file, const Spot& spot, std::size_t step) {
    Fields fields;
    for (const Expression& contract : expected(file, spot, step)) {
        budget_ = 20'000;
        add(contract, fields, 0);
        // `{ _ : C }` says nothing of names.
    }
    return fields;
}

}
