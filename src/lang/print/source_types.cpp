#include "lang/print/tree_printer.hpp"
#include "lang/syntax/quoting.hpp"

// Types, as the official printer has them.
namespace lang::print {

void TreePrinter::record_type(const ast::TypeRecord& type) {
    const bool is_open = type.tail != ast::Tail::Closed;
    const std::string tail = type.tail == ast::Tail::Dyn ? "Dyn"
                             : is_open                   ? std::string(type.tail_variable.text())
                                                         : "";
    // Two blanks and all: tests compare this text with the official one.
    if (type.rows.empty()) return layout_.text(is_open ? "{ ; " + tail + " }" : "{  }");
    list("{", "}", type.rows.size(), [&](std::size_t i) {
        layout_.text(quote_field(type.rows[i].name.text()) + " : ");
        node(*type.rows[i].type);
        if (is_open && i + 1 == type.rows.size()) layout_.text("; " + tail);
    });
}

void TreePrinter::enum_type(const ast::TypeEnum& type) {
    const std::string tail =
        type.tail == ast::Tail::Closed ? "" : "; " + std::string(type.tail_variable.text());
    if (type.rows.empty()) return layout_.text("[| " + tail + " |]");
    list("[|", "|]", type.rows.size(), [&](std::size_t i) {
        layout_.text(quote_tag(type.rows[i].name.text()));
        if (type.rows[i].type != nullptr) {
            layout_.text(" ");
            atom(*type.rows[i].type);
        }
        if (i + 1 == type.rows.size()) layout_.text(tail);
    });
}

void TreePrinter::forall(const ast::TypeForall& type) {
    layout_.text("forall " + std::string(type.variable.text()));
    const ast::Node* body = type.body;
    // `forall a b. T` is one forall within another in the tree.
    for (; body->kind == ast::Kind::TypeForall; body = as<ast::TypeForall>(*body).body) {
        layout_.text(" " + std::string(as<ast::TypeForall>(*body).variable.text()));
    }
    layout_.text(". ");
    node(*body);
}

void TreePrinter::type(const ast::Node& node) {
    switch (node.kind) {
        case ast::Kind::TypeDyn: return layout_.text("Dyn");
        case ast::Kind::TypeNumber: return layout_.text("Number");
        case ast::Kind::TypeBool: return layout_.text("Bool");
        case ast::Kind::TypeString: return layout_.text("String");
        case ast::Kind::TypeVar:
            return layout_.text(std::string(as<ast::TypeVar>(node).name.text()));
        case ast::Kind::TypeArray: {
            const ast::Node* element = as<ast::TypeArray>(node).element;
            if (element == nullptr) return layout_.text("Array");
            layout_.begin();
            layout_.text("Array");
            layout_.indent(2);
            layout_.line();
            atom(*element);
            layout_.indent(-2);
            return layout_.end();
        }
        case ast::Kind::TypeArrow: {
            const auto& arrow = as<ast::TypeArrow>(node);
            // A function or a `forall` on the left of an arrow would swallow it.
            const bool binds = arrow.domain->kind == ast::Kind::TypeArrow ||
                               arrow.domain->kind == ast::Kind::TypeForall;
            if (binds) layout_.text("(");
            this->node(*arrow.domain);
            layout_.text(binds ? ") -> " : " -> ");
            return this->node(*arrow.codomain);
        }
        case ast::Kind::TypeForall: return forall(as<ast::TypeForall>(node));
        case ast::Kind::TypeRecord: return record_type(as<ast::TypeRecord>(node));
        case ast::Kind::TypeEnum: return enum_type(as<ast::TypeEnum>(node));
        case ast::Kind::TypeDict:
            layout_.text(as<ast::TypeDict>(node).is_contract ? "{ _ | " : "{ _ : ");
            this->node(*as<ast::TypeDict>(node).element);
            return layout_.text(" }");
        default: return as_written(node.span);
    }
}

}
