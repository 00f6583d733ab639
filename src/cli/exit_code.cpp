#include "cli/exit_code.hpp"

#include "base/check.hpp"

namespace cli {

int exit_code_of(const base::Error& error) {
    if (error.exit_code() != 0) return error.exit_code();
    using base::Code;
    switch (error.code()) {
        case Code::InvalidArgument: return kExitBadConfiguration;
        case Code::NotFound: return kExitNoInput;
        case Code::PermissionDenied:
        case Code::Unauthenticated: return kExitNotPermitted;
        case Code::Conflict: return kExitTryAgain;
        case Code::Unavailable:
        case Code::DeadlineExceeded: return kExitUnreachable;
        case Code::Cancelled: return kExitInterrupted;
        case Code::Corrupt: return kExitDamaged;
        case Code::AlreadyExists:
        case Code::FailedPrecondition:
        case Code::Exhausted:
        case Code::Unimplemented:
        case Code::Internal: return kExitFailed;
    }
    UNREACHABLE();
}

}
