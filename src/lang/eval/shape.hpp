#pragma once

#include "lang/syntax/symbol.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lang {

class Heap;
struct AccessCode;

struct SymbolHash {
    std::size_t operator()(Symbol symbol) const { return symbol.id * 0x9E3779B97F4A7C15ULL; }
};

// The field names of a record, sorted by symbol id; interned, so that equal names mean the same
// Shape. Immutable but for its caches.
struct Shape {
    static constexpr std::uint32_t kAbsent = 0xFFFFFFFF;

    std::uint32_t size = 0;
    std::uint64_t hash = 0;
    std::unique_ptr<Symbol[]> symbols;
    // Open addressing over slots, for size > kLinear; made when a name is first looked for, as most
    // of the shapes that a fold of merges goes through never are.
    mutable std::unique_ptr<std::uint32_t[]> index;
    // Slots in ascending order of the names' text; made when first asked for.
    mutable std::unique_ptr<std::uint32_t[]> by_name;
    bool is_kept = false;           // code names it
    mutable bool is_used = false;   // for a collection: some record has it

    std::span<const Symbol> names() const { return {symbols.get(), size}; }
    std::uint32_t find(Symbol name) const;
    std::span<const std::uint32_t> sorted_slots() const;

    static constexpr std::uint32_t kLinear = 8;

    std::uint32_t index_size() const;

private:
    void make_index() const;
};

// How two shapes combine: slots of the result in the left and the right record, or kAbsent.
struct ShapeMerge {
    const Shape* result = nullptr;
    std::vector<std::uint32_t> left, right;
};

class Shapes {
public:
    explicit Shapes(Heap& heap);
    const Shape* empty() const { return empty_; }
    // Names sorted by symbol id, without repetition.
    const Shape* intern(std::span<const Symbol> sorted);
    // Good until the next merge.
    const ShapeMerge& merge(const Shape* left, const Shape* right);
    const Shape* with(const Shape* shape, Symbol name);      // name is absent from shape
    const Shape* without(const Shape* shape, Symbol name);   // name is present

    // `code` remembers a shape, until that goes.
    void add_cache(const AccessCode& code) { caches_.push_back(&code); }
    // For a collection: what is not marked, nor kept, goes.
    static void mark(const Shape& shape) { shape.is_used = true; }
    void sweep();

private:
    struct PairHash {
        std::size_t operator()(const std::pair<const void*, std::uint64_t>& pair) const {
            return std::hash<const void*>()(pair.first) * 31 +
                   std::hash<std::uint64_t>()(pair.second);
        }
    };

    bool is_seen_again(const Shape* left, const Shape* right);

    Heap& heap_;
    ShapeMerge once_;   // of a pair that is not remembered
    std::array<std::pair<const Shape*, const Shape*>, 256> seen_{};
    std::vector<const AccessCode*> caches_;
    std::unordered_multimap<std::uint64_t, std::unique_ptr<Shape>> shapes_;
    std::unordered_map<std::pair<const void*, std::uint64_t>, ShapeMerge, PairHash> merges_;
    std::unordered_map<std::pair<const void*, std::uint64_t>, const Shape*, PairHash> with_,
        without_;
    const Shape* empty_;
};

}
