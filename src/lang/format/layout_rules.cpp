#include "lang/format/layout_rules.hpp"

namespace lang::format {

std::string Rules::run() {
    writer_.gap(Gap::LineOrBlank);
    emit(tree_.root);
    return writer_.finish(pieces_.size() - 1);
}

// What stays on the line that it begins on, and only breaks inside.
bool Rules::hugs(NodeId id) const {
    if (is_commented(id)) return false;
    switch (tree_[id].shape) {
        case Shape::Fun:
        case Shape::Braces:
        case Shape::Brackets:
        case Shape::Match:
        case Shape::Paren: return true;
        // A text of several lines has its own layout: its lines are what it says.
        case Shape::Atom: return pieces_[tree_[id].first].kind == TokenKind::StringLiteral;
        default: return false;
    }
}

void Rules::emit(NodeId id) {
    const Node& node = tree_[id];
    switch (node.shape) {
        case Shape::Atom: return writer_.put(node.first);
        case Shape::Tight:
        case Shape::Sign:
        case Shape::Access: return run_of(node, Gap::None);
        case Shape::Words:
        case Shape::Annotation: return run_of(node, Gap::Space);
        case Shape::Paren: return paren(node);
        // Within braces an empty line is kept: people part groups of fields by it.
        case Shape::Braces: return list(node, node.first, true, Gap::LineOrBlank);
        case Shape::Brackets:
            return list(node, node.first, pieces_[node.first].kind == TokenKind::LeftEnum,
                        Gap::Line);
        case Shape::Match:
            writer_.put(node.first);
            writer_.gap(Gap::Space);
            return list(node, node.first + 1, true, Gap::Line);
        case Shape::Apply: return apply(node);
        case Shape::Infix:
        case Shape::Comparison: return infix(node, is_broken(node.first, node.last));
        case Shape::Annotated: return annotated(node);
        case Shape::Fun: return function(node);
        case Shape::Branch: return branch(node);
        case Shape::Let: return let(node);
        case Shape::If: return conditional(node);
        case Shape::Forall: return forall(node);
        case Shape::Field: return field(node);
    }
}

// Its own pieces and its children, in order.
void Rules::run_of(const Node& node, Gap between) {
    NodeId child = node.child;
    for (std::size_t at = node.first; at <= node.last;) {
        if (at != node.first) writer_.gap(between);
        if (child != kNone && tree_[child].first == at) {
            emit(child);
            at = tree_[child].last + 1;
            child = tree_[child].next;
        } else {
            writer_.put(at++);
        }
    }
}

void Rules::indented(NodeId child) {
    writer_.indent();
    writer_.gap(Gap::Line);
    emit(child);
    writer_.dedent();
}

void Rules::paren(const Node& node) {
    const bool broken = is_broken(node.first, node.last);
    writer_.put(node.first);
    writer_.open();
    const Shape inner = tree_[node.child].shape;
    // `(fun x =>` and `({` open on the line; a parenthesis in a parenthesis would hide how deep it
    // is.
    const bool hugging = hugs(node.child) && inner != Shape::Paren && inner != Shape::Atom;
    if (!broken || hugging) {
        emit(node.child);
        writer_.indent();
        return writer_.put_dedented(node.last, broken ? Gap::Line : Gap::None);
    }
    writer_.indent();
    writer_.gap(Gap::Line);
    emit(node.child);
    writer_.put_dedented(node.last, Gap::Line);
}

// Beside a bracket the official formatter keeps words of the language apart, and signs before an
// operand.
static bool stands_apart(TokenKind kind, bool first) {
    return is_reserved_word(kind) ||
           (first && (kind == TokenKind::Minus || kind == TokenKind::Bang));
}

void Rules::list(const Node& node, std::size_t open, bool padded, Gap between) {
    // A comment is something to show: then the brackets are not empty.
    const bool empty = node.child == kNone && pieces_[node.last].comments == 0;
    const bool broken = !empty && is_broken(open, node.last);
    writer_.put(open);
    writer_.open();
    writer_.indent();
    NodeId child = node.child;
    bool ends_with_comma = false;
    for (std::size_t at = open + 1; at < node.last;) {
        if (child != kNone && tree_[child].first == at) {
            const bool first = at == open + 1;
            const bool apart = padded || !first || stands_apart(pieces_[at].kind, true);
            writer_.gap(broken ? between : apart ? Gap::Space : Gap::None);
            emit(child);
            at = tree_[child].last + 1;
            child = tree_[child].next;
            ends_with_comma = false;
        } else {
            // Commas are neither added nor taken away; a comment before one comes to stand behind
            // it.
            writer_.put_comma(at++);
            ends_with_comma = true;
        }
    }
    const bool is_enum = pieces_[open].kind == TokenKind::LeftEnum;
    const bool apart =
        padded || ends_with_comma || stands_apart(pieces_[node.last - 1].kind, false);
    const bool space = is_enum || (!empty && apart);
    writer_.put_dedented(node.last, broken ? Gap::Line : space ? Gap::Space : Gap::None);
}

// One argument stays beside its function; several take a line each.
void Rules::apply(const Node& node) {
    const NodeId first = tree_[node.child].next;
    // One argument may be as long as it likes beside its function: `f {` is how records are given.
    const bool several = tree_[first].next != kNone;
    const bool broken = several && is_broken(node.first, node.last);
    emit(node.child);
    for (NodeId child = first; child != kNone; child = tree_[child].next) {
        if (broken || is_commented(child)) {
            indented(child);
        } else {
            writer_.gap(Gap::Space);
            emit(child);
        }
    }
}

// A chain of operators breaks as a whole, before each of them but comparisons and arrows.
void Rules::infix(const Node& node, bool broken) {
    const auto operand = [&](NodeId id) {
        const Shape shape = tree_[id].shape;
        const bool goes_on = shape == Shape::Infix || shape == Shape::Comparison;
        // The outer one decides for all: a chain that breaks in parts cannot be read.
        if (goes_on) return infix(tree_[id], broken);
        emit(id);
    };
    operand(node.child);
    writer_.gap(broken && node.shape == Shape::Infix ? Gap::Line : Gap::Space);
    writer_.put(node.mark);
    writer_.gap(Gap::Space);
    operand(tree_[node.child].next);
}

NodeId Rules::annotations(NodeId child, std::size_t behind, bool& broken) {
    NodeId last = kNone;
    const auto is_annotation = [&](NodeId id) {
        return id != kNone && tree_[id].shape == Shape::Annotation;
    };
    for (NodeId at = child; is_annotation(at); at = tree_[at].next) last = at;
    if (last == kNone) return child;
    // From the end of what they are about: a long pattern before them does not count.
    broken = pieces_[behind].last_line != pieces_[tree_[last].last].last_line &&
             // `{ _ : { … } }`: what it holds is laid out as a value is.
             pieces_[behind].kind != TokenKind::Underscore;
    if (broken) writer_.indent();
    for (; is_annotation(child); child = tree_[child].next) {
        writer_.gap(broken ? Gap::Line : Gap::Space);
        emit(child);
    }
    if (broken) writer_.dedent();
    return child;
}

void Rules::annotated(const Node& node) {
    emit(node.child);
    bool broken = false;
    annotations(tree_[node.child].next, tree_[node.child].last, broken);
}

// What stands behind `=` or `=>`.
void Rules::value(std::size_t behind, NodeId child, bool may_hug) {
    if (is_broken(behind, tree_[child].last) && !(may_hug && hugs(child))) return indented(child);
    writer_.gap(Gap::Space);
    emit(child);
}

void Rules::function(const Node& node) {
    writer_.put(node.first);
    NodeId child = node.child;
    for (; tree_[child].next != kNone; child = tree_[child].next) {
        writer_.gap(Gap::Space);
        emit(child);
    }
    writer_.gap(Gap::Space);
    writer_.put(node.mark);
    value(node.mark, child, false);
}

void Rules::branch(const Node& node) {
    emit(node.child);
    NodeId child = tree_[node.child].next;
    if (tree_[child].next != kNone) {
        writer_.gap(Gap::Space);
        writer_.put(tree_[child].first - 1);   // `if`
        writer_.gap(Gap::Space);
        writer_.indent();
        emit(child);
        writer_.dedent();
        child = tree_[child].next;
    }
    writer_.gap(Gap::Space);
    writer_.put(node.mark);
    value(node.mark, child, false);
}

void Rules::let(const Node& node) {
    const bool broken = is_broken(node.first, node.mark);
    writer_.put(node.first);
    std::size_t at = node.first + 1;
    if (pieces_[at].kind == TokenKind::Rec) {
        writer_.gap(Gap::Space);
        writer_.put(at++);
    }
    // More than one binding, as the last child is the body.
    const bool several = tree_[tree_[node.child].next].next != kNone;
    const bool lines = broken && several;
    if (lines) writer_.indent();
    NodeId child = node.child;
    for (; tree_[child].next != kNone; child = tree_[child].next) {
        writer_.gap(lines ? Gap::Line : Gap::Space);
        emit(child);
        at = tree_[child].last + 1;
        if (at != node.mark) writer_.put_comma(at);
    }
    if (!lines) writer_.indent();
    writer_.put_dedented(node.mark, broken ? Gap::Line : Gap::Space);
    // What follows `in` is not indented: a program that is a chain of `let` would walk off to the
    // right.
    const bool next_line = is_broken(node.mark, node.last);
    writer_.gap(next_line ? Gap::LineOrBlank : Gap::Space);
    emit(child);
}

void Rules::conditional(const Node& node) {
    const bool broken = is_broken(node.first, node.last);
    const NodeId yes = tree_[node.child].next;
    const NodeId no = tree_[yes].next;
    writer_.put(node.first);
    writer_.gap(Gap::Space);
    emit(node.child);
    writer_.gap(Gap::Space);
    writer_.put(node.mark);
    writer_.open();
    writer_.indent();
    writer_.gap(broken ? Gap::Line : Gap::Space);
    emit(yes);
    writer_.put_dedented(node.other, broken ? Gap::Line : Gap::Space);
    writer_.open();
    // `else if` goes on as a chain, on one level.
    if (broken && (tree_[no].shape != Shape::If || is_commented(no))) return indented(no);
    writer_.gap(Gap::Space);
    emit(no);
}

void Rules::forall(const Node& node) {
    for (std::size_t at = node.first; at < node.mark; ++at) {
        if (at != node.first) writer_.gap(Gap::Space);
        writer_.put(at);
    }
    writer_.gap(Gap::None);
    writer_.put(node.mark);
    value(node.mark, node.child, false);
}

void Rules::field(const Node& node) {
    NodeId child = node.child;
    std::size_t at = node.first;
    if (child != kNone && tree_[child].first == at) {
        emit(child);
        at = tree_[child].last;
        child = tree_[child].next;
    } else {
        for (; at <= node.mark; ++at) {
            // A path `a.b.c` has no blanks; words before it (`include`) stand apart.
            const bool word = at != node.first && pieces_[at].kind != TokenKind::Dot &&
                              pieces_[at - 1].kind != TokenKind::Dot;
            if (at != node.first) writer_.gap(word ? Gap::Space : Gap::None);
            writer_.put(at);
        }
        at = node.mark;
    }
    bool broken = false;
    child = annotations(child, at, broken);
    for (; child != kNone; child = tree_[child].next) {
        const std::size_t sign = tree_[child].first - 1;   // `=` or, in a pattern, `?`
        if (broken) writer_.indent();
        writer_.gap(broken ? Gap::Line : Gap::Space);
        writer_.put(sign);
        value(sign, child, true);
        if (broken) writer_.dedent();
    }
}

}
