#pragma once

#include "base/advice.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace base {

// What a caller may branch on. HTTP status and exit code derive from it in one switch each.
enum class Code : unsigned char {
    InvalidArgument,   // a program, a file or a value is not as it has to be
    Usage,             // what was asked for cannot be meant: an option, an address given by hand
    NotFound,          // a workspace, a file, a thing
    AlreadyExists,
    PermissionDenied,     // whoever asks may not
    NotApproved,          // nobody has agreed to it, or it was ruled out beforehand
    Unauthenticated,      // it is not known who asks
    FailedPrecondition,   // not in this state of things
    Conflict,             // somebody else changed it meanwhile
    Busy,                 // somebody else is at it: later it may go
    OutOfDate,            // what it rests on has moved: plan again
    Exhausted,            // a limit, a quota, memory
    CannotWrite,          // no room, or read-only
    Unavailable,          // a service cannot be reached
    DeadlineExceeded,
    Cancelled,
    Unimplemented,
    DataLoss,   // stored data is damaged
    Internal,   // a mistake of ours
};

std::string_view name_of(Code code);

// Something an error carries that is shown in its own way (language diagnostics, for one). Whoever
// prints errors asks for one of the two forms and need not know what it is.
class ErrorDetail {
public:
    virtual ~ErrorDetail() = default;
    // Whole lines, shown instead of the error's own message; empty: show the message.
    virtual std::string text(bool /*color*/, std::size_t /*width*/) const { return {}; }
    // The value of "detail" in the error's JSON form; empty: none.
    virtual std::string json() const { return {}; }
};

// A failure: a code, a message (lower case, no full stop, says what was tried and with what, never
// a secret), the contexts added on the way up, and advice on what to do next. One pointer wide; a
// moved-from Error may only be assigned to or destroyed.
class Error {
public:
    Error(Code code, std::string message);
    Error(Error&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
    Error& operator=(Error&& other) noexcept {
        std::swap(body_, other.body_);
        return *this;
    }
    ~Error() {
        if (body_ != nullptr) destroy(body_);
    }

    Code code() const;
    std::string_view message() const;
    std::string_view help() const;
    const Advice* advice() const;                       // null: none
    const std::vector<std::string>& contexts() const;   // innermost first
    const ErrorDetail* detail() const;

    Error&& with_context(std::string what) &&;
    Error&& with_help(std::string what_to_do) &&;   // without names of commands
    Error&& with_advice(Advice advice) &&;
    Error&& with_detail(std::shared_ptr<const ErrorDetail> detail) &&;

    // "outer: inner: message"
    std::string text() const;

private:
    template <typename T>
    friend class Result;
    struct Body;

    // No error: what a Result with a value holds.
    Error() = default;
    bool is_set() const { return body_ != nullptr; }
    static void destroy(Body* body);

    Body* body_ = nullptr;
};

// Prints the error that was not looked at and aborts, as a failed CHECK does.
[[noreturn]] void fail_value(const Error& error);

Error invalid_argument(std::string message);
Error not_found(std::string message);
Error internal(std::string message);

// The failure of a system call: maps errno to a code and appends its text.
Error system_error(std::string what, int errno_value);

}
