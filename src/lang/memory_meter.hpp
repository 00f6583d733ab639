#pragma once

#include <cstdint>

namespace lang {

// What an evaluation holds in memory, beside what it may hold. Its heap, symbols, shapes, touched
// sets, sources and code add to one meter. One thread.
class MemoryMeter {
public:
    explicit MemoryMeter(std::uint64_t limit = ~std::uint64_t{0}) : limit_(limit) {}
    MemoryMeter(const MemoryMeter&) = delete;
    MemoryMeter& operator=(const MemoryMeter&) = delete;

    void add(std::uint64_t bytes) { used_ += bytes; }
    void release(std::uint64_t bytes) { used_ -= bytes; }
    bool is_exceeded() const { return used_ > limit_; }
    std::uint64_t used() const { return used_; }
    std::uint64_t limit() const { return limit_; }
    std::uint64_t left() const { return used_ < limit_ ? limit_ - used_ : 0; }

private:
    std::uint64_t used_ = 0;
    std::uint64_t limit_;
};

}
