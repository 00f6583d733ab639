#include "lang/format/builder.hpp"

namespace lang::format {

namespace {

// As in the parser: the smaller the tighter.
constexpr int kNegation = 1;
constexpr int kNot = 5;
constexpr int kLoosestInfix = 6;   // up to here operators begin lines
constexpr int kAnd = 9;
constexpr int kArrow = 11;

int level_of(TokenKind kind) {
    using enum TokenKind;
    switch (kind) {
        case PlusPlus:
        case At: return 2;
        case Star:
        case Slash:
        case Percent: return 3;
        case Plus:
        case Minus: return 4;
        case Ampersand:
        case Pipe: return 6;
        case Less:
        case LessEqual:
        case Greater:
        case GreaterEqual: return 7;
        case EqualEqual:
        case NotEqual: return 8;
        case AndAnd: return kAnd;
        case OrOr: return 10;
        case Arrow: return kArrow;
        default: return -1;
    }
}

}

Tree build_tree(const std::vector<Piece>& pieces) { return Builder(pieces).run(); }

Tree Builder::run() {
    tree_.root = term();
    // The parser has taken the text already. What this builder does not know is left as it stands,
    // and never guessed at.
    if (failed_ || !is(TokenKind::End)) tree_.root = kNone;
    return std::move(tree_);
}

NodeId Builder::start_at(Shape shape, std::uint32_t first) {
    Node& node = tree_.nodes.emplace_back();
    node.shape = shape;
    node.first = first;
    return static_cast<NodeId>(tree_.nodes.size() - 1);
}

void Builder::add(NodeId parent, NodeId& last_child, NodeId child) {
    // Children are a list through the nodes: a file has many, and most have none or one.
    (last_child == kNone ? tree_.nodes[parent].child : tree_.nodes[last_child].next) = child;
    last_child = child;
}

NodeId Builder::end(NodeId id) {
    tree_.nodes[id].last = here() == 0 ? 0 : here() - 1;
    return id;
}

NodeId Builder::leaf(Shape shape) {
    const NodeId id = start(shape);
    advance();
    return end(id);
}

NodeId Builder::term() {
    switch (kind()) {
        case TokenKind::Let: return let();
        case TokenKind::Fun: return function();
        case TokenKind::If: return conditional();
        case TokenKind::Forall: return forall();
        case TokenKind::Import: return import();
        default: return annotated();
    }
}

NodeId Builder::let() {
    const NodeId id = start(Shape::Let);
    NodeId last = kNone;
    advance();
    accept(TokenKind::Rec);
    do {
        // A comma may end the bindings.
        if (is(TokenKind::In)) break;
        add(id, last, binding());
    } while (accept(TokenKind::Comma));
    tree_.nodes[id].mark = here();
    expect(TokenKind::In);
    add(id, last, failed_ ? leaf() : term());
    return end(id);
}

NodeId Builder::function() {
    const NodeId id = start(Shape::Fun);
    NodeId last = kNone;
    advance();
    // Patterns beside one another: of an enum with an argument there the parentheses are needed.
    while (starts_pattern()) add(id, last, alternative(true));
    tree_.nodes[id].mark = here();
    expect(TokenKind::FatArrow);
    add(id, last, failed_ ? leaf() : term());
    return end(id);
}

NodeId Builder::conditional() {
    const NodeId id = start(Shape::If);
    NodeId last = kNone;
    advance();
    add(id, last, term());
    tree_.nodes[id].mark = here();
    expect(TokenKind::Then);
    add(id, last, failed_ ? leaf() : term());
    tree_.nodes[id].other = here();
    expect(TokenKind::Else);
    add(id, last, failed_ ? leaf() : term());
    return end(id);
}

NodeId Builder::import() {
    const NodeId id = start(Shape::Words);
    advance();
    advance();
    if (is_word("as")) {
        advance();
        advance();
    }
    return end(id);
}

// `forall a b. T`
NodeId Builder::forall() {
    const NodeId id = start(Shape::Forall);
    NodeId last = kNone;
    advance();
    while (accept(TokenKind::Identifier)) {
    }
    tree_.nodes[id].mark = here();
    expect(TokenKind::Dot);
    // A type goes as far as an arrow does.
    add(id, last, is(TokenKind::Forall) ? forall() : infix(kArrow));
    return end(id);
}

NodeId Builder::annotated() {
    const std::uint32_t first = here();
    const NodeId inner = infix(kArrow);
    // Annotations bind loosest of all, so they are looked for around a whole chain of operators.
    if (!is(TokenKind::Colon) && !is(TokenKind::Bar)) return inner;
    const NodeId id = start_at(Shape::Annotated, first);
    NodeId last = kNone;
    add(id, last, inner);
    annotations(last, id);
    return end(id);
}

NodeId Builder::infix(int loosest) {
    const std::uint32_t first = here();
    int left_level = 0;
    NodeId left = prefix(loosest, left_level);
    while (!failed_) {
        const int level = level_of(kind());
        if (level < 0 || level > loosest || level < left_level) return left;
        // The official formatter begins lines with these, and keeps comparisons and arrows
        // together.
        const bool breaks = level <= kLoosestInfix || level == kAnd || level == kAnd + 1;
        const NodeId id = start_at(breaks ? Shape::Infix : Shape::Comparison, first);
        NodeId last = kNone;
        add(id, last, left);
        tree_.nodes[id].mark = here();
        advance();
        // The arrow goes to the right, all others to the left.
        add(id, last, infix(level == kArrow ? kArrow : level - 1));
        left = end(id);
        if (level == kArrow) return left;
        left_level = level;
    }
    return left;
}

NodeId Builder::prefix(int loosest, int& level) {
    // A minus is a sign only where an operand may begin; behind one it is an operator.
    const bool negates = is(TokenKind::Minus) && loosest >= kNegation;
    if (!negates && !(is(TokenKind::Bang) && loosest >= kNot)) return application();
    const NodeId id = start(Shape::Sign);
    NodeId last = kNone;
    advance();
    level = negates ? kNegation : kNot;
    add(id, last, infix(level));
    return end(id);
}

NodeId Builder::application() {
    const std::uint32_t first = here();
    NodeId head = kNone;
    switch (kind()) {
        // These stand before arguments, and are none themselves.
        case TokenKind::Match: head = match(); break;
        case TokenKind::ArrayType:
        case TokenKind::PrimOp: head = leaf(); break;
        default: head = operand();
    }
    if (!begins_atom(kind())) return head;
    const NodeId id = start_at(Shape::Apply, first);
    NodeId last = kNone;
    add(id, last, head);
    while (begins_atom(kind())) add(id, last, operand());
    return end(id);
}

NodeId Builder::operand() {
    const std::uint32_t first = here();
    NodeId object = atom();
    while (is(TokenKind::Dot)) {
        const NodeId id = start_at(Shape::Access, first);
        NodeId last = kNone;
        add(id, last, object);
        advance();
        advance();
        object = end(id);
    }
    return object;
}

NodeId Builder::atom() {
    switch (kind()) {
        case TokenKind::LeftParen: return parenthesised();
        case TokenKind::LeftBrace: return braces(false);
        case TokenKind::LeftBracket: return brackets(TokenKind::RightBracket, false);
        case TokenKind::LeftEnum: return brackets(TokenKind::RightEnum, false);
        default: failed_ |= !begins_atom(kind()); return leaf();
    }
}

NodeId Builder::parenthesised() {
    // `(+)` and `(.)` are names of operators, without blanks.
    if (kind(2) == TokenKind::RightParen && (is_operator(kind(1)) || kind(1) == TokenKind::Dot)) {
        const NodeId id = start(Shape::Tight);
        for (int i = 0; i < 3; ++i) advance();
        return end(id);
    }
    const NodeId id = start(Shape::Paren);
    NodeId last = kNone;
    advance();
    add(id, last, term());
    expect(TokenKind::RightParen);
    return end(id);
}

NodeId Builder::match() {
    const NodeId id = start(Shape::Match);
    NodeId last = kNone;
    advance();
    expect(TokenKind::LeftBrace);
    while (!failed_ && !is(TokenKind::RightBrace)) {
        add(id, last, branch());
        if (!accept(TokenKind::Comma)) break;
    }
    expect(TokenKind::RightBrace);
    return end(id);
}

NodeId Builder::branch() {
    const NodeId id = start(Shape::Branch);
    NodeId last = kNone;
    add(id, last, pattern());
    if (accept(TokenKind::If)) add(id, last, term());
    tree_.nodes[id].mark = here();
    expect(TokenKind::FatArrow);
    add(id, last, failed_ ? leaf() : term());
    return end(id);
}

}
