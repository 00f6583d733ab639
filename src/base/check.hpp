#pragma once

namespace base {

// Prints the failed condition with its place and aborts. For programmer errors only.
[[noreturn]] void fail_check(const char* condition, const char* file, int line);

}

// Always on, in release builds too. Never on user input.
#define CHECK(condition) \
    ((condition) ? static_cast<void>(0) : ::base::fail_check(#condition, __FILE__, __LINE__))
#define UNREACHABLE() ::base::fail_check("unreachable", __FILE__, __LINE__)
