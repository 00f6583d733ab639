#include "lsp/features.hpp"

namespace lsp {

using ast::Kind;

namespace {

// The outline: fields of records, and what `let` binds, as they are nested.
class Outline {
public:
    Outline(const Workbench& bench, const Analysis& file)
        : file_(file), lines_(bench.lines_of(file)) {}

    json::Array of(const ast::Node* node) {
        json::Array result;
        add(node, result);
        return result;
    }

private:
    enum Symbols { kVariable = 13, kFunction = 12, kField = 8, kObject = 19 };

    static bool is_function(const ast::Node* node) {
        return node != nullptr && (node->kind == Kind::Fun || node->kind == Kind::Match);
    }
    static bool is_record(const ast::Node* node) {
        return node != nullptr && node->kind == Kind::Record;
    }

    json::Value range(Span span) const {
        return range_json(lines_.position(file_.offset(span.begin)),
                          lines_.position(file_.offset(span.end)));
    }

    void add(const ast::Node* node, json::Array& into) {
        while (node != nullptr) {
            switch (node->kind) {
                case Kind::Let:
                    for (const ast::Binding& binding : static_cast<const ast::Let*>(node)->bindings)
                        let(binding, into);
                    node = static_cast<const ast::Let*>(node)->body;
                    continue;
                case Kind::Record:
                    for (const ast::FieldDef& field : static_cast<const ast::Record*>(node)->fields)
                        this->field(field, into);
                    return;
                case Kind::Annotated:
                    node = static_cast<const ast::Annotated*>(node)->term;
                    continue;
                case Kind::Fun: node = static_cast<const ast::Fun*>(node)->body; continue;
                case Kind::Binary:
                    add(static_cast<const ast::Binary*>(node)->left, into);
                    node = static_cast<const ast::Binary*>(node)->right;
                    continue;
                default: return;
            }
        }
    }

    void let(const ast::Binding& binding, json::Array& into) {
        if (binding.pattern->alias.id == 0) return;
        const Definition* definition = file_.definition_at(binding.pattern->span.begin);
        if (definition == nullptr) return;
        into.push_back(json::Object{{"name", definition->name.text()},
                                    {"kind", is_function(binding.value) ? kFunction : kVariable},
                                    {"range", range(binding.span)},
                                    {"selectionRange", range(definition->span)},
                                    {"children", of(binding.value)}});
    }

    void field(const ast::FieldDef& field, json::Array& into) {
        std::string name;
        for (const ast::PathElement& element : field.path) {
            if (!name.empty()) name += '.';
            name += element.dynamic != nullptr ? file_.text(element.span) : element.name.text();
        }
        const int kind = is_function(field.value) ? kFunction
                         : is_record(field.value) ? kObject
                                                  : kField;
        const Span first = field.path.front().span;
        const Span last = field.path.back().span;
        // An empty name is refused by editors.
        into.push_back(json::Object{{"name", name.empty() ? std::string("\"\"") : name},
                                    {"kind", kind},
                                    {"range", range(field.span)},
                                    {"selectionRange", range({first.begin, last.end})},
                                    {"children", of(field.value)}});
    }

    const Analysis& file_;
    Text lines_;
};

}

json::Value symbols(Workbench& bench, const Analysis& file) {
    return Outline(bench, file).of(file.root());
}

}
