#include "engine/apply/approval.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {

// What can only be milder than what was shown needs no new approval: an update for a replace,
// nothing for an update. Stronger is another action, or a field that was not among those shown.
// Example: the plan said `web` is updated in `labels`, as the image was not known; the image turns
// out to differ and forces a replacement: refused, and the next plan shows it.
std::string beyond_approval(const Step& shown, const StepNow& now) {
    if (now.failed) return "its inputs are refused, now that they are known";
    // All of something new was shown, or told to be known after apply.
    if (shown.action == StepAction::Create) return {};
    const bool makes_anew = now.action == StepAction::Replace || now.action == StepAction::Create ||
                            now.action == StepAction::MayReplace;
    if (!removes(shown.action) && makes_anew) {
        return "with values now known it would be replaced; only an update was approved";
    }
    // The value of a field that was shown as changing may turn out in any way: it was said to be
    // known after apply. Another field was never mentioned.
    for (const std::string& input : *now.changed) {
        if (std::ranges::find(shown.changed, input) == shown.changed.end()) {
            return fmt::format(
                "with values now known `{}` would change too, which was not approved", input);
        }
    }
    return {};
}

}
