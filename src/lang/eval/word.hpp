#pragma once

#include "lang/syntax/symbol.hpp"

#include <cstdint>

namespace lang {

struct Obj;

// A value, or a pointer to something that will become one: 64 bits, the low three a tag
// (reference architecture §7.2). Words are copied freely; objects live as long as their Heap.
class Word {
public:
    Word() = default;   // "nothing here": no value of the language
    static Word of(const Obj* object) { return Word(reinterpret_cast<std::uint64_t>(object)); }
    static Word integer(std::int64_t value) {
        return Word(static_cast<std::uint64_t>(value) << 3 | kInteger);
    }
    static Word tag(Symbol symbol) { return Word(std::uint64_t{symbol.id} << 3 | kTag); }
    static Word null() { return Word(0 << 3 | kSpecial); }
    static Word boolean(bool value) { return Word((value ? 2U : 1U) << 3 | kSpecial); }
    static bool fits(std::int64_t value) { return value >= kMinInteger && value <= kMaxInteger; }

    bool exists() const { return bits_ != 0; }
    bool is_object() const { return (bits_ & 7) == kObject && bits_ != 0; }
    bool is_integer() const { return (bits_ & 7) == kInteger; }
    bool is_tag() const { return (bits_ & 7) == kTag; }
    bool is_null() const { return *this == null(); }
    bool is_bool() const { return is_true() || is_false(); }
    bool is_true() const { return *this == boolean(true); }
    bool is_false() const { return *this == boolean(false); }

    Obj* object() const { return reinterpret_cast<Obj*>(bits_); }
    std::int64_t as_integer() const { return static_cast<std::int64_t>(bits_) >> 3; }
    Symbol as_tag() const { return Symbol{static_cast<std::uint32_t>(bits_ >> 3)}; }
    std::uint64_t bits() const { return bits_; }

    bool operator==(const Word&) const = default;

private:
    static constexpr std::uint64_t kObject = 0, kInteger = 1, kSpecial = 2, kTag = 3;
    static constexpr std::int64_t kMaxInteger = (std::int64_t{1} << 60) - 1;
    static constexpr std::int64_t kMinInteger = -(std::int64_t{1} << 60);

    explicit Word(std::uint64_t bits) : bits_(bits) {}

    std::uint64_t bits_ = 0;
};

}
