#include "engine/plan/saved_plan.hpp"

#include "engine/plan/plan_json.hpp"
#include "state/key.hpp"
#include "state/state.hpp"
#include "value/json.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {
namespace {

// All that is shown of a step, in 16 hexadecimal digits that tell nothing without the key.
// Secrets go in as fingerprints under the workspace's key: a plan lies about in CI artefacts, and
// a plain hash of a short password could be guessed from it.
std::string digest_of(const Step& step, const state::Key& key) {
    const value::Fingerprint fingerprint = [&key](const value::Value& secret) {
        return key.fingerprint_text(secret);
    };
    return key.fingerprint_text(value::Value(step_json(step, fingerprint)));
}

std::string digest_of(const provider::ObservedResource& seen, const state::Key& key) {
    return key.fingerprint_text(value::Value(value::Value::Array{seen.inputs, seen.outputs}));
}

base::Error moved(std::string what) {
    return base::Error(base::Code::OutOfDate, "the plan is out of date: " + std::move(what))
        .with_help("nothing was changed")
        .with_advice({.next = base::Next::PlanAgain});
}

// Whether approval of the first covers the second, where a run was cut off between.
// A create that was cut off may have left a part, which is then an update. After half of a replace
// what is left may look like anything: a create (the old one is gone), a delete (the new one is
// there).
bool covers(StepAction approved, StepAction now) {
    switch (approved) {
        case StepAction::None: return false;
        case StepAction::Update: return now == StepAction::Update;
        case StepAction::Delete: return now == StepAction::Delete;
        case StepAction::Create: return now == StepAction::Create || now == StepAction::Update;
        case StepAction::MayReplace:
        case StepAction::Replace: return true;
    }
    return false;
}

// An address has two steps where a superseded generation is deleted beside the change of the
// newest; the one with the same action is meant, or the last.
const SavedPlan::Step* find_step(const SavedPlan& plan, const Step& step) {
    auto at = std::lower_bound(plan.steps.begin(), plan.steps.end(), step.address,
                               [](const SavedPlan::Step& one, const std::string& address) {
                                   return one.address < address;
                               });
    for (; at != plan.steps.end() && at->address == step.address; ++at) {
        if (at->action == step.action || std::next(at) == plan.steps.end() ||
            std::next(at)->address != step.address) {
            return &*at;
        }
    }
    return nullptr;
}

// What the run of this plan itself left half done: its row says what is so (a server that was shut
// down for a change, or detached from something and left off until it has the other), and that such
// an input has to be set again, to what it was before and was to stay, is the same change. The
// program is the approved one, so it wants nothing else. Of a change that is there whole, whatever
// else differs is somebody else's doing.
bool is_half_done(const SavedPlan::Step& shown, const Step& now,
                  const std::function<bool(std::int64_t)>& own_run) {
    if (!now.recorded || !own_run(now.recorded->version.run)) return false;
    return !now.recorded->complete ||
           std::ranges::any_of(now.changed, [&](const std::string& input) {
               return std::ranges::find(shown.changed, input) != shown.changed.end();
           });
}

bool reaches_no_more(const SavedPlan::Step& shown, const Step& now,
                     const std::function<bool(std::int64_t)>& own_run) {
    return is_half_done(shown, now, own_run) ||
           std::ranges::all_of(now.changed, [&](const std::string& input) {
               return std::ranges::find(shown.changed, input) != shown.changed.end();
           });
}

base::Result<void> check_steps(const SavedPlan& approved, const Plan& now, const state::Key& key,
                               PlanMatch likeness,
                               const std::function<bool(std::int64_t)>& own_run) {
    for (const Step& step : now.steps) {
        const SavedPlan::Step* shown = find_step(approved, step);
        if (shown == nullptr) {
            return moved(fmt::format("it has no {} of {}", name_of(step.action), step.address));
        }
        if (likeness == PlanMatch::Rest) {
            // An update that turned out smaller is covered; one that reaches other inputs was
            // never shown. What covers more than updates was approved with all of its inputs.
            bool milder =
                covers(shown->action, step.action) &&
                (step.action != StepAction::Update || shown->action != StepAction::Update ||
                 reaches_no_more(*shown, step, own_run));
            if (!milder) {
                return moved(fmt::format("{} of {} was approved, but it would now be {}",
                                         name_of(shown->action), step.address,
                                         name_of(step.action)));
            }
        } else if (shown->action != step.action || shown->digest != digest_of(step, key)) {
            return moved(fmt::format("the {} of {} is not what was shown any more",
                                     name_of(step.action), step.address));
        }
    }
    // More steps than were shown have been refused above. Fewer are another plan too: what
    // somebody approved as a whole is not done by halves.
    if (likeness == PlanMatch::Same && now.steps.size() != approved.steps.size()) {
        auto left =
            std::find_if(approved.steps.begin(), approved.steps.end(), [&](const auto& shown) {
                return std::none_of(now.steps.begin(), now.steps.end(), [&](const Step& step) {
                    return step.address == shown.address;
                });
            });
        return moved(left == approved.steps.end()
                         ? std::string("it has other steps")
                         : fmt::format("there is no {} of {} to do any more", name_of(left->action),
                                       left->address));
    }
    return {};
}

base::Result<void> check_rows(const SavedPlan& approved, const state::Snapshot& snapshot,
                              const std::function<bool(std::int64_t)>& own_run) {
    for (const state::Expected& expected : approved.expected) {
        const state::Row* row = snapshot.find(expected.address);
        // A run of this very plan has written it, and was cut off then.
        if (row != nullptr && own_run(row->version.run)) continue;
        if (row == nullptr && !expected.version) continue;
        if (row == nullptr) {
            // Gone by a run of this very plan, or by another?
            // The row has gone, with a generation that the past knows. Where a run of this plan
            // has begun, that was most likely its own deletion; what else may have deleted it
            // leaves nothing to be protected.
            auto past = snapshot.past_generations.find(expected.address);
            if (past != snapshot.past_generations.end() && !approved.runs.empty()) continue;
            return moved(fmt::format("{} is not recorded any more", expected.address));
        }
        if (!expected.version) {
            return moved(
                fmt::format("run {} has made {} meanwhile", row->version.run, row->address));
        }
        if (row->version != *expected.version) {
            return moved(
                fmt::format("run {} has changed {} meanwhile", row->version.run, row->address));
        }
    }
    return {};
}

}

