#include "lang/print/source_text.hpp"

#include "base/text.hpp"
#include "lang/print/tree_printer.hpp"
#include "lang/syntax/parser.hpp"
#include "lang/syntax/quoting.hpp"

#include <algorithm>

namespace lang::print {

// Runs of blanks outside of strings as one.
void TreePrinter::as_written(Span span) {
    std::string text;
    bool in_string = false;
    for (const char c : sources_.text(span)) {
        // An escaped quote counts, too; then blanks are kept or joined in the wrong place, which
        // changes how it looks and no more.
        if (c == '"') in_string = !in_string;
        const bool blank = !in_string && (c == ' ' || c == '\n' || c == '\t' || c == '\r');
        if (blank && text.ends_with(' ')) continue;
        text += blank ? ' ' : c;
    }
    layout_.text(std::move(text));
}

// Whether it is one thing wherever it stands, or has to be put in parentheses.
static bool is_atom(ast::Kind kind) {
    switch (kind) {
        case ast::Kind::Apply:
        case ast::Kind::Fun:
        case ast::Kind::Let:
        case ast::Kind::Match:
        case ast::Kind::If:
        case ast::Kind::Unary:
        case ast::Kind::Binary:
        case ast::Kind::PrimOp:
        case ast::Kind::Annotated:
        case ast::Kind::Import:
        case ast::Kind::TypeArrow:
        case ast::Kind::TypeForall: return false;
        default: return true;
    }
}

void TreePrinter::atom(const ast::Node& inner) {
    const bool is_variant =
        inner.kind == ast::Kind::EnumTag && as<ast::EnumTag>(inner).argument != nullptr;
    // `Array T` and a dictionary are no atoms in the official printer.
    const bool is_array =
        inner.kind == ast::Kind::TypeArray && as<ast::TypeArray>(inner).element != nullptr;
    const bool plain =
        is_atom(inner.kind) && !is_variant && !is_array && inner.kind != ast::Kind::TypeDict;
    if (!plain) layout_.text("(");
    node(inner);
    if (!plain) layout_.text(")");
}

void TreePrinter::annotations(const ast::Annotations& about) {
    const auto entry = [&](std::string_view mark) {
        layout_.line();
        layout_.text(std::string(mark));
    };
    if (about.type != nullptr) {
        entry(": ");
        node(*about.type);
    }
    for (const ast::Node* contract : about.contracts) {
        entry("| ");
        node(*contract);
    }
    if (about.doc != nullptr && about.doc->kind == ast::Kind::String) {
        layout_.line();
        append_doc(layout_, as<ast::String>(*about.doc).text);
    }
    if (about.optional) entry("| optional");
    switch (about.priority) {
        case ast::PriorityKind::Default: entry("| default"); break;
        case ast::PriorityKind::Force: entry("| force"); break;
        case ast::PriorityKind::Number:
            entry("| priority ");
            layout_.text(std::string(about.priority_number));
            break;
        case ast::PriorityKind::Neutral: break;
    }
}

void TreePrinter::field(const ast::FieldDef& field) {
    std::string name;
    for (const ast::PathElement& element : field.path) {
        if (!name.empty()) name += '.';
        name += element.dynamic != nullptr ? std::string(sources_.text(element.span))
                                           : quote_field(element.name.text());
    }
    layout_.begin();
    layout_.text(std::move(name));
    layout_.indent(2);
    if (field.annotations != nullptr) annotations(*field.annotations);
    if (field.value != nullptr) {
        if (field.annotations != nullptr) {
            layout_.line();
            layout_.text("= ");
        } else {
            layout_.text(" =");
            layout_.line();
        }
        layout_.indent(2);
        node(*field.value);
        layout_.indent(-2);
    }
    layout_.indent(-2);
    layout_.end();
}

void TreePrinter::record(const ast::Record& record) {
    // `include` names what stands around it, which is not here: nothing of it is laid out anew.
    if (!record.includes.empty()) return as_written(record.span);
    std::vector<const ast::FieldDef*> fields;
    for (const ast::FieldDef& each : record.fields) fields.push_back(&each);
    // By name, as the fields of values are printed.
    std::ranges::stable_sort(fields, [](const ast::FieldDef* a, const ast::FieldDef* b) {
        return a->path.front().name.text() < b->path.front().name.text();
    });
    layout_.begin();
    layout_.text("{");
    layout_.indent(2);
    layout_.line();
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i > 0) layout_.line();
        field(*fields[i]);
        layout_.text(",");
    }
    if (record.open) {
        layout_.line();
        layout_.text("..");
    }
    layout_.indent(-2);
    layout_.line();
    layout_.text("}");
    layout_.end();
}

