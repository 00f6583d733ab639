#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace lang {

// A piece of the heap, at an address that is a multiple of its size, so that what is known of an
// object is found by its address. What is too large for one has a block of its own that is longer.
// Free room is found by lines: an object keeps all lines that it touches.
struct HeapBlock {
    static constexpr std::size_t kSize = std::size_t{64} * 1024;
    static constexpr std::size_t kLine = 128, kLines = kSize / kLine;
    static constexpr std::size_t kGrain = 8;   // of addresses

    std::uint64_t marks[kSize / kGrain / 64];   // of objects, by where they begin
    std::uint64_t lines[kLines / 64];           // with something in them
    std::size_t size;                           // of all of it that is used
    bool is_large;                              // for one object
    bool is_kept;                               // never given back

    static HeapBlock* of(const void* object) {
        return reinterpret_cast<HeapBlock*>(reinterpret_cast<std::uintptr_t>(object) &
                                            ~(kSize - 1));
    }
    std::byte* at(std::size_t line) { return reinterpret_cast<std::byte*>(this) + line * kLine; }
    // Of the system's memory.
    std::size_t mapped() const { return (size + kSize - 1) / kSize * kSize; }

    bool is_marked(const void* object) const {
        const std::size_t grain = grain_of(object);
        return (marks[grain / 64] >> (grain % 64) & 1) != 0;
    }
    // Whether it was not.
    bool mark(const void* object) {
        const std::size_t grain = grain_of(object);
        const std::uint64_t bit = std::uint64_t{1} << (grain % 64);
        if ((marks[grain / 64] & bit) != 0) return false;
        marks[grain / 64] |= bit;
        return true;
    }
    void mark_lines(const void* object, std::size_t bytes) {
        if (bytes == 0 || is_large) return;
        const std::size_t offset = offset_of(object);
        for (std::size_t line = offset / kLine; line <= (offset + bytes - 1) / kLine; ++line)
            lines[line / 64] |= std::uint64_t{1} << (line % 64);
    }
    std::size_t marked_lines() const {
        std::size_t count = 0;
        for (const std::uint64_t word : lines)
            count += static_cast<std::size_t>(std::popcount(word));
        return count;
    }
    // The first line from `line` on that is marked, or is not; kLines: none.
    std::size_t find_line(std::size_t line, bool marked) const {
        while (line < kLines) {
            std::uint64_t word = marked ? lines[line / 64] : ~lines[line / 64];
            word &= ~std::uint64_t{0} << (line % 64);
            if (word != 0) return line / 64 * 64 + static_cast<std::size_t>(std::countr_zero(word));
            line = line / 64 * 64 + 64;
        }
        return kLines;
    }

private:
    static std::size_t offset_of(const void* object) {
        return reinterpret_cast<std::uintptr_t>(object) & (kSize - 1);
    }
    static std::size_t grain_of(const void* object) { return offset_of(object) / kGrain; }
};

// Where objects begin in a block.
inline constexpr std::size_t kFirstLine =
    (sizeof(HeapBlock) + HeapBlock::kLine - 1) / HeapBlock::kLine;

}
