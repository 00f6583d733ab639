#include "lang/eval/shape.hpp"

#include "base/sort_texts.hpp"

#include <algorithm>

namespace lang {

static std::uint32_t scramble(std::uint32_t id) { return (id * 0x9E3779B1U) >> 7; }

std::uint32_t Shape::find(Symbol name) const {
    if (size <= kLinear) {
        for (std::uint32_t slot = 0; slot < size; ++slot) {
            if (symbols[slot] == name) return slot;
        }
        return kAbsent;
    }
    // Linear probing; the table is at most half full, so a miss ends soon.
    for (std::uint32_t at = scramble(name.id) & index_mask;; at = (at + 1) & index_mask) {
        std::uint32_t slot = index[at];
        if (slot == kAbsent) return kAbsent;
        if (symbols[slot] == name) return slot;
    }
}

std::span<const std::uint32_t> Shape::sorted_slots() const {
    if (!by_name) {
        by_name = std::make_unique<std::uint32_t[]>(size);
        std::vector<std::string_view> names(size);
        for (std::uint32_t slot = 0; slot < size; ++slot) names[slot] = symbols[slot].text();
        std::ranges::copy(base::order_of_texts(names), by_name.get());
    }
    return {by_name.get(), size};
}

// A node of a table with its bucket, and what its allocation adds.
static constexpr std::uint64_t kBytesOfNode = 64;

Shapes::Shapes(MemoryMeter& meter) : meter_(meter), empty_(intern({})) {}

const Shape* Shapes::intern(std::span<const Symbol> sorted) {
    // Names come sorted by id, so equal sets have equal sequences.
    std::uint64_t hash = sorted.size();
    for (Symbol name : sorted) hash = (hash ^ name.id) * 0x9E3779B97F4A7C15ULL;
    auto [first, last] = shapes_.equal_range(hash);
    for (auto entry = first; entry != last; ++entry) {
        if (std::ranges::equal(entry->second->names(), sorted)) return entry->second.get();
    }
    auto shape = std::make_unique<Shape>();
    shape->size = static_cast<std::uint32_t>(sorted.size());
    shape->hash = hash;
    shape->symbols = std::make_unique<Symbol[]>(sorted.size());
    std::copy(sorted.begin(), sorted.end(), shape->symbols.get());
    // With the order by name, which most shapes get sooner or later.
    meter_.add(kBytesOfNode + sizeof(Shape) + 2 * sizeof(Symbol) * sorted.size());
    if (shape->size > Shape::kLinear) {
        std::uint32_t capacity = 16;
        while (capacity < shape->size * 2) capacity *= 2;
        shape->index = std::make_unique<std::uint32_t[]>(capacity);
        shape->index_mask = capacity - 1;
        meter_.add(sizeof(std::uint32_t) * capacity);
        std::fill_n(shape->index.get(), capacity, Shape::kAbsent);
        for (std::uint32_t slot = 0; slot < shape->size; ++slot) {
            std::uint32_t at = scramble(sorted[slot].id) & shape->index_mask;
            while (shape->index[at] != Shape::kAbsent) at = (at + 1) & shape->index_mask;
            shape->index[at] = slot;
        }
    }
    return shapes_.emplace(hash, std::move(shape))->second.get();
}

const ShapeMerge& Shapes::merge(const Shape* left, const Shape* right) {
    // Remembered for each pair: merging the same two kinds of records in a loop costs one look-up.
    auto [entry, fresh] = merges_.try_emplace({left, reinterpret_cast<std::uint64_t>(right)});
    ShapeMerge& merge = entry->second;
    if (!fresh) return merge;
    std::vector<Symbol> names;
    names.reserve(left->size + right->size);
    for (std::uint32_t i = 0, j = 0; i < left->size || j < right->size;) {
        bool take_left =
            j == right->size || (i < left->size && left->symbols[i].id <= right->symbols[j].id);
        bool take_right =
            i == left->size || (j < right->size && right->symbols[j].id <= left->symbols[i].id);
        names.push_back(take_left ? left->symbols[i] : right->symbols[j]);
        merge.left.push_back(take_left ? i++ : Shape::kAbsent);
        // `<=` on both sides takes a common name from both at once.
        merge.right.push_back(take_right ? j++ : Shape::kAbsent);
    }
    meter_.add(kBytesOfNode + sizeof(ShapeMerge) +
               sizeof(std::uint32_t) * (merge.left.capacity() + merge.right.capacity()));
    merge.result = intern(names);
    return merge;
}

const Shape* Shapes::with(const Shape* shape, Symbol name) {
    const Shape*& result = with_[{shape, name.id}];
    if (!result) {
        meter_.add(kBytesOfNode);
        std::vector<Symbol> names(shape->names().begin(), shape->names().end());
        names.insert(std::ranges::lower_bound(names, name.id, {}, &Symbol::id), name);
        result = intern(names);
    }
    return result;
}

const Shape* Shapes::without(const Shape* shape, Symbol name) {
    const Shape*& result = without_[{shape, name.id}];
    if (!result) {
        meter_.add(kBytesOfNode);
        std::vector<Symbol> names;
        names.reserve(shape->size);
        for (Symbol other : shape->names()) {
            if (other != name) names.push_back(other);
        }
        result = intern(names);
    }
    return result;
}

}
