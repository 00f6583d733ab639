#pragma once

#include "lang/format/tree.hpp"
#include "lang/format/writer.hpp"

namespace lang::format {

// How each shape is laid out. A construct that is written on one line stays on one; one with a new
// line in it takes a line for each of its parts.
class Rules {
public:
    Rules(const Pieces& pieces, const Tree& tree)
        : pieces_(pieces.list), tree_(tree), writer_(pieces) {}

    std::string run();

private:
    void emit(NodeId id);
    void run_of(const Node& node, Gap between);
    void paren(const Node& node);
    void list(const Node& node, std::size_t open, bool padded, Gap between);
    void apply(const Node& node);
    void infix(const Node& node, bool broken);
    void annotated(const Node& node);
    void function(const Node& node);
    void branch(const Node& node);
    void let(const Node& node);
    void conditional(const Node& node);
    void forall(const Node& node);
    void field(const Node& node);
    // Annotations from `child` on; the first child that is none. True in `broken`: a line for each.
    NodeId annotations(NodeId child, std::size_t behind, bool& broken);
    void value(std::size_t behind, NodeId child, bool may_hug);
    void indented(NodeId child);

    bool is_broken(std::size_t first, std::size_t last) const {
        return pieces_[first].line != pieces_[last].last_line;
    }
    bool is_commented(NodeId id) const { return pieces_[tree_[id].first].comments > 0; }
    bool hugs(NodeId id) const;

    const std::vector<Piece>& pieces_;
    const Tree& tree_;
    Writer writer_;
};

}
