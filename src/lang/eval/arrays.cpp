#include "lang/eval/machine.hpp"

#include <algorithm>

namespace lang {

// Appending to the newest array of a chunk reuses its spare room, so that `acc @ [x]` in a loop
// costs amortised constant time; older slices of the chunk never see the added elements.
Word Machine::concat(Array& left, Array& right) {
    if (right.size == 0) return Word::of(&left);
    if (left.size == 0) return Word::of(&right);
    std::size_t size = std::size_t{left.size} + right.size;
    Array* result = heap.make<Array>(Tag::Array);
    result->size = static_cast<std::uint32_t>(size);
    // Owned: nothing was appended behind this array yet, so its chunk may go on. An array with
    // pending contracts is not: its elements in the chunk are the bare ones.
    bool owned = !left.pending && left.offset + left.size == left.chunk->used;
    if (owned && left.chunk->capacity - left.chunk->used >= right.size) {
        result->chunk = left.chunk;
        result->offset = left.offset;
    } else {
        // Twice the room only from the second append on: most arrays are never appended to.
        std::size_t capacity = owned && left.size >= 4 ? size * 2 : size;
        auto* chunk =
            static_cast<ArrayChunk*>(heap.allocate(sizeof(ArrayChunk) + capacity * sizeof(Word)));
        chunk->capacity = static_cast<std::uint32_t>(capacity);
        chunk->used = left.size;
        // Through `element`, so that pending contracts go along, wrapped; unforced as all elements
        // are.
        for (std::uint32_t i = 0; i < left.size && !leaves(i); ++i)
            chunk->elements[i] = element(left, i);
        result->chunk = chunk;
    }
    for (std::uint32_t i = 0; i < right.size && !leaves(i); ++i)
        result->chunk->elements[result->chunk->used + i] = element(right, i);
    result->chunk->used += right.size;
    return Word::of(result);
}

Word Machine::slice(Array& array, std::size_t from, std::size_t to) {
    Array* result = heap.make<Array>(Tag::Array);
    result->size = static_cast<std::uint32_t>(to - from);
    result->offset = array.offset + static_cast<std::uint32_t>(from);
    result->chunk = array.chunk;
    result->pending = array.pending;
    if (array.pending && result->size > 0) {
        // The memo of the whole array, made here if need be: a loop over the tail of a tail would
        // otherwise wrap each element once for every slice.
        if (!array.memo) array.memo = make_memo(array);
        result->memo = array.memo;   // shared: each element is wrapped once
    }
    return Word::of(result);
}

}
