#include "lsp/walk.hpp"

#include "lang/syntax/children.hpp"

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
    void annotations(const ast::Annotations* about) {
        if (about == nullptr) return;
        node(about->type);
        for (const ast::Node* contract : about->contracts) node(contract);
    }
    void inside(const ast::Node& node);
    void record(const ast::Record& record);
    void let(const ast::Let& let);
    void pattern(const ast::Pattern& pattern, const ast::Annotations* about,
                 const ast::Node* value);

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
        case Kind::Record: return record(as<ast::Record>(node));
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
        // What names nothing.
        default: ast::for_each_child(&node, [this](const ast::Node* child) { this->node(child); });
    }
}

}

void walk(const ast::Node* node, Visitor& visitor) { Walk(visitor).node(node); }

}
