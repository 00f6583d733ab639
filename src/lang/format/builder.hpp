#pragma once

#include "lang/format/tree.hpp"

#include <algorithm>
#include <string_view>

namespace lang::format {

// Recursive descent over the pieces of a sound program; its depth is bounded as the parser's is.
class Builder {
public:
    explicit Builder(const std::vector<Piece>& pieces) : pieces_(pieces) {
        tree_.nodes.emplace_back();
        tree_.nodes.reserve(pieces.size());
    }

    Tree run();

private:
    // Terms (build_terms.cpp)
    NodeId term();
    NodeId let();
    NodeId function();
    NodeId conditional();
    NodeId import();
    NodeId forall();
    NodeId annotated();
    NodeId infix(int loosest);
    NodeId prefix(int loosest, int& level);
    NodeId application();
    NodeId operand();
    NodeId atom();
    NodeId parenthesised();
    NodeId match();
    NodeId branch();

    // Records, arrays, patterns (build_lists.cpp)
    NodeId braces(bool is_pattern);
    NodeId brackets(TokenKind closer, bool is_pattern);
    NodeId field();
    NodeId include();
    NodeId field_pattern();
    NodeId rest();
    NodeId row();
    void annotations(NodeId& last_child, NodeId parent);
    NodeId annotation();
    NodeId binding();
    NodeId pattern();
    NodeId alternative(bool is_argument);
    NodeId plain_pattern(bool is_argument);
    bool starts_pattern(std::size_t ahead = 0) const { return begins_pattern(kind(ahead)); }
    // `or` is a name, too; it joins where a pattern follows.
    bool is_or() const { return is_word("or") && starts_pattern(1); }

    TokenKind kind(std::size_t ahead = 0) const {
        return pieces_[std::min(at_ + ahead, pieces_.size() - 1)].kind;
    }
    bool is(TokenKind wanted) const { return kind() == wanted; }
    bool is_word(std::string_view word) const {
        return is(TokenKind::Identifier) && pieces_[at_].text == word;
    }
    void advance() {
        if (at_ + 1 < pieces_.size()) ++at_;
    }
    bool accept(TokenKind wanted) {
        if (!is(wanted)) return false;
        advance();
        return true;
    }
    // What a sound program has there. Without it the tree is given up.
    void expect(TokenKind wanted) { failed_ |= !accept(wanted); }
    NodeId start(Shape shape) { return start_at(shape, here()); }
    NodeId start_at(Shape shape, std::uint32_t first);
    // Adds a child behind the last one.
    void add(NodeId parent, NodeId& last_child, NodeId child);
    NodeId end(NodeId id);
    NodeId leaf(Shape shape = Shape::Atom);
    std::uint32_t here() const { return static_cast<std::uint32_t>(at_); }

    const std::vector<Piece>& pieces_;
    Tree tree_;
    std::size_t at_ = 0;
    bool failed_ = false;
};

}
