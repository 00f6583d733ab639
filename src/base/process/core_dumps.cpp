#include "base/process/core_dumps.hpp"

#include <sys/prctl.h>

namespace base {

void forbid_core_dumps() {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#else
    // Not RLIMIT_CORE: it is inherited, and not asked where the system hands dumps to a program.
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

}
