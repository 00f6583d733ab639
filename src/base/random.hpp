#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace base {

// From the operating system; fit for secrets.
void fill_random(std::span<std::byte> bytes);

// A fast, seeded sequence (splitmix64): for jitter, sampling and tests, never for secrets.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next();
    std::uint64_t below(std::uint64_t limit);   // limit > 0
    double fraction();                          // [0, 1)

private:
    std::uint64_t state_;
};

}
