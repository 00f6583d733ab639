#include "lang/syntax/ast_printer.hpp"
#include "lang/syntax/quoting.hpp"

// Types and patterns of a tree.
namespace lang::ast {

void Printer::type(const Node& node) {
    switch (node.kind) {
        case Kind::TypeDyn: out_ += "Dyn"; return;
        case Kind::TypeNumber: out_ += "Number"; return;
        case Kind::TypeBool: out_ += "Bool"; return;
        case Kind::TypeString: out_ += "String"; return;
        case Kind::TypeWildcard: out_ += "_"; return;
        case Kind::TypeVar: (out_ += '$') += as<TypeVar>(node).name.text(); return;
        case Kind::TypeArray:
            open("Array");
            child(as<TypeArray>(node).element);
            return close();
        case Kind::TypeArrow: {
            open("->");
            child(as<TypeArrow>(node).domain);
            child(as<TypeArrow>(node).codomain);
            return close();
        }
        case Kind::TypeForall: return forall(as<TypeForall>(node));
        case Kind::TypeRecord: {
            const auto& record = as<TypeRecord>(node);
            open("record-type");
            return rows(record.rows, record.tail, record.tail_variable);
        }
        case Kind::TypeEnum: {
            const auto& tags = as<TypeEnum>(node);
            open("enum-type");
            return rows(tags.rows, tags.tail, tags.tail_variable);
        }
        default: {
            open(as<TypeDict>(node).is_contract ? "dict-contract" : "dict-type");
            child(as<TypeDict>(node).element);
            return close();
        }
    }
}

void Printer::forall(const TypeForall& node) {
    static constexpr std::string_view kinds[] = {"", ":record", ":enum"};
    open("forall");
    word(node.variable.text());
    out_ += kinds[static_cast<std::size_t>(node.variable_kind)];
    child(node.body);
    close();
}

void Printer::rows(List<TypeRow> list, Tail tail, Symbol variable) {
    for (const TypeRow& row : list) {
        open_word(quote_field(row.name.text()));
        if (row.type) child(row.type);
        close();
    }
    if (tail != Tail::Closed) word(";");
    if (tail == Tail::Dyn) word("Dyn");
    if (tail == Tail::Variable) word(variable.text());
    close();
}

void Printer::pattern(const Pattern& pattern) {
    if (pattern.kind == PatternKind::Variable) {
        out_ += pattern.alias.text();
        return;
    }
    if (pattern.alias.id != 0) {
        open("@");
        word(pattern.alias.text());
        out_ += ' ';
    }
    switch (pattern.kind) {
        case PatternKind::Any: out_ += '_'; break;
        case PatternKind::Null: out_ += "null"; break;
        case PatternKind::Bool: out_ += pattern.bool_value ? "true" : "false"; break;
        case PatternKind::Number: out_ += pattern.text; break;
        case PatternKind::String: out_ += quote_string(pattern.text); break;
        case PatternKind::Variable: break;
        case PatternKind::Enum:
            if (!pattern.argument) {
                out_ += quote_tag(pattern.tag.text());
                break;
            }
            open(quote_tag(pattern.tag.text()));
            out_ += ' ';
            this->pattern(*pattern.argument);
            close();
            break;
        case PatternKind::Record:
            open("record");
            for (const FieldPattern& field : pattern.fields) field_pattern(field);
            rest(pattern.rest);
            break;
        case PatternKind::Array:
        case PatternKind::Or:
            open(pattern.kind == PatternKind::Or ? "or" : "array");
            for (const Pattern* element : pattern.elements) {
                out_ += ' ';
                this->pattern(*element);
            }
            rest(pattern.rest);
            break;
    }
    if (pattern.alias.id != 0) close();
}

void Printer::field_pattern(const FieldPattern& field) {
    open_word(field.name.text());
    annotations(field.annotations);
    if (field.default_value) {
        open_word("?");
        child(field.default_value);
        close();
    }
    out_ += ' ';
    pattern(*field.pattern);
    close();
}

void Printer::rest(const Rest& rest) {
    if (rest.present) (out_ += " ..") += rest.name.text();
    close();
}

}
