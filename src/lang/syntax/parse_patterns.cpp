#include "lang/syntax/parser_core.hpp"

#include <algorithm>
#include <unordered_set>

namespace lang {

using namespace ast;

// `or` is an identifier, too; it is the operator where a pattern follows it.
bool Parser::is_or_operator() const { return is_word("or") && begins_pattern(ahead(1).kind); }

ast::Pattern* Parser::make_pattern(ast::PatternKind pattern_kind, Pos begin) {
    auto* result = arena_.make<Pattern>();
    result->kind = pattern_kind;
    result->span = span_from(begin);
    return result;
}

ast::Pattern* Parser::invalid_pattern() {
    Pos begin = at_->begin;
    unexpected("a pattern");
    return make_pattern(PatternKind::Any, begin < prev_end_ ? begin : prev_end_);
}

// A pattern as in let, match and inside of others: alternatives and unparenthesised variants. A
// name in front, `x @ 'A or 'B`, is of all alternatives together.
const ast::Pattern* Parser::pattern() {
    Nested nested(*this);
    if (!nested.ok()) return invalid_pattern();
    const Pos begin = at_->begin;
    const Symbol alias = accept_alias();
    const Pos first_begin = at_->begin;
    Pattern* first = plain_pattern(PatternPlace::Whole);
    if (is_or_operator()) {
        std::vector<const Pattern*> alternatives{first};
        first = or_pattern(alternatives, first_begin);
    }
    return with_alias(begin, alias, first);
}

// Only the last alternative can have a name of its own.
ast::Pattern* Parser::or_pattern(std::vector<const ast::Pattern*>& alternatives, Pos begin) {
    bool is_named = false;
    while (!is_named && is_or_operator()) {
        advance();
        is_named = is(TokenKind::Identifier) && ahead(1).kind == TokenKind::At;
        alternatives.push_back(alternative(PatternPlace::Whole));
    }
    Pattern* result = make_pattern(PatternKind::Or, begin);
    result->elements = arena_.copy(alternatives);
    return result;
}

// The name in `x @ p`; none if there is none.
Symbol Parser::accept_alias() {
    if (!is(TokenKind::Identifier) || ahead(1).kind != TokenKind::At) return {};
    const Symbol alias = Symbol::of(text(*at_));
    advance();
    advance();
    return alias;
}

ast::Pattern* Parser::with_alias(Pos begin, Symbol alias, ast::Pattern* inner) {
    if (alias.id == 0) return inner;
    // A pattern has room for one name; a second needs a node around the first, alternatives of
    // which there is one.
    if (inner->alias.id == 0) {
        inner->alias = alias;
        inner->span.begin = begin;
        return inner;
    }
    // `x @ y`.
    Pattern* result = make_pattern(PatternKind::Or, begin);
    result->alias = alias;
    result->elements = arena_.copy(std::vector<const Pattern*>{inner});
    return result;
}

// `x @ p` or p.
const ast::Pattern* Parser::alternative(PatternPlace place) {
    const Pos begin = at_->begin;
    const Symbol alias = accept_alias();
    return with_alias(begin, alias, plain_pattern(place));
}

ast::Pattern* Parser::plain_pattern(PatternPlace place) {
    Pos begin = at_->begin;
    switch (kind()) {
        case TokenKind::Identifier: {
            Symbol name = Symbol::of(text(*at_));
            advance();
            Pattern* result = make_pattern(PatternKind::Variable, begin);
            result->alias = name;
            return result;
        }
        case TokenKind::Underscore: advance(); return make_pattern(PatternKind::Any, begin);
        case TokenKind::Null: advance(); return make_pattern(PatternKind::Null, begin);
        case TokenKind::True:
        case TokenKind::False: {
            bool value = is(TokenKind::True);
            advance();
            Pattern* result = make_pattern(PatternKind::Bool, begin);
            result->bool_value = value;
            return result;
        }
        case TokenKind::Number:
        case TokenKind::Minus: return number_pattern();
        case TokenKind::StringLiteral: {
            std::string_view value;
            static_text(value);
            Pattern* result = make_pattern(PatternKind::String, begin);
            result->text = value;
            return result;
        }
        case TokenKind::EnumTag:
        case TokenKind::QuotedEnumTag: return tag_pattern(place);
        case TokenKind::LeftBrace: return record_pattern();
        case TokenKind::LeftBracket: return array_pattern();
        case TokenKind::LeftParen: return parenthesised_pattern();
        default: return invalid_pattern();
    }
}

ast::Pattern* Parser::number_pattern() {
    Pos begin = at_->begin;
    bool negative = accept(TokenKind::Minus);
    if (!is(TokenKind::Number)) {
        unexpected("a number");
        return make_pattern(PatternKind::Any, begin);
    }
    std::string_view digits = text(*at_);
    advance();
    Pattern* result = make_pattern(PatternKind::Number, begin);
    // The sign and the digits may have blanks between them, so their text is put together.
    result->text = negative ? arena_.copy(std::string_view("-" + std::string(digits))) : digits;
    return result;
}

// `'Foo`, and where alternatives are separated, `'Foo p` as well.
ast::Pattern* Parser::tag_pattern(PatternPlace place) {
    Pos begin = at_->begin;
    Symbol tag = tag_symbol(*at_);
    advance();
    const Pattern* argument = nullptr;
    // Within an argument `'A 'B` is two arguments of a function, as in `fun 'A 'B => …`; with an
    // argument of its own it needs parentheses.
    if (place == PatternPlace::Whole && begins_pattern(kind()) && !is_or_operator()) {
        argument = alternative(PatternPlace::Argument);
    }
    Pattern* result = make_pattern(PatternKind::Enum, begin);
    result->tag = tag;
    result->argument = argument;
    return result;
}

// Parentheses hold alternatives or a variant, nothing else.
ast::Pattern* Parser::parenthesised_pattern() {
    Nested nested(*this);
    if (!nested.ok()) return invalid_pattern();
    Token opened = *at_;
    Bracket bracket(*this, TokenKind::RightParen);
    advance();
    Pos begin = at_->begin;
    std::vector<const Pattern*> alternatives{plain_pattern(PatternPlace::Whole)};
    const Pattern* inner = alternatives[0];
    if (is_or_operator()) {
        inner = or_pattern(alternatives, begin);
    } else if (inner->kind != PatternKind::Enum || !inner->argument || inner->alias.id != 0) {
        value::Diagnostic* found = unexpected("`or` and an alternative");
        if (found) {
            found->notes.emplace_back(
                "in patterns, parentheses hold alternatives, ('A or 'B), or a "
                "variant, ('A x); annotations go behind the whole pattern");
        }
        recover();
    }
    expect(TokenKind::RightParen, &opened);
    return arena_.make<Pattern>(*inner);
}

ast::Pattern* Parser::record_pattern() {
    Token opened = *at_;
    Bracket bracket(*this, TokenKind::RightBrace);
    advance();
    std::vector<FieldPattern> fields;
    Rest rest;
    while (!is(TokenKind::RightBrace)) {
        if (is(TokenKind::Ellipsis)) {
            rest_pattern(rest, TokenKind::RightBrace);
            break;
        }
        if (!field_pattern(fields)) recover();
        if (accept(TokenKind::Comma)) continue;
        if (is(TokenKind::RightBrace)) break;
        if (value::Diagnostic* found = unexpected("`,` or `}`")) {
            found->labels.push_back({opened.span(), "opened here", false});
        }
        recover();
        if (!accept(TokenKind::Comma)) break;
    }
    expect(TokenKind::RightBrace, &opened);
    std::unordered_map<std::uint32_t, Span> seen;
    for (const FieldPattern& field : fields) {
        auto [first, is_new] = seen.emplace(field.name.id, field.span);
        if (is_new) continue;
        std::string name(field.name.text());
        value::Diagnostic* found =
            report(field.span, "`" + name + "` occurs twice in one record pattern", "again here",
                   "DuplicateIdentInRecordPattern");
        if (!found) break;
        found->labels.push_back({first->second, "first here", false});
        found->expectation.emplace_back("ident", name);
    }
    Pattern* result = make_pattern(PatternKind::Record, opened.begin);
    result->fields = arena_.copy(fields);
    result->rest = rest;
    return result;
}

// `f annotations ? default = p`
bool Parser::field_pattern(std::vector<ast::FieldPattern>& fields) {
    Pos begin = at_->begin;
    if (!is(TokenKind::Identifier)) {
        unexpected("the name of a field");
        return false;
    }
    FieldPattern field;
    field.name = Symbol::of(text(*at_));
    advance();
    Span name_span = span_from(begin);
    field.annotations = annotations(AnnotationPlace::Pattern);
    if (accept(TokenKind::Question)) field.default_value = term();
    if (accept(TokenKind::Equal)) {
        field.pattern = pattern();
    } else {
        auto* variable = make_pattern(PatternKind::Variable, begin);
        // `{ a }` binds `a`, its span the name alone, without annotations and default.
        variable->span = name_span;
        variable->alias = field.name;
        field.pattern = variable;
    }
    field.span = span_from(begin);
    fields.push_back(field);
    return true;
}

// `..` or `..name`, which stand last.
bool Parser::rest_pattern(ast::Rest& rest, TokenKind closer) {
    rest.present = true;
    advance();
    if (is(TokenKind::Identifier)) {
        rest.name = Symbol::of(text(*at_));
        advance();
    }
    if (is(closer)) return true;
    value::Diagnostic* found = unexpected(fixed_name(closer));
    if (found) found->notes.emplace_back("the rest stands last in a pattern");
    // All that follows is skipped here, since each of it would be told for the same reason.
    do recover();
    while (accept(TokenKind::Comma));
    return false;
}

ast::Pattern* Parser::array_pattern() {
    Token opened = *at_;
    Bracket bracket(*this, TokenKind::RightBracket);
    advance();
    std::vector<const Pattern*> elements;
    Rest rest;
    while (!is(TokenKind::RightBracket)) {
        if (is(TokenKind::Ellipsis)) {
            rest_pattern(rest, TokenKind::RightBracket);
            break;
        }
        elements.push_back(pattern());
        if (accept(TokenKind::Comma)) continue;
        if (is(TokenKind::RightBracket)) break;
        if (value::Diagnostic* found = unexpected("`,` or `]`")) {
            found->labels.push_back({opened.span(), "opened here", false});
        }
        recover();
        if (!accept(TokenKind::Comma)) break;
    }
    expect(TokenKind::RightBracket, &opened);
    Pattern* result = make_pattern(PatternKind::Array, opened.begin);
    result->elements = arena_.copy(elements);
    result->rest = rest;
    return result;
}

}