void TreePrinter::apply(const ast::Node& head, ast::List<const ast::Node*> arguments) {
    layout_.begin();
    atom(head);
    layout_.indent(2);
    for (const ast::Node* argument : arguments) {
        layout_.line();
        atom(*argument);
    }
    layout_.indent(-2);
    layout_.end();
}

void TreePrinter::function(const ast::Fun& fun) {
    layout_.begin();
    layout_.text("fun");
    layout_.indent(2);
    for (const ast::Pattern* parameter : fun.parameters) {
        layout_.line();
        as_written(parameter->span);
    }
    layout_.line();
    layout_.text("=>");
    layout_.line();
    node(*fun.body);
    layout_.indent(-2);
    layout_.end();
}

void TreePrinter::condition(const ast::If& term) {
    const auto branch = [&](const ast::Node& inner) {
        layout_.indent(2);
        layout_.line();
        node(inner);
        layout_.indent(-2);
    };
    layout_.begin();
    layout_.text("if ");
    node(*term.condition);
    layout_.text(" then");
    branch(*term.then_branch);
    layout_.line();
    layout_.text("else");
    branch(*term.else_branch);
    layout_.end();
}

void TreePrinter::let(const ast::Let& let) {
    layout_.begin();
    // Breaks go behind `=` and `in` alone, as the official printer has them.
    layout_.text(let.recursive ? "let rec " : "let ");
    for (const ast::Binding& binding : let.bindings) {
        if (&binding != &let.bindings.front()) layout_.text(", ");
        layout_.begin();
        as_written(binding.pattern->span);
        layout_.indent(2);
        if (binding.annotations != nullptr) annotations(*binding.annotations);
        layout_.text(" =");
        layout_.line();
        node(*binding.value);
        layout_.indent(-2);
        layout_.end();
    }
    layout_.text(" in");
    layout_.line();
    node(*let.body);
    layout_.end();
}

// How tightly an operator binds, the smaller the tighter, as the parser has it.
static int level_of(ast::BinaryOp op) {
    using enum ast::BinaryOp;
    switch (op) {
        case ConcatStrings:
        case ConcatArrays: return 2;
        case Multiply:
        case Divide:
        case Modulo: return 3;
        case Add:
        case Subtract: return 4;
        case Merge:
        case Pipe: return 6;
        case Less:
        case LessEqual:
        case Greater:
        case GreaterEqual: return 7;
        case Equal:
        case NotEqual: return 8;
        case And: return 9;
        case Or: return 10;
        case Access: break;
    }
    return 11;
}

void TreePrinter::operand(const ast::Node& inner, int level, bool is_left) {
    bool plain =
        is_atom(inner.kind) || inner.kind == ast::Kind::Apply || inner.kind == ast::Kind::PrimOp;
    // On the left its braces would take the operator for a part of the last branch.
    if (inner.kind == ast::Kind::Match) plain = !is_left;
    constexpr int kNot = 5;
    if (inner.kind == ast::Kind::Unary)
        plain = as<ast::Unary>(inner).op == ast::UnaryOp::Negate ? is_left : level > kNot;
    if (inner.kind == ast::Kind::Binary) {
        const int own = level_of(as<ast::Binary>(inner).op);
        // All but the arrow go to the left: on the right the same level needs parentheses.
        plain = own < level || (is_left && own == level);
    }
    if (!plain) layout_.text("(");
    node(inner);
    if (!plain) layout_.text(")");
}

