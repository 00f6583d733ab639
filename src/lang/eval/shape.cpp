#include "lang/eval/shape.hpp"

#include "base/sort_texts.hpp"
#include "lang/eval/code.hpp"
#include "lang/eval/heap.hpp"

#include <algorithm>
#include <bit>

namespace lang {

static std::uint32_t scramble(std::uint32_t id) { return (id * 0x9E3779B1U) >> 7; }

std::uint32_t Shape::find(Symbol name) const {
    if (size <= kLinear) {
        for (std::uint32_t slot = 0; slot < size; ++slot) {
            if (symbols[slot] == name) return slot;
        }
        return kAbsent;
    }
    if (!index) make_index();
    // Linear probing; the table is at most half full, so a miss ends soon.
    const std::uint32_t mask = index_size() - 1;
    for (std::uint32_t at = scramble(name.id) & mask;; at = (at + 1) & mask) {
        std::uint32_t slot = index[at];
        if (slot == kAbsent) return kAbsent;
        if (symbols[slot] == name) return slot;
    }
}

std::uint32_t Shape::index_size() const { return size <= kLinear ? 0 : std::bit_ceil(size * 2); }

void Shape::make_index() const {
    const std::uint32_t capacity = index_size();
    index = std::make_unique_for_overwrite<std::uint32_t[]>(capacity);
    std::fill_n(index.get(), capacity, kAbsent);
    for (std::uint32_t slot = 0; slot < size; ++slot) {
        std::uint32_t at = scramble(symbols[slot].id) & (capacity - 1);
        while (index[at] != kAbsent) at = (at + 1) & (capacity - 1);
        index[at] = slot;
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

// With the index and the order by name, which most shapes get sooner or later.
static std::uint64_t bytes_of(const Shape& shape) {
    const std::uint64_t index = shape.index_size();
    return kBytesOfNode + sizeof(Shape) + (2 * sizeof(Symbol) * shape.size) +
           (sizeof(std::uint32_t) * index);
}

static std::uint64_t bytes_of(const ShapeMerge& merge) {
    return kBytesOfNode + sizeof(ShapeMerge) +
           (sizeof(std::uint32_t) * (merge.left.capacity() + merge.right.capacity()));
}

Shapes::Shapes(Heap& heap) : heap_(heap), empty_(intern({})) {}

const Shape* Shapes::intern(std::span<const Symbol> sorted) {
    // Names come sorted by id, so equal sets have equal sequences.
    std::uint64_t hash = sorted.size();
    for (Symbol name : sorted) hash = (hash ^ name.id) * 0x9E3779B97F4A7C15ULL;
    auto [first, last] = shapes_.equal_range(hash);
    for (auto entry = first; entry != last; ++entry) {
        if (!std::ranges::equal(entry->second->names(), sorted)) continue;
        entry->second->is_kept |= heap_.is_keeping();
        return entry->second.get();
    }
    auto shape = std::make_unique<Shape>();
    shape->size = static_cast<std::uint32_t>(sorted.size());
    shape->hash = hash;
    shape->symbols = std::make_unique_for_overwrite<Symbol[]>(sorted.size());
    std::copy(sorted.begin(), sorted.end(), shape->symbols.get());
    shape->is_kept = heap_.is_keeping();
    heap_.meter.add(bytes_of(*shape));
    return shapes_.emplace(hash, std::move(shape))->second.get();
}

// A guess: the same place may be another pair's.
bool Shapes::is_seen_again(const Shape* left, const Shape* right) {
    auto& seen = seen_[(left->hash ^ (right->hash >> 8)) % seen_.size()];
    const std::pair both(left, right);
    return std::exchange(seen, both) == both;
}

static std::vector<Symbol> plan_merge(const Shape* left, const Shape* right, ShapeMerge& merge) {
    std::vector<Symbol> names;
    names.reserve(left->size + right->size);
    for (auto* side : {&merge.left, &merge.right}) {
        side->clear();
        side->reserve(left->size + right->size);
    }
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
    return names;
}

const ShapeMerge& Shapes::merge(const Shape* left, const Shape* right) {
    // Remembered for each pair: merging the same two kinds of records in a loop costs one look-up.
    // Large ones from the second time on, as in a fold that gathers fields no pair comes again.
    constexpr std::uint32_t kLarge = 64;
    const std::pair<const void*, std::uint64_t> key{left, reinterpret_cast<std::uint64_t>(right)};
    if (const auto known = merges_.find(key); known != merges_.end()) return known->second;
    const bool is_kept = left->size + right->size < kLarge || is_seen_again(left, right);
    ShapeMerge& merge = is_kept ? merges_[key] : once_;
    const std::vector<Symbol> names = plan_merge(left, right, merge);
    if (is_kept) heap_.meter.add(bytes_of(merge));
    merge.result = intern(names);
    return merge;
}

const Shape* Shapes::with(const Shape* shape, Symbol name) {
    const Shape*& result = with_[{shape, name.id}];
    if (!result) {
        heap_.meter.add(kBytesOfNode);
        std::vector<Symbol> names(shape->names().begin(), shape->names().end());
        names.insert(std::ranges::lower_bound(names, name.id, {}, &Symbol::id), name);
        result = intern(names);
    }
    return result;
}

const Shape* Shapes::without(const Shape* shape, Symbol name) {
    const Shape*& result = without_[{shape, name.id}];
    if (!result) {
        heap_.meter.add(kBytesOfNode);
        std::vector<Symbol> names;
        names.reserve(shape->size);
        for (Symbol other : shape->names()) {
            if (other != name) names.push_back(other);
        }
        result = intern(names);
    }
    return result;
}

void Shapes::sweep() {
    const auto is_dead = [](const Shape* shape) { return !shape->is_used && !shape->is_kept; };
    std::erase_if(caches_, [&](const AccessCode* code) {
        if (!is_dead(code->seen_shape)) return false;
        code->seen_shape = nullptr;
        return true;
    });
    // What a merge gives is remembered as long as both that it is of are there.
    std::erase_if(merges_, [&](const auto& entry) {
        const auto& [key, merge] = entry;
        const bool goes = is_dead(static_cast<const Shape*>(key.first)) ||
                          is_dead(reinterpret_cast<const Shape*>(key.second)) ||
                          is_dead(merge.result);
        if (goes) heap_.meter.release(bytes_of(merge));
        return goes;
    });
    for (auto* table : {&with_, &without_}) {
        std::erase_if(*table, [&](const auto& entry) {
            const bool goes =
                is_dead(static_cast<const Shape*>(entry.first.first)) || is_dead(entry.second);
            if (goes) heap_.meter.release(kBytesOfNode);
            return goes;
        });
    }
    std::erase_if(shapes_, [&](const auto& entry) {
        const Shape& shape = *entry.second;
        if (is_dead(&shape)) {
            heap_.meter.release(bytes_of(shape));
            return true;
        }
        shape.is_used = false;
        return false;
    });
}

}
