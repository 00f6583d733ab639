#include "lang/format/builder.hpp"

namespace lang::format {

using enum TokenKind;

static bool is_name(TokenKind kind) {
    return kind == Identifier || is_metadata_word(kind) || kind == StringLiteral;
}

// `{ … }`: a record, a type of records, a dictionary or a pattern.
NodeId Builder::braces(bool is_pattern) {
    const NodeId id = start(Shape::Braces);
    NodeId last = kNone;
    advance();
    while (!failed_ && !is(RightBrace)) {
        if (accept(Semicolon)) {
            add(id, last, leaf());   // the tail of a type
            break;
        }
        if (is(Ellipsis)) {
            add(id, last, rest());
        } else if (is_pattern) {
            add(id, last, field_pattern());
        } else if (is_word("include") && (is_name(kind(1)) || kind(1) == LeftBracket) &&
                   kind(1) != StringLiteral) {
            add(id, last, include());
        } else {
            add(id, last, field());
        }
        if (accept(Comma) || is(Semicolon)) continue;
        if (!is(RightBrace)) failed_ = true;
    }
    expect(RightBrace);
    return end(id);
}

// `[ … ]`, an array or a pattern of one, and `[| … |]`.
NodeId Builder::brackets(TokenKind closer, bool is_pattern) {
    const NodeId id = start(Shape::Brackets);
    NodeId last = kNone;
    advance();
    while (!failed_ && !is(closer)) {
        if (closer == RightEnum && accept(Semicolon)) {
            add(id, last, leaf());
            break;
        }
        add(id, last,
            closer == RightEnum ? row()
            : is(Ellipsis)      ? rest()
            : is_pattern        ? pattern()
                                : term());
        if (accept(Comma) || (closer == RightEnum && is(Semicolon))) continue;
        if (!is(closer)) failed_ = true;
    }
    expect(closer);
    return end(id);
}

// `'Tag` or `'Tag Type`
NodeId Builder::row() {
    const NodeId id = start(Shape::Words);
    NodeId last = kNone;
    failed_ |= !is(EnumTag) && !is(QuotedEnumTag);
    advance();
    if (!is(Comma) && !is(Semicolon) && !is(RightEnum)) add(id, last, operand());
    return end(id);
}

NodeId Builder::field() {
    const NodeId id = start(Shape::Field);
    NodeId last = kNone;
    if (!accept(Underscore)) {   // the name of a dictionary's fields
        do {
            failed_ |= !is_name(kind());
            advance();
        } while (!failed_ && accept(Dot));
    }
    tree_.nodes[id].mark = here() - 1;
    annotations(last, id);
    if (accept(Equal)) add(id, last, term());
    return end(id);
}

// `include x | C` is laid out as a field is; `include [a, b]` holds a list.
NodeId Builder::include() {
    if (kind(1) == LeftBracket) {
        const NodeId id = start(Shape::Words);
        NodeId last = kNone;
        advance();
        add(id, last, brackets(RightBracket, false));
        return end(id);
    }
    const NodeId id = start(Shape::Field);
    NodeId last = kNone;
    advance();
    advance();
    tree_.nodes[id].mark = here() - 1;
    annotations(last, id);
    return end(id);
}

NodeId Builder::binding() {
    const NodeId id = start(Shape::Field);
    NodeId last = kNone;
    add(id, last, pattern());
    annotations(last, id);
    expect(Equal);
    add(id, last, failed_ ? leaf() : term());
    return end(id);
}

void Builder::annotations(NodeId& last_child, NodeId parent) {
    while (!failed_ && (is(Colon) || is(Bar))) add(parent, last_child, annotation());
}

NodeId Builder::annotation() {
    const NodeId id = start(Shape::Annotation);
    NodeId last = kNone;
    const bool is_type = is(Colon);
    advance();
    if (is_type || !is_metadata_word(kind())) {
        add(id, last, is(Forall) ? forall() : infix(11));
        return end(id);
    }
    const TokenKind word = kind();
    advance();
    if (word == Doc) add(id, last, leaf());
    if (word == Priority) {
        const NodeId number = start(Shape::Tight);
        accept(Minus);
        advance();
        add(id, last, end(number));
    }
    return end(id);
}

// ---- patterns

NodeId Builder::pattern() {
    const std::uint32_t first = here();
    const NodeId one = alternative(false);
    if (!is_or()) return one;
    const NodeId id = start_at(Shape::Words, first);
    NodeId last = kNone;
    add(id, last, one);
    while (!failed_ && is_or()) {
        advance();
        add(id, last, alternative(false));
    }
    return end(id);
}

// `x @ p` or p.
NodeId Builder::alternative(bool is_argument) {
    if (!is(Identifier) || kind(1) != At) return plain_pattern(is_argument);
    const NodeId id = start(Shape::Words);
    NodeId last = kNone;
    advance();
    advance();
    add(id, last, plain_pattern(is_argument));
    return end(id);
}

NodeId Builder::plain_pattern(bool is_argument) {
    switch (kind()) {
        case LeftBrace: return braces(true);
        case LeftBracket: return brackets(RightBracket, true);
        case LeftParen: {
            const NodeId id = start(Shape::Paren);
            NodeId last = kNone;
            advance();
            add(id, last, pattern());
            expect(RightParen);
            return end(id);
        }
        case Minus: {
            const NodeId id = start(Shape::Tight);
            advance();
            advance();
            return end(id);
        }
        case EnumTag:
        case QuotedEnumTag: {
            const NodeId id = start(Shape::Words);
            NodeId last = kNone;
            advance();
            if (!is_argument && starts_pattern() && !is_or()) add(id, last, alternative(true));
            return end(id);
        }
        default: failed_ |= !starts_pattern(); return leaf();
    }
}

// `f annotations ? default = p`
NodeId Builder::field_pattern() {
    const NodeId id = start(Shape::Field);
    NodeId last = kNone;
    failed_ |= !is(Identifier);
    advance();
    tree_.nodes[id].mark = here() - 1;
    annotations(last, id);
    if (accept(Question)) add(id, last, term());
    if (accept(Equal)) add(id, last, pattern());
    return end(id);
}

// `..` or `..name`
NodeId Builder::rest() {
    const NodeId id = start(Shape::Tight);
    advance();
    accept(Identifier);
    return end(id);
}

}