std::set<std::string> SavedPlan::addresses() const {
    std::set<std::string> out;
    for (const Step& step : steps) out.insert(step.address);
    return out;
}

SavedPlan save_plan(const Plan& plan, const state::Key* key) {
    SavedPlan out;
    out.refreshed = plan.refreshed;
    out.expected = plan.expected;
    out.summary = json::to_text(summary_record(plan.summary));
    for (const Step& step : plan.steps) {
        SavedPlan::Step& saved = out.steps.emplace_back();
        saved.address = step.address;
        saved.type = step.type;
        saved.action = step.action;
        saved.changed = step.changed;
        if (key != nullptr) saved.digest = digest_of(step, *key);
    }
    // Without a key: of a run's own plan, for `run resume`. It is held against what is left, so
    // digests of whole steps would match nothing.
    if (key == nullptr) return out;
    for (const Observed& one : plan.observed) out.seen[one.address] = digest_of(one.seen, *key);
    return out;
}

base::Result<void> check_still_holds(const SavedPlan& approved, const Plan& now,
                                     const state::Snapshot& snapshot, const state::Key& key,
                                     PlanMatch likeness,
                                     const std::function<bool(std::int64_t)>& own_run) {
    TRY(check_rows(approved, snapshot, own_run));
    // When a plan is resumed, it was itself that changed most of this.
    if (likeness == PlanMatch::Same) {
        for (const auto& [address, digest] : approved.seen) {
            const auto at = std::ranges::lower_bound(now.observed, address, {}, &Observed::address);
            const bool is_seen = at != now.observed.end() && at->address == address;
            // One that is not recorded any more is told by its row.
            if (!is_seen && snapshot.find(address) == nullptr) continue;
            if (!is_seen || digest_of(at->seen, key) != digest) {
                return moved(fmt::format("{} was changed outside meanwhile", address));
            }
        }
    }
    return check_steps(approved, now, key, likeness, own_run);
}

}
