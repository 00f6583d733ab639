#include "base/process/core_dumps.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace base {
namespace {

// In a child, which may do what it likes with itself.
int dumpable_in_child(bool forbid) {
    const pid_t child = ::fork();
    if (child == 0) {
        if (forbid) forbid_core_dumps();
        ::_exit(::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

TEST(CoreDumps, AreForbiddenForGood) {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    constexpr int kForbidden = 1;
#else
    constexpr int kForbidden = 0;
#endif
    EXPECT_EQ(dumpable_in_child(false), 1);
    EXPECT_EQ(dumpable_in_child(true), kForbidden);
}

}
}
