#include "engine/plan/changes.hpp"
#include "engine/plan/finish.hpp"

#include <algorithm>

namespace engine {
namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

Fate fate_of(const provider::ResourceType& type, const Resource& resource, StepAction action,
             bool is_blocked, const FieldChange& change) {
    // `labels.app` and `rules[0].port` are decided about by their top-level input, as the program's
    // edits are.
    const std::string input = change.path.substr(0, change.path.find_first_of(".["));
    if (is_blocked) return Fate::LeftAsIs;
    // An output is nobody's wish: the record follows it, unless a step will write the row anyway.
    if (type.input(input) == nullptr) {
        return action == StepAction::None ? Fate::Taken : Fate::Unsaid;
    }
    // What leaves the program is deleted however it looks.
    if (!resource.desired) return Fate::Unsaid;
    if (has(resource.lifecycle.ignore, input)) return Fate::Ignored;
    return has(resource.difference.change.changed, input) ? Fate::Set : Fate::AsWanted;
}

}

std::vector<Drift> find_drift(const provider::ProviderRegistry& registry,
                              const ResourceTable& table, const Decisions& decisions) {
    std::vector<Drift> out;
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        const Resource& resource = table[i];
        const Recorded& recorded = resource.recorded;
        if (recorded.row == nullptr || recorded.is_superseded) continue;
        // Gone is drift too, the greatest there is; its step says what becomes of it.
        if (recorded.looked->kind == RefreshResult::Kind::Absent) {
            out.push_back({.address = resource.address,
                           .type = recorded.row->type,
                           .gone = true,
                           .changes = {},
                           .fates = {}});
        }
        // What an earlier run left half done was not changed by somebody else; its step says so.
        if (recorded.looked->kind != RefreshResult::Kind::Present || !recorded.row->complete) {
            continue;
        }
        const provider::ResourceType& type = *registry.type(recorded.row->type);
        auto changes =
            drift_changes(type, recorded.row->inputs, recorded.row->outputs, recorded.looked->seen);
        if (changes.empty()) continue;
        Drift& drift = out.emplace_back();
        drift.address = resource.address;
        drift.type = recorded.row->type;
        for (const FieldChange& change : changes) {
            drift.fates.push_back(
                fate_of(type, resource, decisions.actions[i], decisions.blocked[i], change));
        }
        drift.changes = std::move(changes);
    }
    // The table is in the order of evaluation.
    std::ranges::sort(out, {}, &Drift::address);
    return out;
}

}