// What stands in a row of operators of one level breaks before each of them.
void TreePrinter::infix(const ast::Binary& binary) {
    const int level = level_of(binary.op);
    std::vector<const ast::Binary*> row = {&binary};
    while (row.back()->left->kind == ast::Kind::Binary) {
        const auto& left = as<ast::Binary>(*row.back()->left);
        if (level_of(left.op) != level) break;
        row.push_back(&left);
    }
    layout_.begin();
    operand(*row.back()->left, level, true);
    for (std::size_t i = row.size(); i-- > 0;) {
        layout_.line();
        layout_.text(std::string(sources_.text(row[i]->op_span)) + " ");
        operand(*row[i]->right, level, false);
    }
    layout_.end();
}

void TreePrinter::node(const ast::Node& node) {
    switch (node.kind) {
        case ast::Kind::Var: return layout_.text(std::string(as<ast::Var>(node).name.text()));
        case ast::Kind::String: return layout_.text(quote_string(as<ast::String>(node).text));
        case ast::Kind::Array: {
            const auto& elements = as<ast::Array>(node).elements;
            if (elements.empty()) return layout_.text("[  ]");
            return list("[", "]", elements.size(),
                        [&](std::size_t i) { this->node(*elements[i]); });
        }
        case ast::Kind::Record: return record(as<ast::Record>(node));
        case ast::Kind::Apply:
            return apply(*as<ast::Apply>(node).head, as<ast::Apply>(node).arguments);
        case ast::Kind::Fun: return function(as<ast::Fun>(node));
        case ast::Kind::If: return condition(as<ast::If>(node));
        case ast::Kind::Let: return let(as<ast::Let>(node));
        case ast::Kind::Binary: return infix(as<ast::Binary>(node));
        case ast::Kind::Access:
            atom(*as<ast::Access>(node).object);
            return layout_.text("." + quote_field(as<ast::Access>(node).field.text()));
        // Kinds that are no terms here, and terms that are left as they are written.
        default: return type(node);
    }
}

void append_source(Layout& layout, std::string_view text) {
    SourceMap sources;
    Arena arena;
    const Source* source = sources.add("", std::string(text));
    // No room for another source, or no term by itself: then as it is written.
    if (source == nullptr) return layout.text(std::string(text));
    const ParseResult parsed = parse(*source, arena);
    if (!parsed.ok()) return layout.text(std::string(text));
    TreePrinter(layout, sources).node(*parsed.root);
}

void append_doc(Layout& layout, std::string_view doc) {
    if (doc.find('\n') == doc.npos) return layout.text("| doc " + quote_string(doc));
    // So that no `"%` within the text ends it, and no `%{` in it is a hole: one `%` more than the
    // longest run of them behind a quote or before a brace.
    std::size_t longest = 0;
    for (std::size_t i = 0; i < doc.size();) {
        const std::size_t begin = std::min(doc.find('%', i), doc.size());
        const std::size_t end = std::min(doc.find_first_not_of('%', begin), doc.size());
        const bool counts =
            (begin > 0 && doc[begin - 1] == '"') || (end < doc.size() && doc[end] == '{');
        if (counts) longest = std::max(longest, end - begin);
        i = end;
    }
    const std::string marks(longest + 1, '%');
    layout.text("| doc m" + marks + "\"");
    layout.indent(2);
    for (const std::string_view line : base::split(doc, '\n')) {
        layout.hard_line();
        layout.text(std::string(line));
    }
    layout.indent(-2);
    layout.hard_line();
    layout.text("\"" + marks);
}

}
