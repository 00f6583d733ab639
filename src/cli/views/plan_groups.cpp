#include "cli/views/plan_groups.hpp"

#include "value/address.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace cli {
namespace {

using engine::Cause;
using engine::FieldChange;
using engine::Step;
using engine::StepAction;

// What cannot be undone is read first.
int rank_of(StepAction action, bool is_look_up) {
    if (is_look_up) return action == StepAction::Delete ? 6 : 5;
    switch (action) {
        case StepAction::Delete: return 0;
        case StepAction::Replace: return 1;
        case StepAction::MayReplace: return 2;
        case StepAction::Update: return 3;
        case StepAction::Create: return 4;
        case StepAction::None: break;
    }
    return 7;
}

bool same(const std::optional<value::Value>& a, const std::optional<value::Value>& b) {
    if (a.has_value() != b.has_value()) return false;
    // Unknown is unknown: for a reader they are alike.
    return !a || a->same_as(*b) || (a->is_unknown() && b->is_unknown());
}

void add(StepGroup& group, const Step& step, std::vector<FieldChange> changes) {
    // The first is the example; of the others only whether they differ from it is kept.
    if (group.steps.empty()) {
        for (FieldChange& change : changes) {
            group.changes.push_back({.path = change.path,
                                     .forces = change.forces,
                                     .varies = false,
                                     .example = std::move(change)});
        }
    } else {
        for (std::size_t i = 0; i < changes.size(); ++i) {
            GroupChange& at = group.changes[i];
            at.varies = at.varies || !same(at.example.before, changes[i].before) ||
                        !same(at.example.after, changes[i].after);
        }
    }
    group.steps.push_back(&step);
}

constexpr std::size_t kMaxParts = 3;

bool alike(const std::vector<FieldChange>& a, const std::vector<FieldChange>& b) {
    return std::ranges::equal(a, b, [](const FieldChange& left, const FieldChange& right) {
        return same(left.before, right.before) && same(left.after, right.after);
    });
}

// A group whose values differ is parted by them where that makes a few parts only: what differs is
// then told exactly instead of by example.
// Up to three different sets of values are told as three groups; more would be a list, and an
// example says it better.
std::vector<StepGroup> parted(StepGroup group, bool with_changes) {
    std::vector<StepGroup> parts;
    const bool varies = std::ranges::any_of(group.changes, &GroupChange::varies);
    std::vector<std::vector<FieldChange>> values;
    for (const Step* step : group.steps) {
        if (!varies || !with_changes) break;
        std::vector<FieldChange> changes = changes_of(*step);
        auto at =
            std::ranges::find_if(values, [&](const auto& known) { return alike(known, changes); });
        const auto index = static_cast<std::size_t>(at - values.begin());
        if (at == values.end()) {
            // Too many to part by: one group, and its first as the example.
            if (values.size() == kMaxParts) return {std::move(group)};
            values.push_back(changes);
            parts.push_back({.action = group.action,
                             .type = group.type,
                             .reason = {},
                             .create_first = group.create_first,
                             .is_look_up = group.is_look_up,
                             .steps = {},
                             .changes = {}});
        }
        add(parts[index], *step, std::move(changes));
    }
    if (parts.empty()) parts.push_back(std::move(group));
    return parts;
}

// What is changed by others comes after what they are.
bool is_upstream(const StepGroup& group) {
    return std::ranges::any_of(group.steps.front()->causes, [](const Cause& cause) {
        return cause.kind == Cause::Kind::Upstream;
    });
}

}

