#pragma once

#include "base/check.hpp"
#include "base/error.hpp"

#include <optional>
#include <type_traits>
#include <utility>

namespace base {

// A value or the Error that kept it from being made.
template <typename T>
class [[nodiscard]] Result {
public:
    using Value = T;

    Result(T value) : value_(std::move(value)) {}
    Result(Error error) : error_(std::move(error)) {}
    template <typename U>
        requires(std::is_convertible_v<U &&, T> && !std::is_same_v<std::remove_cvref_t<U>, T> &&
                 !std::is_same_v<std::remove_cvref_t<U>, Error> &&
                 !std::is_same_v<std::remove_cvref_t<U>, Result>)
    Result(U&& value) : value_(std::forward<U>(value)) {}

    bool ok() const { return value_.has_value(); }
    explicit operator bool() const { return ok(); }

    T& value() & {
        if (!ok()) fail_value(error_);
        return *value_;
    }
    const T& value() const& {
        if (!ok()) fail_value(error_);
        return *value_;
    }
    T&& value() && {
        if (!ok()) fail_value(error_);
        return std::move(*value_);
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Error& error() const& {
        CHECK(!ok());
        return error_;
    }
    Error&& error() && {
        CHECK(!ok());
        return std::move(error_);
    }

    Result&& context(std::string what) && {
        if (error_.is_set()) std::move(error_).with_context(std::move(what));
        return std::move(*this);
    }

private:
    std::optional<T> value_;
    Error error_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    using Value = void;

    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    bool ok() const { return !error_.is_set(); }
    explicit operator bool() const { return ok(); }
    void value() const {
        if (!ok()) fail_value(error_);
    }

    const Error& error() const& {
        CHECK(!ok());
        return error_;
    }
    Error&& error() && {
        CHECK(!ok());
        return std::move(error_);
    }

    Result&& context(std::string what) && {
        if (error_.is_set()) std::move(error_).with_context(std::move(what));
        return std::move(*this);
    }

private:
    Error error_;
};

}

#define BASE_CONCAT_(a, b) a##b
#define BASE_CONCAT(a, b) BASE_CONCAT_(a, b)
#define BASE_TRY(name, ...)                               \
    __extension__({                                       \
        auto name = (__VA_ARGS__);                        \
        if (!name.ok()) return ::std::move(name).error(); \
        ::std::move(name).value();                        \
    })
// The value of a Result, or return its error from the enclosing function.
#define TRY(...) BASE_TRY(BASE_CONCAT(try_result_, __COUNTER__), __VA_ARGS__)
