#pragma once

#include "lang/memory_meter.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace lang {

// An interned identifier, field name or enum tag. One table for the process: equal text, equal id.
// A symbol lives as long as a SymbolOwner that holds it; then its id may come to mean another text.
struct Symbol {
    std::uint32_t id = 0;   // 0 is the empty string

    // Held by the owner in whose scope this thread is; without one, for ever.
    static Symbol of(std::string_view text);
    // Never freed: for constants, which outlive the evaluation that happens to need them first.
    static Symbol forever(std::string_view text);
    std::string_view text() const;

    bool operator==(const Symbol&) const = default;
};

// Ids by the hash of their text: open addressing, at most half full. Who looks compares the texts.
class SymbolTable {
public:
    SymbolTable() : slots_(std::size_t{1} << 10) {}

    // The id among those with this hash that `is_wanted`; 0 if there is none.
    template <typename IsWanted>
    std::uint32_t find(std::uint32_t hash, IsWanted is_wanted) const {
        for (std::size_t at = hash & mask(); slots_[at] != 0; at = (at + 1) & mask()) {
            // Another hash: the characters need not be fetched.
            if (slots_[at] >> 32 != hash) continue;
            const auto id = static_cast<std::uint32_t>(slots_[at]);
            if (is_wanted(id)) return id;
        }
        return 0;
    }
    void add(std::uint32_t hash, std::uint32_t id);
    void remove(std::uint32_t hash, std::uint32_t id);

private:
    std::size_t mask() const { return slots_.size() - 1; }

    std::vector<std::uint64_t> slots_;   // the hash and the id, 0 is free
    std::size_t size_ = 0;
};

// The symbols of one evaluation. They count into its meter, and those that nobody else holds are
// freed with it. Finding a known one takes no lock. One thread at a time.
class SymbolOwner {
public:
    explicit SymbolOwner(MemoryMeter& meter);
    ~SymbolOwner();
    SymbolOwner(const SymbolOwner&) = delete;
    SymbolOwner& operator=(const SymbolOwner&) = delete;

private:
    friend struct Symbol;

    std::uint32_t intern(std::string_view text);
    MemoryMeter& meter_;
    SymbolTable table_;
    std::vector<std::uint32_t> held_;
};

// Makes an owner the one of this thread for as long as it lives; they nest.
class SymbolScope {
public:
    explicit SymbolScope(SymbolOwner& owner);
    ~SymbolScope();
    SymbolScope(const SymbolScope&) = delete;
    SymbolScope& operator=(const SymbolScope&) = delete;

private:
    SymbolOwner* outer_;
};

}
