#include "lsp/walk.hpp"

namespace lsp {

using ast::Kind;

namespace {

class Walk {
public:
    explicit Walk(Visitor& visitor) : visitor_(visitor) {}

    void node(const ast::Node* node) {
        if (node == nullptr) return;
        visitor_.enter(*node);
        inside(*node);
        visitor_.leave(*node);
    }

private:
    template <typename T>
    static const T& as(const ast::Node& node) {
        return static_cast<const T&>(node);
    }
    void list(ast::List<const ast::Node*> nodes) {
        for (const ast::Node* one : nodes) node(one);
    }
    void annotations(const ast::Annotations* about) {
        if (about == nullptr) return;
        node(about->type);
        list(about->contracts);
    }
    void inside(const ast::Node& node);
    void types(const ast::Node& node);
    void record(const ast::Record& record);
    void let(const ast::Let& let);
    void pattern(const ast::Pattern& pattern, const ast::Annotations* about,
                 const ast::Node* value);
    void rows(ast::List<ast::TypeRow> rows) {
        for (const ast::TypeRow& row : rows) {
            visitor_.row(row);
            node(row.type);
        }
    }

    Visitor& visitor_;
};

void Walk::pattern(const ast::Pattern& pattern, const ast::Annotations* about,
                   const ast::Node* value) {
    visitor_.pattern(pattern, about != nullptr ? about : pattern.annotations, value);
    annotations(pattern.annotations);
    if (pattern.argument != nullptr) this->pattern(*pattern.argument, nullptr, nullptr);
    for (const ast::FieldPattern& field : pattern.fields) {
        annotations(field.annotations);
        node(field.default_value);
        if (field.pattern != nullptr) this->pattern(*field.pattern, field.annotations, nullptr);
    }
    for (const ast::Pattern* element : pattern.elements) this->pattern(*element, nullptr, nullptr);
}

void Walk::record(const ast::Record& record) {
    for (const ast::FieldDef& field : record.fields) {
        visitor_.enter_field(record, field);
        for (const ast::PathElement& element : field.path) node(element.dynamic);
        annotations(field.annotations);
        node(field.value);
        visitor_.leave_field(record, field);
    }
    for (const ast::IncludeDef& include : record.includes) {
        visitor_.include(record, include);
        annotations(include.annotations);
    }
}

void Walk::let(const ast::Let& let) {
    for (const ast::Binding& binding : let.bindings) {
        visitor_.enter_binding(binding);
        pattern(*binding.pattern, binding.annotations, binding.value);
        annotations(binding.annotations);
        node(binding.value);
        visitor_.leave_binding(binding);
    }
    node(let.body);
}

void Walk::inside(const ast::Node& node) {
    switch (node.kind) {
        case Kind::EnumTag: return this->node(as<ast::EnumTag>(node).argument);
        case Kind::Array: return list(as<ast::Array>(node).elements);
        case Kind::Record: return record(as<ast::Record>(node));
        case Kind::Interpolation:
            for (const ast::Chunk& chunk : as<ast::Interpolation>(node).chunks) {
                this->node(chunk.expr);
            }
            return;
        case Kind::Let: return let(as<ast::Let>(node));
        case Kind::Fun:
            for (const ast::Pattern* parameter : as<ast::Fun>(node).parameters) {
                pattern(*parameter, nullptr, nullptr);
            }
            return this->node(as<ast::Fun>(node).body);
        case Kind::Match:
            for (const ast::Branch& branch : as<ast::Match>(node).branches) {
                pattern(*branch.pattern, nullptr, nullptr);
                this->node(branch.guard);
                this->node(branch.body);
            }
            return;
        case Kind::Apply:
            this->node(as<ast::Apply>(node).head);
            return list(as<ast::Apply>(node).arguments);
        case Kind::If:
            this->node(as<ast::If>(node).condition);
            this->node(as<ast::If>(node).then_branch);
            return this->node(as<ast::If>(node).else_branch);
        case Kind::Access: return this->node(as<ast::Access>(node).object);
        case Kind::DynAccess:
            this->node(as<ast::DynAccess>(node).object);
            return this->node(as<ast::DynAccess>(node).field);
        case Kind::Unary: return this->node(as<ast::Unary>(node).operand);
        case Kind::Binary:
            this->node(as<ast::Binary>(node).left);
            return this->node(as<ast::Binary>(node).right);
        case Kind::PrimOp: return list(as<ast::PrimOp>(node).operands);
        case Kind::Annotated:
            this->node(as<ast::Annotated>(node).term);
            return annotations(as<ast::Annotated>(node).annotations);
        default: return types(node);
    }
}

void Walk::types(const ast::Node& node) {
    switch (node.kind) {
        case Kind::TypeArray: return this->node(as<ast::TypeArray>(node).element);
        case Kind::TypeArrow:
            this->node(as<ast::TypeArrow>(node).domain);
            return this->node(as<ast::TypeArrow>(node).codomain);
        case Kind::TypeForall: return this->node(as<ast::TypeForall>(node).body);
        case Kind::TypeDict: return this->node(as<ast::TypeDict>(node).element);
        case Kind::TypeRecord: return rows(as<ast::TypeRecord>(node).rows);
        case Kind::TypeEnum: return rows(as<ast::TypeEnum>(node).rows);
        default: return;
    }
}

}

void walk(const ast::Node* node, Visitor& visitor) { Walk(visitor).node(node); }

}
