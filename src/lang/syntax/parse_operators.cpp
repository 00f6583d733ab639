#include "lang/syntax/parser_core.hpp"
#include "lang/syntax/primops.hpp"

#include <algorithm>

namespace lang {

using namespace ast;

namespace {

// How tightly operators bind; the smaller the tighter. Application is 0.
constexpr int kNegation = 1;
constexpr int kNot = 5;
constexpr int kArrow = 11;

struct Infix {
    int level = -1;   // -1: not an infix operator
    BinaryOp op = BinaryOp::Add;
};

// Operators of one level go from left to right: `a - b - c` is `(a - b) - c`. Only the arrow
// goes to the right.
Infix infix_of(TokenKind kind) {
    using enum BinaryOp;
    switch (kind) {
        case TokenKind::PlusPlus: return {2, ConcatStrings};
        case TokenKind::At: return {2, ConcatArrays};
        case TokenKind::Star: return {3, Multiply};
        case TokenKind::Slash: return {3, Divide};
        case TokenKind::Percent: return {3, Modulo};
        case TokenKind::Plus: return {4, Add};
        case TokenKind::Minus: return {4, Subtract};
        case TokenKind::Ampersand: return {6, Merge};
        case TokenKind::Pipe: return {6, Pipe};
        case TokenKind::Less: return {7, Less};
        case TokenKind::LessEqual: return {7, LessEqual};
        case TokenKind::Greater: return {7, Greater};
        case TokenKind::GreaterEqual: return {7, GreaterEqual};
        case TokenKind::EqualEqual: return {8, Equal};
        case TokenKind::NotEqual: return {8, NotEqual};
        case TokenKind::AndAnd: return {9, And};
        case TokenKind::OrOr: return {10, Or};
        case TokenKind::Arrow: return {kArrow, Access};
        default: return {};
    }
}

}

// An infix expression and the annotations behind it.
ast::Node* Parser::annotated() {
    Pos begin = at_->begin;
    Node* inner = infix(kArrow);
    if (!is(TokenKind::Colon) && !is(TokenKind::Bar)) return inner;
    const Annotations* behind = annotations(AnnotationPlace::Term);
    return make<Annotated>(Kind::Annotated, begin, inner, behind);
}

ast::Node* Parser::infix(int loosest) {
    Pos begin = at_->begin;
    int left_level = 0;
    Node* left = prefix(loosest, left_level);
    for (;;) {
        // After an error at this very token every loop lets go, up to whoever can recover.
        if (last_error_ == at_) return left;
        Infix next = infix_of(kind());
        if (next.level < 0 || next.level > loosest || next.level < left_level) return left;
        if (next.level == kArrow) return arrow(left, begin);
        Span op_span = at_->span();
        advance();
        // The height of the right side is counted by itself; the taller of the two is that of the
        // whole.
        std::uint32_t left_height = std::exchange(height_, 0);
        // One level tighter, so that an operator of the same level is left to this loop.
        const Node* right = infix(next.level - 1);
        height_ = std::max(left_height, height_);
        left = make<Binary>(Kind::Binary, begin, next.op, op_span, left, right);
        left_level = next.level;
        if (!grow_height()) return left;
    }
}

ast::Node* Parser::arrow(ast::Node* left, Pos begin) {
    Nested nested(*this);
    if (!nested.ok()) return left;
    advance();
    const Node* domain = as_type(left, begin);
    Pos right_begin = at_->begin;
    // With its own level again: `a -> b -> c` is `a -> (b -> c)`.
    const Node* codomain = as_type(infix(kArrow), right_begin);
    return make<TypeArrow>(Kind::TypeArrow, begin, domain, codomain);
}

ast::Node* Parser::prefix(int loosest, int& level) {
    Pos begin = at_->begin;
    // Only where something as loose may stand: in `a ++ !b` the operand of `++` would take in all
    // that binds tighter than `!`.
    if (is(TokenKind::Minus) && loosest >= kNegation) {
        Nested nested(*this);
        if (!nested.ok()) return invalid(begin);
        advance();
        level = kNegation;
        const Node* inner = infix(kNegation);
        return make<Unary>(Kind::Unary, begin, UnaryOp::Negate, inner);
    }
    if (is(TokenKind::Bang) && loosest >= kNot) {
        Nested nested(*this);
        if (!nested.ok()) return invalid(begin);
        advance();
        level = kNot;
        const Node* inner = infix(kNot);
        return make<Unary>(Kind::Unary, begin, UnaryOp::Not, inner);
    }
    return application();
}

// A head and its arguments. Some heads stand only here: match, Array, primitive operations, and an
// enum tag with its argument.
ast::Node* Parser::application() {
    Pos begin = at_->begin;
    Node* head = nullptr;
    switch (kind()) {
        case TokenKind::Match: head = match(); break;
        case TokenKind::ArrayType: head = array_type(); break;
        case TokenKind::PrimOp: head = primitive_operation(); break;
        case TokenKind::EnumTag:
        case TokenKind::QuotedEnumTag:
            if (begins_atom(ahead(1).kind)) {
                Symbol tag = tag_symbol(*at_);
                advance();
                const Node* argument = operand();
                head = make<EnumTag>(Kind::EnumTag, begin, tag, argument);
                break;
            }
            [[fallthrough]];
        default: head = operand();
    }
    return begins_atom(kind()) ? arguments(head, begin) : head;
}

ast::Node* Parser::arguments(ast::Node* head, Pos begin) {
    std::vector<const Node*> list;
    while (begins_atom(kind())) list.push_back(operand());
    return make<Apply>(Kind::Apply, begin, head, arena_.copy(list));
}

ast::Node* Parser::primitive_operation() {
    Pos begin = at_->begin;
    auto id = static_cast<PrimOpId>(at_->primop);
    const PrimOpSpec& spec = primop(id);
    advance();
    std::vector<const Node*> operands;
    for (unsigned i = 0; i < spec.operands; ++i) {
        if (id == PrimOpId::EnumEmbed && i == 0 && !is(TokenKind::Identifier)) {
            unexpected("an identifier");
            return invalid(begin);
        }
        if (id == PrimOpId::EnumEmbed && i == 0) {
            operands.push_back(atom());
        } else if (begins_atom(kind())) {
            operands.push_back(operand());
        } else {
            std::string name(spec.name);
            value::Diagnostic* found =
                unexpected("operand " + std::to_string(i + 1) + " of %" + name + "%");
            std::string_view advice = found ? advice_for_operand() : std::string_view();
            if (!advice.empty()) found->notes.emplace_back(advice);
            return invalid(begin);
        }
    }
    return make<PrimOp>(Kind::PrimOp, begin, static_cast<std::uint16_t>(id), arena_.copy(operands));
}

// An atom and the fields taken from it.
ast::Node* Parser::operand() {
    Pos begin = at_->begin;
    Node* object = atom();
    // Each dot makes the tree one higher, without recursion here; so it is counted.
    while (is(TokenKind::Dot) && grow_height()) object = access(object, begin);
    return object;
}

ast::Node* Parser::access(ast::Node* object, Pos begin) {
    advance();
    Span name_span = at_->span();
    if (is_field_word(*at_)) {
        Symbol name = Symbol::of(text(*at_));
        advance();
        return make<Access>(Kind::Access, begin, object, name, name_span);
    }
    if (!is(TokenKind::StringLiteral) && !is(TokenKind::StringStart) &&
        !is(TokenKind::MultilineStart)) {
        unexpected("the name of a field");
        return object;
    }
    Node* name = string();
    if (name->kind == Kind::String) {
        Symbol symbol = Symbol::of(static_cast<String*>(name)->text);
        return make<Access>(Kind::Access, begin, object, symbol, name->span);
    }
    return make<DynAccess>(Kind::DynAccess, begin, object, name);
}

ast::Node* Parser::atom() {
    Pos begin = at_->begin;
    auto leaf = [this, begin](Kind leaf_kind) {
        advance();
        return make<Node>(leaf_kind, begin);
    };
    switch (kind()) {
        case TokenKind::Identifier: {
            Symbol name = Symbol::of(text(*at_));
            advance();
            return make<Var>(Kind::Var, begin, name);
        }
        case TokenKind::Number: {
            std::string_view written = text(*at_);
            advance();
            return make<Number>(Kind::Number, begin, written);
        }
        case TokenKind::StringLiteral:
        case TokenKind::StringStart:
        case TokenKind::MultilineStart:
        case TokenKind::SymbolicStart: return string();
        case TokenKind::EnumTag:
        case TokenKind::QuotedEnumTag: return enum_tag();
        case TokenKind::True:
        case TokenKind::False: {
            bool value = is(TokenKind::True);
            advance();
            return make<Bool>(Kind::Bool, begin, value);
        }
        case TokenKind::Null: return leaf(Kind::Null);
        case TokenKind::Dyn: return leaf(Kind::TypeDyn);
        case TokenKind::NumberType: return leaf(Kind::TypeNumber);
        case TokenKind::BoolType: return leaf(Kind::TypeBool);
        case TokenKind::StringType: return leaf(Kind::TypeString);
        case TokenKind::Underscore: return leaf(Kind::TypeWildcard);
        case TokenKind::LeftParen: return parenthesised();
        case TokenKind::LeftBrace: return record();
        case TokenKind::LeftBracket: return array();
        case TokenKind::LeftEnum: return enum_type();
        default: return expected_term();
    }
}

ast::Node* Parser::enum_tag() {
    Pos begin = at_->begin;
    Symbol tag = tag_symbol(*at_);
    advance();
    return make<EnumTag>(Kind::EnumTag, begin, tag, nullptr);
}

Symbol Parser::tag_symbol(const Token& token) {
    // Behind the quote `'`; a quoted tag has two characters before its text and one behind.
    if (token.kind == TokenKind::EnumTag) return Symbol::of(text({token.begin + 1, token.end}));
    Span inside{token.begin + 2, token.end - 1};
    return Symbol::of(decoded(inside.begin, text(inside), token.needs_decoding));
}

ast::Node* Parser::parenthesised() {
    // `(+)` and `(.)` are functions. Two tokens are looked at: `(-1)` begins with an operator as
    // well.
    if (is_operator(ahead(1).kind) || ahead(1).kind == TokenKind::Dot) {
        if (ahead(2).kind == TokenKind::RightParen) return section();
    }
    Token opened = *at_;
    Bracket bracket(*this, TokenKind::RightParen);
    advance();
    Node* inner = term();
    if (!is(TokenKind::RightParen)) {
        expect(TokenKind::RightParen, &opened);
        // Up to what closes it, or else what remains would be told again one level up.
        recover();
        if (!is(TokenKind::RightParen)) return inner;
    }
    advance();
    return inner;
}

ast::Node* Parser::section() {
    Pos begin = at_->begin;
    advance();
    TokenKind op = kind();
    advance();
    advance();
    Section* result = make<Section>(Kind::Section, begin);
    result->is_unary = op == TokenKind::Bang;
    if (!result->is_unary) {
        result->binary = op == TokenKind::Dot ? BinaryOp::Access : infix_of(op).op;
    }
    return result;
}

ast::Node* Parser::array() {
    Pos begin = at_->begin;
    Token opened = *at_;
    Bracket bracket(*this, TokenKind::RightBracket);
    advance();
    std::vector<const Node*> elements;
    while (!is(TokenKind::RightBracket)) {
        elements.push_back(term());
        if (accept(TokenKind::Comma)) continue;
        if (is(TokenKind::RightBracket)) break;
        if (value::Diagnostic* found = unexpected("`,` or `]`")) {
            found->labels.push_back({opened.span(), "opened here", false});
        }
        recover();
        if (!accept(TokenKind::Comma)) break;
    }
    expect(TokenKind::RightBracket, &opened);
    return make<Array>(Kind::Array, begin, arena_.copy(elements));
}

}