std::vector<StepGroup> group_steps(const engine::Plan& plan, bool collapse) {
    const PlanCauses causes(plan);
    std::vector<StepGroup> groups;
    std::map<std::string, std::size_t> by_key;
    for (const Step& step : plan.steps) {
        std::vector<FieldChange> changes = changes_of(step);
        const bool create_first = step.action == StepAction::Replace && step.create_first;
        std::string key = fmt::format("{}\n{}\n{}\n{}", rank_of(step.action, step.is_look_up),
                                      step.type, causes.key(step), create_first);
        if (step.action == StepAction::Create)
            key += fmt::format("\n{}", value::parent_address(step.address));
        // What goes away is named only: which fields it had does not matter.
        if (step.action == StepAction::Delete && collapse) changes.clear();
        for (const FieldChange& change : changes)
            key += fmt::format("\n{}{}", change.path, change.forces);
        for (const engine::Detach& detach : step.detaches)
            key += fmt::format("\n{} first {} {} {}", detach.input, detach.may,
                               !detach.taker.empty(), detach.becomes);
        // --full: each by itself. So is what starts a program: who approves a plan approves what
        // runs, and an example of thirty commands hides twenty-nine.
        if (!collapse || (step.starts_program && step.action != StepAction::Delete))
            key += "\n" + step.address;
        auto [at, is_new] = by_key.emplace(std::move(key), groups.size());
        if (is_new) {
            groups.push_back({.action = step.action,
                              .type = step.type,
                              .reason = {},
                              .create_first = create_first,
                              .is_look_up = step.is_look_up,
                              .steps = {},
                              .changes = {}});
        }
        add(groups[at->second], step, std::move(changes));
    }
    std::vector<StepGroup> parts;
    for (StepGroup& group : groups) {
        const bool with_changes = group.action != StepAction::Delete || !collapse;
        for (StepGroup& part : parted(std::move(group), with_changes))
            parts.push_back(std::move(part));
    }
    groups = std::move(parts);
    for (StepGroup& group : groups) group.reason = causes.text(group.steps);
    // The order of reading: what is lost, causes before effects, many before few, then by name.
    std::sort(groups.begin(), groups.end(), [](const StepGroup& a, const StepGroup& b) {
        const int rank = rank_of(a.action, a.is_look_up);
        const int other = rank_of(b.action, b.is_look_up);
        if (rank != other) return rank < other;
        if (is_upstream(a) != is_upstream(b)) return is_upstream(b);
        if (a.steps.size() != b.steps.size()) return a.steps.size() > b.steps.size();
        return a.steps.front()->address < b.steps.front()->address;
    });
    return groups;
}

std::vector<DriftGroup> group_drift(const engine::Plan& plan, bool collapse) {
    std::vector<DriftGroup> groups;
    for (const engine::Drift& drift : plan.drift) {
        auto alike = std::ranges::find_if(groups, [&](const DriftGroup& group) {
            const engine::Drift& first = *group.drifts.front();
            return collapse && first.type == drift.type && first.gone == drift.gone &&
                   std::ranges::equal(first.changes, drift.changes,
                                      [](const FieldChange& a, const FieldChange& b) {
                                          return a.path == b.path && same(a.before, b.before) &&
                                                 same(a.after, b.after);
                                      });
        });
        if (alike != groups.end()) {
            alike->drifts.push_back(&drift);
        } else {
            groups.push_back({.drifts = {&drift}});
        }
    }
    return groups;
}

std::vector<CauseTotal> cause_totals(const engine::Plan& plan) {
    const PlanCauses causes(plan);
    std::vector<CauseTotal> totals;
    std::map<std::string, std::size_t> by_root;
    for (const Step& step : plan.steps) {
        auto [at, is_new] = by_root.emplace(causes.root(step), totals.size());
        if (is_new) totals.push_back({.root = at->first, .summary = {}});
        totals[at->second].summary.count(step.action, step.is_look_up);
    }
    // By what is lost, then by what is changed, then by what is new.
    auto weight = [](const CauseTotal& total) {
        const engine::Summary& of = total.summary;
        return std::tuple(of.remove + of.replace, of.update, of.create);
    };
    std::ranges::stable_sort(
        totals, [&](const CauseTotal& a, const CauseTotal& b) { return weight(a) > weight(b); });
    return totals;
}

}
