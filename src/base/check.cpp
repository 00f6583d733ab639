#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace base {

void fail_check(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "internal error: %s (%s:%d)\n", condition, file, line);
    std::abort();
}

}
