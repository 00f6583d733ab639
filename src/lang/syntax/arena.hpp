#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace lang {

// Bump allocator for trivially destructible objects. Everything is freed at once. Not thread-safe.
class Arena {
public:
    Arena() = default;
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    void* allocate(std::size_t size, std::size_t alignment) {
        std::size_t start = (used_ + alignment - 1) & ~(alignment - 1);
        if (start + size > capacity_) {
            grow(size + alignment);
            start = 0;
        }
        used_ = start + size;
        return blocks_.back().get() + start;
    }

    template <typename T, typename... Args>
    T* make(Args&&... args) {
        static_assert(std::is_trivially_destructible_v<T>);
        return ::new (allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
    }

    template <typename T>
    std::span<const T> copy(const std::vector<T>& items) {
        static_assert(std::is_trivially_copyable_v<T>);
        if (items.empty()) return {};
        void* memory = allocate(sizeof(T) * items.size(), alignof(T));
        std::memcpy(memory, items.data(), sizeof(T) * items.size());
        return {static_cast<const T*>(memory), items.size()};
    }

    std::string_view copy(std::string_view text) {
        if (text.empty()) return {};
        auto* memory = static_cast<char*>(allocate(text.size(), 1));
        std::memcpy(memory, text.data(), text.size());
        return {memory, text.size()};
    }

    std::uint64_t allocated() const { return allocated_; }

private:
    void grow(std::size_t at_least) {
        std::size_t size = blocks_.empty() ? 16 * 1024 : 256 * 1024;
        if (size < at_least) size = at_least;
        blocks_.push_back(std::unique_ptr<std::byte[]>(new std::byte[size]));
        capacity_ = size;
        allocated_ += size;
        used_ = 0;
    }

    std::vector<std::unique_ptr<std::byte[]>> blocks_;
    std::uint64_t allocated_ = 0;
    std::size_t used_ = 0;
    std::size_t capacity_ = 0;
};

}
