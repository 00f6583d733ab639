#pragma once

#include "engine/plan/plan.hpp"
#include "lang/program.hpp"
#include "state/run.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace state {
class Key;
struct Snapshot;
}

namespace engine {

// A plan as it was approved, to be run later (`plan --out`, ENGINE §10) or to go on with after a
// crash (`run resume`). It holds what the steps rest on, not the steps' values: running it plans
// once more from the sources inside, and compares.
struct SavedPlan {
    struct Step {
        std::string address;
        std::string type;
        StepAction action = StepAction::None;
        std::vector<std::string> changed;   // top-level inputs
        std::string digest;                 // of all that was shown of it; "" where not needed
    };
    std::string id;        // unique; consumed by the run that applies it
    std::string command;   // "apply", "destroy"
    std::string workspace;
    std::string environment;
    std::string made_at;              // RFC 3339
    std::vector<lang::Given> given;   // from outside: --set and the like
    bool refreshed = true;
    bool accept_missing = false;
    std::map<std::string, std::string> sources;   // by path; beneath the workspace: relative to it
    // SHA-256 of what its steps read or run beside the program, by path as in `sources`; "": it was
    // not there.
    std::map<std::string, std::string> files;
    std::vector<Step> steps;                   // by address
    std::vector<state::Expected> expected;     // rows and absences that it rests on
    std::map<std::string, std::string> seen;   // of rows to be changed: a digest of what was there
    std::vector<std::int64_t> runs;            // that have begun it: their writes are its own
    std::string summary;                       // JSON
    std::string text;                          // as it was shown

    std::set<std::string> addresses() const;
};

// How much a plan that is made again has to be like the approved one.
enum class PlanMatch : std::uint8_t {
    Same,   // each step as it was shown
    Rest,   // what is left of it, or milder
};

// What `plan` rests on. Digests need the key; without one there are none.
SavedPlan save_plan(const Plan& plan, const state::Key* key);

// OutOfDate (76) that names what moved: a step that is not as approved, a row, a thing outside.
// `own_run` tells whether a row's version was written by a run of this very plan.
base::Result<void> check_still_holds(const SavedPlan& approved, const Plan& now,
                                     const state::Snapshot& snapshot, const state::Key& key,
                                     PlanMatch likeness,
                                     const std::function<bool(std::int64_t run)>& own_run);

// As a file: JSON on one line, and its authentication. No secrets are in it but what --set gave.
std::string to_bytes(const SavedPlan& plan, const state::Key& key);
// Errors: InvalidArgument (65) for what is no plan; PermissionDenied (77) for one that was changed
// or made with another workspace's key.
base::Result<SavedPlan> read_saved_plan(std::string_view bytes, const state::Key& key);

}
