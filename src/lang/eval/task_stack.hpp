#pragma once

#include "base/check.hpp"
#include "lang/memory_meter.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <type_traits>

namespace lang {

// A stack of a task: counts into the meter of the evaluation, which outlives it. Large ones are
// moved by the system and not copied, so that depth costs what is used and nothing more.
template <typename T>
class TaskStack {
public:
    static_assert(std::is_trivially_copyable_v<T>);

    TaskStack() = default;
    ~TaskStack() { resize(0); }
    TaskStack(const TaskStack&) = delete;
    TaskStack& operator=(const TaskStack&) = delete;

    T& operator[](std::size_t at) { return items_[at]; }
    const T& operator[](std::size_t at) const { return items_[at]; }
    T* data() { return items_; }
    const T* data() const { return items_; }
    std::size_t size() const { return size_; }

    // Room for so many, of which the new ones are anything.
    void grow(std::size_t wanted, MemoryMeter& meter) {
        constexpr std::size_t kFirst = 128;
        meter_ = &meter;
        resize(std::max({wanted, kFirst, size_ + size_ / 2}));
    }
    // Gives back most of what is not used after a deep evaluation.
    void shrink(std::size_t used) {
        constexpr std::size_t kLeast = 4096;
        if (size_ > kLeast && used < size_ / 4) resize(std::max(used * 2, kLeast));
    }

private:
    void resize(std::size_t size) {
        if (size == size_) return;
        meter_->release(size_ * sizeof(T));
        meter_->add(size * sizeof(T));
        if (size == 0) {
            std::free(items_);
            items_ = nullptr;
        } else {
            items_ = static_cast<T*>(
                std::realloc(static_cast<void*>(items_), size * sizeof(T)));   // NOLINT: no objects
            CHECK(items_ != nullptr);
        }
        size_ = size;
    }

    T* items_ = nullptr;
    std::size_t size_ = 0;
    MemoryMeter* meter_ = nullptr;
};

}
