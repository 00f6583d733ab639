#include "lang/syntax/print_ast.hpp"

#include "lang/syntax/ast_printer.hpp"
#include "lang/syntax/primops.hpp"
#include "lang/syntax/quoting.hpp"

#include <utility>

namespace lang::ast {

static std::string_view name_of(BinaryOp op) {
    static constexpr std::string_view names[] = {"+", "-",  "*",  "/",  "%",  "++", "@", "<",  "<=",
                                                 ">", ">=", "==", "!=", "&&", "||", "&", "|>", "."};
    return names[static_cast<std::size_t>(op)];
}

// Parenthesised words, each of a node: so that trees can be compared as texts, by tests and by who
// looks for a difference with another parser.
void Printer::node(const Node* node) {
    if (!node) {
        out_ += "()";
    } else if (node->kind >= Kind::TypeDyn && node->kind <= Kind::TypeWildcard) {
        type(*node);
    } else {
        term(*node);
    }
}

void Printer::term(const Node& node) {
    switch (node.kind) {
        case Kind::Null: out_ += "null"; return;
        case Kind::Bool: out_ += as<Bool>(node).value ? "true" : "false"; return;
        case Kind::Number: out_ += as<Number>(node).text; return;
        case Kind::String: out_ += quote_string(as<String>(node).text); return;
        case Kind::Var: out_ += as<Var>(node).name.text(); return;
        case Kind::Invalid: out_ += "<invalid>"; return;
        case Kind::Interpolation: return interpolation(as<Interpolation>(node));
        case Kind::EnumTag: return enum_tag(as<EnumTag>(node));
        case Kind::Array:
            open("array");
            children(as<Array>(node).elements);
            return close();
        case Kind::Record: return record(as<Record>(node));
        case Kind::Let: return let(as<Let>(node));
        case Kind::Fun: return function(as<Fun>(node));
        case Kind::Match: return match(as<Match>(node));
        case Kind::If: return conditional(as<If>(node));
        case Kind::Import: return import(as<Import>(node));
        default: return operation(node);
    }
}

void Printer::operation(const Node& node) {
    switch (node.kind) {
        case Kind::Apply: {
            open("apply");
            child(as<Apply>(node).head);
            children(as<Apply>(node).arguments);
            return close();
        }
        case Kind::Access: {
            open(".");
            child(as<Access>(node).object);
            word(quote_field(as<Access>(node).field.text()));
            return close();
        }
        case Kind::DynAccess: {
            open(".");
            child(as<DynAccess>(node).object);
            child(as<DynAccess>(node).field);
            return close();
        }
        case Kind::Unary: {
            open(as<Unary>(node).op == UnaryOp::Negate ? "-" : "!");
            child(as<Unary>(node).operand);
            return close();
        }
        case Kind::Binary: {
            open(name_of(as<Binary>(node).op));
            child(as<Binary>(node).left);
            child(as<Binary>(node).right);
            return close();
        }
        case Kind::Section: {
            const auto& section = as<Section>(node);
            open("section");
            word(section.is_unary ? "!" : name_of(section.binary));
            return close();
        }
        case Kind::PrimOp: {
            const auto& use = as<PrimOp>(node);
            open("%" + std::string(primop(static_cast<PrimOpId>(use.op)).name) + "%");
            children(use.operands);
            return close();
        }
        default: {
            open("annotated");
            child(as<Annotated>(node).term);
            annotations(as<Annotated>(node).annotations);
            return close();
        }
    }
}

void Printer::interpolation(const Interpolation& node) {
    open(node.symbolic ? "symbolic" : "string");
    if (node.symbolic) word(node.symbolic_prefix.text());
    for (const Chunk& chunk : node.chunks) {
        if (!chunk.expr) {
            word(quote_string(chunk.text));
        } else if (chunk.indent == 0) {
            child(chunk.expr);
        } else {
            // How far a hole is indented changes the value of a text of several lines.
            open_word("indented");
            word(std::to_string(chunk.indent));
            child(chunk.expr);
            close();
        }
    }
    close();
}

void Printer::open_word(std::string_view name) {
    out_ += ' ';
    open(name);
}

void Printer::enum_tag(const EnumTag& node) {
    if (!node.argument) {
        out_ += quote_tag(node.tag.text());
        return;
    }
    open(quote_tag(node.tag.text()));
    child(node.argument);
    close();
}

void Printer::record(const Record& node) {
    open("record");
    for (const IncludeDef& item : node.includes) {
        open_word("include");
        word(item.name.text());
        annotations(item.annotations);
        close();
    }
    for (const FieldDef& field : node.fields) {
        open_word("field");
        bool is_first = true;
        out_ += ' ';
        for (const PathElement& element : field.path) {
            if (!std::exchange(is_first, false)) out_ += '.';
            if (element.dynamic) {
                this->node(element.dynamic);
            } else {
                out_ += quote_field(element.name.text());
            }
        }
        annotations(field.annotations);
        if (field.value) child(field.value);
        close();
    }
    if (node.open) word("..");
    close();
}

void Printer::let(const Let& node) {
    open(node.recursive ? "let-rec" : "let");
    for (const Binding& binding : node.bindings) {
        out_ += " (";
        pattern(*binding.pattern);
        annotations(binding.annotations);
        child(binding.value);
        close();
    }
    child(node.body);
    close();
}

void Printer::function(const Fun& node) {
    open("fun (");
    bool is_first = true;
    for (const Pattern* parameter : node.parameters) {
        if (!std::exchange(is_first, false)) out_ += ' ';
        pattern(*parameter);
    }
    close();
    child(node.body);
    close();
}

void Printer::match(const Match& node) {
    open("match");
    for (const Branch& branch : node.branches) {
        out_ += " (";
        pattern(*branch.pattern);
        if (branch.guard) {
            open_word("if");
            child(branch.guard);
            close();
        }
        child(branch.body);
        close();
    }
    close();
}

void Printer::conditional(const If& node) {
    open("if");
    child(node.condition);
    child(node.then_branch);
    child(node.else_branch);
    close();
}

void Printer::import(const Import& node) {
    static constexpr std::string_view formats[] = {"", "Nickel", "Json", "Yaml", "Toml", "Text"};
    open(node.package ? "import-package" : "import");
    word(quote_string(node.path));
    if (node.format != ImportFormat::Auto) word(formats[static_cast<std::size_t>(node.format)]);
    close();
}

void Printer::annotations(const Annotations* list) {
    if (!list) return;
    if (list->type) {
        open_word(":");
        child(list->type);
        close();
    }
    for (const Node* contract : list->contracts) {
        open_word("|");
        child(contract);
        close();
    }
    if (list->doc) {
        open_word("doc");
        child(list->doc);
        close();
    }
    if (list->optional) word("optional");
    if (list->not_exported) word("not_exported");
    switch (list->priority) {
        case PriorityKind::Neutral: break;
        case PriorityKind::Default: word("default"); break;
        case PriorityKind::Force: word("force"); break;
        case PriorityKind::Number:
            open_word("priority");
            word(list->priority_number);
            close();
    }
}

}

namespace lang {

std::string print_ast(const ast::Node& node) {
    std::string out;
    ast::Printer(out).node(&node);
    return out;
}

}
