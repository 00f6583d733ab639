#pragma once

#include "base/result.hpp"

#include <exception>
#include <new>
#include <type_traits>
#include <utility>

namespace base {

Error error_of(const std::exception& failure);

// What `work()` returns (a Result, or nothing), with an exception turned into an error: Exhausted
// for memory, Internal otherwise. Our code throws nothing; the libraries beneath it may, and a task
// that meets such a thing must not end the process.
template <typename Work>
auto last_catch(Work&& work) {
    using Answer = std::invoke_result_t<Work>;
    using Caught = std::conditional_t<std::is_void_v<Answer>, Result<void>, Answer>;
    try {
        if constexpr (std::is_void_v<Answer>) {
            std::forward<Work>(work)();
            return Caught();
        } else {
            return Caught(std::forward<Work>(work)());
        }
    } catch (const std::bad_alloc&) {
        return Caught(Error(Code::Exhausted, "out of memory"));
    } catch (const std::exception& failure) {
        return Caught(error_of(failure));
    } catch (...) {
        return Caught(internal("unexpected: an exception of no known kind"));
    }
}

}
