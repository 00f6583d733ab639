#include "engine/apply/approval.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {

std::string beyond_approval(const Step& shown, const StepNow& now) {
    if (now.failed) return "its inputs are refused, now that they are known";
    // All of something new was shown, or told to be known after apply.
    if (shown.action == StepAction::Create) return {};
    const bool makes_anew = now.action == StepAction::Replace || now.action == StepAction::Create ||
                            now.action == StepAction::MayReplace;
    if (!removes(shown.action) && makes_anew) {
        return "with values now known it would be replaced; only an update was approved";
    }
    for (const std::string& input : *now.changed) {
        if (std::ranges::find(shown.changed, input) == shown.changed.end()) {
            return fmt::format(
                "with values now known `{}` would change too, which was not approved", input);
        }
    }
    return {};
}

}
