#pragma once

#include <functional>
#include <mutex>
#include <utility>

namespace base {

// Data that can be reached only under its lock: state.with([&](State& s) { ... }). Inside: no I/O,
// no callbacks, no second lock.
template <typename T>
class Guarded {
public:
    constexpr Guarded() = default;
    constexpr explicit Guarded(T data) : data_(std::move(data)) {}

    template <typename F>
    decltype(auto) with(F&& function) {
        const std::lock_guard lock(mutex_);
        return std::invoke(std::forward<F>(function), data_);
    }
    template <typename F>
    decltype(auto) with(F&& function) const {
        const std::lock_guard lock(mutex_);
        return std::invoke(std::forward<F>(function), data_);
    }

private:
    mutable std::mutex mutex_;
    T data_{};
};

}
