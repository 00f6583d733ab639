#include "base/random.hpp"

#include "base/check.hpp"

namespace base {

// SplitMix64. Fast, one word of state, and for tests and jitter only: who sees one number knows
// the next.
std::uint64_t Random::next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t value = state_;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

std::uint64_t Random::below(std::uint64_t limit) {
    CHECK(limit > 0);
    // Slightly uneven for limits near 2^64; the limits here are small.
    return next() % limit;
}

// 53 bits, what a double holds: [0, 1), each with the same chance.
double Random::fraction() { return static_cast<double>(next() >> 11U) * 0x1p-53; }

}
