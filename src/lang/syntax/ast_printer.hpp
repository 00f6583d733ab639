#pragma once

#include "lang/syntax/ast.hpp"

#include <string>
#include <string_view>

namespace lang::ast {

// Writes a tree into a text. Terms: print_ast.cpp; types and patterns: print_types.cpp.
class Printer {
public:
    explicit Printer(std::string& out) : out_(out) {}

    void node(const Node* node);

private:
    template <typename T>
    static const T& as(const Node& node) {
        return static_cast<const T&>(node);
    }

    void open(std::string_view name) { (out_ += '(') += name; }
    void close() { out_ += ')'; }
    void word(std::string_view text) { (out_ += ' ') += text; }
    void child(const Node* inner) {
        out_ += ' ';
        node(inner);
    }
    void children(List<const Node*> list) {
        for (const Node* inner : list) child(inner);
    }

    void term(const Node& node);
    void operation(const Node& node);
    void interpolation(const Interpolation& node);
    void open_word(std::string_view name);
    void enum_tag(const EnumTag& node);
    void record(const Record& node);
    void let(const Let& node);
    void function(const Fun& node);
    void match(const Match& node);
    void conditional(const If& node);
    void import(const Import& node);
    void annotations(const Annotations* list);
    void type(const Node& node);
    void forall(const TypeForall& node);
    void rows(List<TypeRow> list, Tail tail, Symbol variable);
    void pattern(const Pattern& pattern);
    void field_pattern(const FieldPattern& field);
    void rest(const Rest& rest);

    std::string& out_;
};

}
