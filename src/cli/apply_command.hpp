#pragma once

#include "cli/deployment.hpp"
#include "engine/run/apply.hpp"

#include <functional>
#include <optional>
#include <string>

namespace cli {

// How much of a plan is shown.
struct PlanDetail {
    bool full = false;   // every step by itself
    bool all = false;    // unchanged resources too
};

// What was approved before the plan is there.
struct Consent {
    bool yes = false;
    std::optional<std::string> confirm;   // the protected environment where something may go away
};

// --yes, --confirm, --no-refresh, --accept-missing and --stop-on-failure, for commands that plan
// and apply.
void declare_apply(Args& args, engine::ApplyRequest& request, Consent& consent, bool& no_refresh);
// Whether --yes is all that is needed here (`workspace.protected`).
bool is_approved(const Context& context, const Consent& consent);

// What `apply`, `destroy` and `run resume` have in common: interrupts, showing the plan and asking,
// following the steps, the report and its exit code. `entry` is one of engine/run/.
using ApplyEntry = std::function<base::Result<engine::ApplyOutcome>(
    engine::Deployment&, engine::Observer&, const engine::Stop&)>;
base::Result<int> run_apply(Context& context, engine::Deployment& deployment,
                            const PlanDetail& detail, const Consent& consent,
                            const ApplyEntry& entry);

}
