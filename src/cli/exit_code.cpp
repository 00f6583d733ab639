#include "cli/exit_code.hpp"

#include "base/check.hpp"

namespace cli {

// As sysexits.h has them, where one fits; docs list them all.
int exit_code_of(const base::Error& error) {
    using base::Code;
    switch (error.code()) {
        case Code::Usage: return kExitUsage;
        case Code::Unauthenticated:   // a credential is missing or wrong: 77 is for what is
                                      // forbidden
        case Code::InvalidArgument: return kExitBadConfiguration;
        case Code::NotFound: return kExitNoInput;
        case Code::PermissionDenied:
        case Code::NotApproved: return kExitNotPermitted;
        case Code::Conflict:
        case Code::Busy: return kExitTryAgain;
        case Code::OutOfDate: return kExitOutOfDate;
        case Code::Unavailable:
        case Code::DeadlineExceeded: return kExitUnreachable;
        case Code::Cancelled: return kExitInterrupted;
        case Code::CannotWrite: return kExitCannotWrite;
        case Code::DataLoss: return kExitDamaged;
        case Code::AlreadyExists:
        case Code::FailedPrecondition:
        case Code::Exhausted:
        case Code::Unimplemented:
        case Code::Internal: return kExitFailed;
    }
    UNREACHABLE();
}

}
