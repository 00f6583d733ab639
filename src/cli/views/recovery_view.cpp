#include "cli/views/recovery_view.hpp"

#include "base/check.hpp"

#include <fmt/core.h>

namespace cli {

std::string outcome_text(const engine::Recovered& one) {
    using Kind = state::Decision::Kind;
    switch (one.decision) {
        case Kind::WriteDone: return "done";
        case Kind::WriteIncomplete: return "done in part: the next apply finishes it";
        case Kind::CloseAbsent: return "did not happen";
        case Kind::KeepUntil:
            return fmt::format("may still happen until {}", base::format_time(one.acts_until));
        case Kind::KeepRunning: return "the platform is still at it";
        case Kind::KeepUnsure: return "cannot be told: " + one.reason;
    }
    UNREACHABLE();
}

}
