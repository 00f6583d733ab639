#include "cli/views/plan_groups.hpp"

#include "base/fs.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace cli {
namespace {

using infra::Cause;
using infra::FieldChange;
using infra::Step;
using infra::StepAction;

int rank_of(StepAction action) {
    switch (action) {
    case StepAction::Delete: return 0;
    case StepAction::Replace: return 1;
    case StepAction::MayReplace: return 2;
    case StepAction::Update: return 3;
    case StepAction::Create: return 4;
    case StepAction::None: break;
    }
    return 5;
}

std::string reason_text(const Step& step) {
    std::string out;
    for (const Cause& cause : step.causes) {
        if (!out.empty()) out += "; ";
        out += describe(cause);
        if (cause.kind == Cause::Kind::Edited && cause.place.line > 0) {
            out += fmt::format(" ({}:{})", base::file_name(cause.place.file), cause.place.line);
        }
    }
    return out;
}

std::string_view parent_of(std::string_view address) {
    std::size_t dot = address.rfind('.');
    return dot == std::string_view::npos ? std::string_view() : address.substr(0, dot);
}

bool same(const std::optional<infra::Value>& a, const std::optional<infra::Value>& b) {
    if (a.has_value() != b.has_value()) return false;
    // Unknown is unknown: for a reader they are alike.
    return !a || a->same_as(*b) || (a->is_unknown() && b->is_unknown());
}

void add(StepGroup& group, const Step& step, std::vector<FieldChange> changes) {
    if (group.steps.empty()) {
        for (FieldChange& change : changes) {
            group.changes.push_back({.path = change.path, .forces = change.forces, .varies = false,
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

// Two that differ are read more easily one by one.
void take_pairs_apart(std::vector<StepGroup>& groups, const infra::Planner& planner) {
    std::size_t count = groups.size();
    for (std::size_t i = 0; i < count; ++i) {
        bool varies = std::any_of(groups[i].changes.begin(), groups[i].changes.end(),
                                  [](const GroupChange& change) { return change.varies; });
        if (groups[i].steps.size() != 2 || !varies) continue;
        const Step* first = groups[i].steps[0];
        const Step* second = groups[i].steps[1];
        StepGroup alone{.action = groups[i].action, .type = groups[i].type, .reason = groups[i].reason,
                        .steps = {}, .changes = {}};
        StepGroup other = alone;
        add(alone, *first, changes_of(*first, planner));
        add(other, *second, changes_of(*second, planner));
        groups[i] = std::move(alone);
        groups.push_back(std::move(other));
    }
}

}

std::vector<StepGroup> group_steps(const infra::Plan& plan, const infra::Planner& planner, bool collapse) {
    std::vector<StepGroup> groups;
    std::map<std::string, std::size_t> by_key;
    for (const Step& step : plan.steps) {
        std::vector<FieldChange> changes = changes_of(step, planner);
        std::string reason = reason_text(step);
        std::string key = fmt::format("{}\n{}\n{}", rank_of(step.action), step.type, reason);
        if (step.action == StepAction::Create) key += fmt::format("\n{}", parent_of(step.address));
        // What goes away is named only: which fields it had does not matter.
        if (step.action == StepAction::Delete && collapse) changes.clear();
        for (const FieldChange& change : changes) key += fmt::format("\n{}{}", change.path, change.forces);
        if (!collapse) key += "\n" + step.address;
        auto [at, is_new] = by_key.emplace(std::move(key), groups.size());
        if (is_new) {
            groups.push_back({.action = step.action, .type = step.type, .reason = std::move(reason),
                              .steps = {}, .changes = {}});
        }
        add(groups[at->second], step, std::move(changes));
    }
    take_pairs_apart(groups, planner);
    std::sort(groups.begin(), groups.end(), [](const StepGroup& a, const StepGroup& b) {
        if (a.action != b.action) return rank_of(a.action) < rank_of(b.action);
        if (a.steps.size() != b.steps.size()) return a.steps.size() > b.steps.size();
        return a.steps.front()->address < b.steps.front()->address;
    });
    return groups;
}

}
