#pragma once

#include "base/error.hpp"

namespace cli {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitChanges = 2;   // plan and drift with --detailed-exitcode
inline constexpr int kExitUsage = 64;
inline constexpr int kExitBadConfiguration = 65;
inline constexpr int kExitNoInput = 66;   // no workspace or file
inline constexpr int kExitUnreachable = 69;
inline constexpr int kExitCannotWrite = 73;
inline constexpr int kExitDamaged = 74;
inline constexpr int kExitTryAgain = 75;
inline constexpr int kExitOutOfDate = 76;
inline constexpr int kExitNotPermitted = 77;
inline constexpr int kExitInterrupted = 130;
inline constexpr int kExitTerminated = 143;

// What follows from the error's code: the one place that knows.
int exit_code_of(const base::Error& error);

}
