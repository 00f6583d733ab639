#pragma once

#include "lang/format/pieces.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace lang::format {

// What a run of pieces is, as far as the layout asks.
enum class Shape : std::uint8_t {
    Atom,    // one piece
    Tight,   // pieces without blanks between: (+), -1, ..rest, a.b
    Words,   // pieces and children, one blank between them
    Sign,    // an operator and its operand
    Paren,
    Braces,       // records, their types and patterns
    Brackets,     // arrays, [| enum types |], include lists
    Match,        // `match` and its branches
    Apply,        // a head and arguments
    Access,       // an object, a dot, a name
    Infix,        // breaks before its operator
    Comparison,   // comparisons and arrows, which never break
    Annotated,
    Annotation,   // `: T`, `| C`, `| doc "…"`
    Fun,
    Branch,
    Let,
    If,
    Forall,
    Field,   // also what `let` binds
};

using NodeId = std::uint32_t;
constexpr NodeId kNone = 0;

// The tree as written: parentheses, commas and the order of annotations are in it, which the
// syntax tree has forgotten. Children are in the order of the source; what lies between them are
// pieces of the node itself.
struct Node {
    Shape shape = Shape::Atom;
    std::uint32_t first = 0;   // pieces, both inclusive
    std::uint32_t last = 0;
    // Field: the last piece of its path, if that is no child. Branch: the arrow. Let: the `in`.
    // Fun: the arrow. If: `then`.
    std::uint32_t mark = 0;
    std::uint32_t other = 0;   // If: `else`
    NodeId child = kNone;
    NodeId next = kNone;
};

struct Tree {
    std::vector<Node> nodes;   // the one of kNone is nobody's
    NodeId root = kNone;

    const Node& operator[](NodeId id) const { return nodes[id]; }
};

// The pieces must be those of a program that the parser has accepted: this one knows only what
// sound programs look like. kNone as the root if they are not.
Tree build_tree(const std::vector<Piece>& pieces);

}
