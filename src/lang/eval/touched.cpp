#include "lang/eval/touched.hpp"

#include <algorithm>
#include <unordered_set>

namespace lang {

TouchedSets::TouchedSets(MemoryMeter& meter) : meter_(meter) { nodes_.emplace_back(); }

// The node, with the slack of a growing vector, and its entry in one of the tables.
void TouchedSets::add_node(const Node& node) {
    meter_.add(2 * sizeof(Node) + 64);
    nodes_.push_back(node);
}

static std::uint64_t leaf_key(value::CellId cell, bool unknown) {
    // Instances and outputs are counted from zero, far below 2^31.
    return (std::uint64_t{cell.instance} << 32) | (std::uint64_t{cell.output} << 1) |
           (unknown ? 1 : 0);
}

TouchedSets::Id TouchedSets::leaf(value::CellId cell, bool unknown, bool secret) {
    auto [entry, fresh] =
        leaves_.try_emplace(leaf_key(cell, unknown), static_cast<Id>(nodes_.size()));
    if (fresh) {
        Node node;
        node.cell = cell;
        node.is_leaf = true;
        node.has_unknown = unknown;
        node.secret = secret;
        add_node(node);
    }
    return entry->second;
    // A leaf without a cell: it has no output to depend on, and never goes stale.
}

TouchedSets::Id TouchedSets::presence_leaf(std::uint32_t number) {
    const Id id = leaf({.instance = number, .output = kPresence}, false);
    nodes_[id].has_presence = true;
    return id;
}

TouchedSets::Id TouchedSets::secret_leaf() {
    if (secret_leaf_ == 0) {
        secret_leaf_ = static_cast<Id>(nodes_.size());
        Node node;
        node.secret = true;
        add_node(node);
    }
    return secret_leaf_;
}

TouchedSets::Id TouchedSets::join(Id a, Id b) {
    if (a == b || b == 0) return a;
    if (a == 0) return b;
    // Sorted, so that a ∪ b and b ∪ a are one node.
    if (a > b) std::swap(a, b);
    // The common chain (x ∪ y) ∪ y adds nothing.
    if (nodes_[b].left == a || nodes_[b].right == a) return b;
    auto [entry, fresh] =
        unions_.try_emplace((std::uint64_t{a} << 32) | b, static_cast<Id>(nodes_.size()));
    if (fresh) {
        Node node;
        node.left = a;
        node.right = b;
        node.has_unknown = nodes_[a].has_unknown || nodes_[b].has_unknown;
        node.secret = nodes_[a].secret || nodes_[b].secret;
        node.has_presence = nodes_[a].has_presence || nodes_[b].has_presence;
        add_node(node);
    }
    return entry->second;
}

void TouchedSets::became_known(value::CellId cell) {
    // A new epoch: what was found fresh has to be looked at again.
    ++epoch_;
    if (auto leaf = leaves_.find(leaf_key(cell, true)); leaf != leaves_.end())
        nodes_[leaf->second].stale = true;
}

// Walks the union's nodes once an epoch. Children have smaller ids than their union.
// Without recursion, as unions of a long program nest by the thousand. That a node is stale is
// kept for ever; that it is fresh only until the next cell becomes known.
bool TouchedSets::check_stale(Id set) {
    std::vector<Id> open{set};
    while (!open.empty()) {
        Node& node = nodes_[open.back()];
        if (node.stale || node.is_leaf || node.checked_epoch == epoch_ || !node.has_unknown) {
            open.pop_back();
            continue;
        }
        bool waits = false, stale = false;
        for (Id child : {node.left, node.right}) {
            Node& below = nodes_[child];
            if (below.stale) {
                stale = true;
            } else if (!below.is_leaf && below.has_unknown && below.checked_epoch != epoch_) {
                open.push_back(child);
                waits = true;
            }
        }
        if (stale) {
            node.stale = true;
        } else if (!waits) {
            node.checked_epoch = epoch_;
        }
    }
    return nodes_[set].stale;
}

std::vector<value::CellId> TouchedSets::flatten(Id set) const {
    std::vector<value::CellId> cells = leaves_of(set);
    if (has_presence(set)) {
        std::erase_if(cells, [](value::CellId cell) { return cell.output == kPresence; });
    }
    return cells;
}

std::vector<std::uint32_t> TouchedSets::presences(Id set) const {
    std::vector<std::uint32_t> out;
    if (!has_presence(set)) return out;
    for (const value::CellId cell : leaves_of(set)) {
        if (cell.output == kPresence) out.push_back(cell.instance);
    }
    return out;
}

std::vector<value::CellId> TouchedSets::leaves_of(Id set) const {
    // Unions share parts: each is walked once, or a set of n cells could take 2^n steps.
    std::vector<value::CellId> cells;
    std::unordered_set<Id> seen;
    std::vector<Id> open{set};
    while (!open.empty()) {
        Id id = open.back();
        open.pop_back();
        if (id == 0 || !seen.insert(id).second) continue;
        const Node& node = nodes_[id];
        if (node.is_leaf) cells.push_back(node.cell);
        open.push_back(node.left);
        open.push_back(node.right);
    }
    std::ranges::sort(cells);
    cells.erase(std::unique(cells.begin(), cells.end()), cells.end());
    return cells;
}

}
