#pragma once

#include "lang/memory_meter.hpp"
#include "lang/program.hpp"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace lang {

// Sets of cells, hash-consed as unions (ENGINE §3). Id 0 is the empty set. A cell that is unknown
// and the same cell known are two different leaves: a set that holds the first goes stale, for
// ever, when the cell becomes known.
class TouchedSets {
public:
    using Id = std::uint32_t;

    explicit TouchedSets(MemoryMeter& meter);
    Id leaf(value::CellId cell, bool unknown, bool secret = false);
    Id join(Id a, Id b);
    // The set with the leaf of an unknown cell is stale once that cell is known.
    void became_known(value::CellId cell);
    // The presence of the thing that an instance stands for: never stale, and no cell. Whoever
    // counts them knows whose it is by the number.
    Id presence_leaf(std::uint32_t number);
    bool has_presence(Id set) const { return nodes_[set].has_presence; }
    std::vector<std::uint32_t> presences(Id set) const;   // sorted

    bool is_stale(Id set) { return set != 0 && nodes_[set].has_unknown && check_stale(set); }
    bool has_unknown(Id set) const { return nodes_[set].has_unknown; }
    // Whether any cell of the set is secret; secret() marks a cell.
    bool is_secret(Id set) const { return nodes_[set].secret; }
    Id secret_leaf();                                   // a set without cells that is secret
    std::vector<value::CellId> flatten(Id set) const;   // the cells, sorted

private:
    struct Node {
        Id left = 0, right = 0;   // of a union; 0, 0 for a leaf
        value::CellId cell;
        bool is_leaf = false, has_unknown = false, stale = false, secret = false;
        bool has_presence = false;
        std::uint32_t checked_epoch = 0;
    };

    // No output of a type has so high a number; it leaves room for the bit beside it in a key.
    static constexpr std::uint32_t kPresence = 0x7fffffff;

    std::vector<value::CellId> leaves_of(Id set) const;
    bool check_stale(Id set);
    void add_node(const Node& node);

    MemoryMeter& meter_;
    std::vector<Node> nodes_;
    std::unordered_map<std::uint64_t, Id> unions_;
    std::unordered_map<std::uint64_t, Id> leaves_;
    Id secret_leaf_ = 0;
    std::uint32_t epoch_ = 1;
};

}
