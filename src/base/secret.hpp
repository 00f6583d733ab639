#pragma once

#include <string>
#include <string_view>

namespace base {

// Overwrites in a way that the compiler may not drop.
void wipe(void* bytes, std::size_t size);

// A value that must not be printed, logged or stored: it has no conversion, comparison or
// formatter, and reveal() is easy to search for. Texts are wiped when they go.
template <typename T>
class Secret {
public:
    Secret() = default;
    explicit Secret(T value) : value_(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.clear(); }
    Secret& operator=(const Secret& other) {
        if (this != &other) {
            clear();
            value_ = other.value_;
        }
        return *this;
    }
    Secret& operator=(Secret&& other) noexcept {
        if (this != &other) {
            clear();
            value_ = std::move(other.value_);
            other.clear();
        }
        return *this;
    }
    ~Secret() { clear(); }

    const T& reveal() const { return value_; }

private:
    void clear() {
        if constexpr (requires { value_.data(), value_.capacity(); }) {
            using Item = typename T::value_type;
            value_.resize(value_.capacity());
            wipe(value_.data(), value_.size() * sizeof(Item));
            value_.clear();
        } else {
            wipe(&value_, sizeof value_);
        }
    }

    T value_{};
};

using SecretText = Secret<std::string>;

// Equal without telling by the time taken where the first difference is.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}
