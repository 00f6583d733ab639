#include "engine/plan/saved_plan.hpp"

#include "engine/plan/plan_json.hpp"
#include "engine/plan/planner.hpp"
#include "state/key.hpp"
#include "value/json.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {
namespace {

// All that is shown of a step, in 16 hexadecimal digits that tell nothing without the key.
std::string digest_of(const Step& step, const Planner& planner, const state::Key& key) {
    const value::Fingerprint fingerprint = [&key](const value::Value& secret) {
        return key.fingerprint_text(secret);
    };
    return key.fingerprint_text(value::Value(step_json(step, planner, fingerprint)));
}

std::string digest_of(const provider::ObservedResource& seen, const state::Key& key) {
    return key.fingerprint_text(value::Value(value::Value::Array{seen.inputs, seen.outputs}));
}

bool was_seen(const Resource& resource) {
    return resource.row != nullptr && resource.looked != nullptr &&
           resource.looked->kind == RefreshResult::Kind::Present;
}

base::Error moved(std::string what) {
    return base::Error(base::Code::Conflict, "the plan is out of date: " + std::move(what))
        .with_exit_code(76)
        .with_help("nothing was changed; `provisioning plan` makes a new one");
}

// Whether approval of the first covers the second, where a run was cut off between.
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

bool is_subset(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
    return std::all_of(part.begin(), part.end(), [&](const std::string& one) {
        return std::find(whole.begin(), whole.end(), one) != whole.end();
    });
}

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

base::Result<void> check_steps(const SavedPlan& approved, const Planner& planner, const Plan& now,
                               const state::Key& key, PlanMatch likeness) {
    for (const Step& step : now.steps) {
        const SavedPlan::Step* shown = find_step(approved, step);
        if (shown == nullptr) {
            return moved(fmt::format("it has no {} of {}", name_of(step.action), step.address));
        }
        if (likeness == PlanMatch::Rest) {
            bool milder =
                covers(shown->action, step.action) &&
                (step.action != StepAction::Update || shown->action != StepAction::Update ||
                 is_subset(step.changed, shown->changed));
            if (!milder) {
                return moved(fmt::format("{} of {} was approved, but it would now be {}",
                                         name_of(shown->action), step.address,
                                         name_of(step.action)));
            }
        } else if (shown->action != step.action || shown->digest != digest_of(step, planner, key)) {
            return moved(fmt::format("the {} of {} is not what was shown any more",
                                     name_of(step.action), step.address));
        }
    }
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
        if (row != nullptr && own_run(row->version.run)) continue;
        if (row == nullptr && !expected.version) continue;
        if (row == nullptr) {
            // Gone by a run of this very plan, or by another?
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

std::vector<state::Expected> expectations_of(const Planner& planner, const Plan& plan) {
    std::vector<state::Expected> out;
    std::vector<bool> expected(planner.resources().size(), false);
    auto expect = [&](std::uint32_t index) {
        if (expected[index]) return;
        expected[index] = true;
        const Resource& resource = planner.resource(index);
        state::Expected& one = out.emplace_back();
        one.address = resource.address;
        if (resource.row == nullptr) return;
        one.generation = resource.row->generation;
        one.version = resource.row->version;
    };
    for (const Step& step : plan.steps) {
        expect(step.resource);
        for (std::uint32_t owner : planner.resource(step.resource).reads) expect(owner);
    }
    return out;
}

SavedPlan save_plan(const Planner& planner, const Plan& plan, const state::Key* key) {
    SavedPlan out;
    out.refreshed = plan.refreshed;
    out.expected = expectations_of(planner, plan);
    out.summary = summary_json(plan.summary);
    for (const Step& step : plan.steps) {
        SavedPlan::Step& saved = out.steps.emplace_back();
        saved.address = step.address;
        saved.type = step.type;
        saved.action = step.action;
        saved.changed = step.changed;
        if (key == nullptr) continue;
        saved.digest = digest_of(step, planner, *key);
        const Resource& resource = planner.resource(step.resource);
        if (was_seen(resource)) out.seen[step.address] = digest_of(resource.looked->seen, *key);
    }
    return out;
}

base::Result<void> check_still_holds(const SavedPlan& approved, const Planner& planner,
                                     const Plan& now, const state::Key& key, PlanMatch likeness,
                                     const std::function<bool(std::int64_t)>& own_run) {
    TRY(check_rows(approved, planner.snapshot(), own_run));
    if (likeness == PlanMatch::Same) {
        for (const Resource& resource : planner.resources()) {
            auto seen = approved.seen.find(resource.address);
            if (seen == approved.seen.end() || resource.superseded) continue;
            if (!was_seen(resource) || digest_of(resource.looked->seen, key) != seen->second) {
                return moved(fmt::format("{} was changed outside meanwhile", resource.address));
            }
        }
    }
    return check_steps(approved, planner, now, key, likeness);
}

}
