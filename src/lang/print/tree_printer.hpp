#pragma once

#include "lang/print/layout.hpp"
#include "lang/syntax/ast.hpp"
#include "lang/syntax/source.hpp"

#include <string>
#include <string_view>

namespace lang::print {

// Prints trees; no deeper than the parser lets them be.
class TreePrinter {
public:
    TreePrinter(Layout& layout, const SourceMap& sources) : layout_(layout), sources_(sources) {}

    void node(const ast::Node& node);

private:
    template <typename T>
    static const T& as(const ast::Node& node) {
        return static_cast<const T&>(node);
    }
    void atom(const ast::Node& node);
    void as_written(Span span);
    void list(std::string_view open, std::string_view close, std::size_t size, auto element);
    void record(const ast::Record& record);
    void field(const ast::FieldDef& field);
    void annotations(const ast::Annotations& annotations);
    // What is no term that is printed anew: a type, or as it is written.
    void type(const ast::Node& node);
    void record_type(const ast::TypeRecord& type);
    void enum_type(const ast::TypeEnum& type);
    void forall(const ast::TypeForall& type);
    void function(const ast::Fun& fun);
    void condition(const ast::If& term);
    void let(const ast::Let& let);
    void infix(const ast::Binary& binary);
    void operand(const ast::Node& node, int level, bool is_left);
    void apply(const ast::Node& head, ast::List<const ast::Node*> arguments);

    Layout& layout_;
    const SourceMap& sources_;
};

void TreePrinter::list(std::string_view open, std::string_view close, std::size_t size,
                       auto element) {
    layout_.begin();
    layout_.text(std::string(open));
    layout_.indent(2);
    layout_.line();
    for (std::size_t i = 0; i < size; ++i) {
        element(i);
        if (i + 1 == size) break;
        layout_.text(",");
        layout_.line();
    }
    layout_.indent(-2);
    layout_.line();
    layout_.text(std::string(close));
    layout_.end();
}

}
