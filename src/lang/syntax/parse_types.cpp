#include "lang/syntax/parser_core.hpp"
#include "value/number/rational.hpp"

#include <utility>

namespace lang {

using namespace ast;

namespace {

// Only what no evaluation could turn into a contract. A variable, a call or an `if` may be
// anything, and is checked when it is applied.
bool is_never_contract(const Node& node) {
    switch (node.kind) {
        case Kind::Null:
        case Kind::Bool:
        case Kind::Number:
        case Kind::String:
        case Kind::EnumTag:
        case Kind::Array: return true;
        case Kind::Interpolation: return !static_cast<const Interpolation&>(node).symbolic;
        default: return false;
    }
}

// Compares as priorities do; one that is no number here is refused by the compiler.
std::pair<int, value::Rational> rank_of(PriorityKind kind, std::string_view number) {
    switch (kind) {
        case PriorityKind::Default: return {-1, {}};
        case PriorityKind::Force: return {1, {}};
        case PriorityKind::Number: {
            auto value = value::Rational::from_numeral(number);
            return {0, value.ok() ? std::move(value).value() : value::Rational()};
        }
        case PriorityKind::Neutral: break;
    }
    return {0, {}};
}

}

// Null when there are none.
const ast::Annotations* Parser::annotations(AnnotationPlace place) {
    if (!is(TokenKind::Colon) && !is(TokenKind::Bar)) return nullptr;
    Annotations result;
    std::vector<const Node*> contracts;
    while (is(TokenKind::Colon) || is(TokenKind::Bar)) {
        bool is_type = is(TokenKind::Colon);
        advance();
        if (!is_type && is_metadata_word(kind())) {
            metadata(result, place);
            // `: T : U` is one type and a contract: the type is checked statically, and there is
            // only one.
        } else if (is_type && !result.type) {
            result.type = type();
        } else {
            contracts.push_back(type());
        }
    }
    result.contracts = arena_.copy(contracts);
    return arena_.make<Annotations>(result);
}

void Parser::metadata(ast::Annotations& result, AnnotationPlace place) {
    bool is_allowed =
        // `doc` may stand behind a name of `let`, for those who read it; nothing else of a field
        // makes sense there.
        place == AnnotationPlace::Field || (place == AnnotationPlace::Let && is(TokenKind::Doc));
    if (!is_allowed) {
        unexpected("a contract");
        advance();
        if (is(TokenKind::StringLiteral) || is(TokenKind::Number)) advance();
        return;
    }
    TokenKind word = kind();
    advance();
    switch (word) {
        case TokenKind::Default: return raise_priority(result, PriorityKind::Default, {});
        case TokenKind::Force: return raise_priority(result, PriorityKind::Force, {});
        case TokenKind::Priority: return priority(result);
        case TokenKind::Optional: result.optional = true; return;
        case TokenKind::NotExported: result.not_exported = true; return;
        default: break;
    }
    if (!is(TokenKind::StringLiteral) && !is(TokenKind::StringStart) &&
        !is(TokenKind::MultilineStart)) {
        unexpected("the documentation as a string");
        return;
    }
    Node* text = string();
    if (text->kind == Kind::Interpolation) {
        report(text->span, "documentation cannot hold interpolated text",
               "this string is computed");
    } else if (!result.doc) {
        result.doc = text;
    }
}

void Parser::priority(ast::Annotations& result) {
    Pos begin = at_->begin;
    bool negative = accept(TokenKind::Minus);
    if (!is(TokenKind::Number)) {
        unexpected("a number, the priority");
        return;
    }
    std::string_view digits = text(*at_);
    advance();
    if (!negative) return raise_priority(result, PriorityKind::Number, digits);
    std::string_view number = text(span_from(begin));
    // `-5` is one piece of the source and needs no copy; `- 5` does.
    if (number.size() != digits.size() + 1) number = arena_.copy("-" + std::string(digits));
    raise_priority(result, PriorityKind::Number, number);
}

// Of several priorities the highest counts.
void Parser::raise_priority(ast::Annotations& result, ast::PriorityKind priority_kind,
                            std::string_view number) {
    bool is_first = result.priority == PriorityKind::Neutral;
    if (!is_first &&
        // Compared as numbers, not as texts: 10 is above 9, and -1 below 0.
        rank_of(result.priority, result.priority_number) >= rank_of(priority_kind, number)) {
        return;
    }
    result.priority = priority_kind;
    result.priority_number = number;
}

// What stands behind `:` or `|`.
const ast::Node* Parser::type() {
    Nested nested(*this);
    if (!nested.ok()) return invalid(at_->begin);
    if (is(TokenKind::Forall)) return forall();
    Pos begin = at_->begin;
    // Types and terms are one grammar, so an arrow's level lets in everything. A term that makes
    // no sense is refused by as_type.
    return as_type(infix(11), begin);
}

// A term in a type's place. What can never be a contract is refused here.
const ast::Node* Parser::as_type(ast::Node* node, Pos begin) {
    if (is_never_contract(*node)) {
        value::Diagnostic* found =
            report(span_from(begin), "this cannot be used as a contract", "");
        if (found) {
            found->notes.emplace_back(
                "contracts are types, records, functions and what std.contract makes");
            if (node->kind == Kind::EnumTag || node->kind == Kind::String) {
                found->notes.emplace_back("to allow certain tags only, write [| 'Foo, 'Bar |]");
            }
        }
        return node;
    }
    if (node->kind == Kind::Record) {
        auto* record = static_cast<Record*>(node);
        // Between types `{}` is the type without fields, elsewhere the empty record; nobody knew
        // which when it was read.
        if (record->fields.empty() && record->includes.empty() && !record->open) {
            auto* empty = arena_.make<TypeRecord>();
            empty->kind = Kind::TypeRecord;
            empty->span = node->span;
            return empty;
        }
    }
    return node;
}

ast::Node* Parser::forall() {
    Pos begin = at_->begin;
    advance();
    std::vector<Symbol> variables;
    // Each variable makes a node, one below the other, without recursion here.
    while (is(TokenKind::Identifier) && grow_height()) {
        variables.push_back(Symbol::of(text(*at_)));
        advance();
    }
    if (variables.empty()) {
        unexpected("a type variable");
        return invalid(begin);
    }
    if (!is(TokenKind::Dot)) {
        unexpected("`.` or another type variable");
        return invalid(begin);
    }
    advance();
    const Node* body = type();
    TypeForall* outer = nullptr;
    for (std::size_t i = variables.size(); i-- > 0;) {
        outer = make<TypeForall>(Kind::TypeForall, begin, variables[i], VarKind::Type, body);
        body = outer;
    }
    // The outermost only: it is walked from there.
    foralls_.push_back(outer);
    return outer;
}

ast::Node* Parser::array_type() {
    Pos begin = at_->begin;
    advance();
    Pos element_begin = at_->begin;
    if (is(TokenKind::ArrayType) || is(TokenKind::Match) || is(TokenKind::PrimOp)) {
        return expected_term();
    }
    if (is(TokenKind::End) || is_operator(kind()) || is(TokenKind::Comma)) {
        value::Diagnostic* found = unexpected("the type of the elements");
        if (found) found->notes.emplace_back("arrays of anything are Array Dyn");
        return invalid(begin);
    }
    const Node* element = as_type(operand(), element_begin);
    return make<TypeArray>(Kind::TypeArray, begin, element);
}

// `[| 'A, 'B T; r |]`
ast::Node* Parser::enum_type() {
    Token opened = *at_;
    Bracket bracket(*this, TokenKind::RightEnum);
    advance();
    std::vector<TypeRow> rows;
    Tail tail = Tail::Closed;
    Symbol tail_variable;
    Span tail_span;
    while (!is(TokenKind::RightEnum) && !is(TokenKind::Semicolon)) {
        if (!is(TokenKind::EnumTag) && !is(TokenKind::QuotedEnumTag)) {
            unexpected("an enum tag");
            recover();
        } else {
            Pos begin = at_->begin;
            TypeRow row{tag_symbol(*at_), nullptr, {}};
            advance();
            // Whatever follows is an argument, also what cannot be one: then the message speaks of
            // a type, not of a missing comma.
            bool has_argument =
                !is(TokenKind::Comma) && !is(TokenKind::Semicolon) && !is(TokenKind::RightEnum);
            Pos argument_begin = at_->begin;
            if (has_argument) row.type = as_type(operand(), argument_begin);
            row.span = span_from(begin);
            rows.push_back(row);
        }
        if (accept(TokenKind::Comma)) continue;
        if (is(TokenKind::RightEnum) || is(TokenKind::Semicolon)) break;
        if (value::Diagnostic* found = unexpected("`,` or `|]`")) {
            found->labels.push_back({opened.span(), "opened here", false});
        }
        recover();
        if (!accept(TokenKind::Comma)) break;
    }
    if (is(TokenKind::Semicolon) && !type_tail(tail, tail_variable, tail_span, false)) recover();
    expect(TokenKind::RightEnum, &opened);
    return make<TypeEnum>(Kind::TypeEnum, opened.begin, arena_.copy(rows), tail, tail_variable);
}

// `; r` or, in records, `; Dyn`.
bool Parser::type_tail(ast::Tail& tail, Symbol& variable, Span& span, bool may_be_dyn) {
    advance();
    span = at_->span();
    if (may_be_dyn && accept(TokenKind::Dyn)) {
        tail = Tail::Dyn;
        return true;
    }
    if (is(TokenKind::Identifier)) {
        tail = Tail::Variable;
        variable = Symbol::of(text(*at_));
        advance();
        return true;
    }
    unexpected(may_be_dyn ? "a type variable or `Dyn`" : "a type variable");
    return false;
}

}
