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
    void place(std::uint64_t hash, std::uint32_t id);
    void grow();

    MemoryMeter& meter_;
    // Open addressing; the upper half of the hash and the id, 0 is free.
    std::vector<std::uint64_t> slots_;
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
