#include "engine/plan/checks.hpp"

#include "engine/plan/collect.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace engine {
namespace {

// The order of evaluation is nobody's business: of the two, the one written second is the mistake.
bool is_written_before(const value::InputPlace& a, const value::InputPlace& b) {
    return a.file == b.file && std::pair(a.line, a.column) < std::pair(b.line, b.column);
}

// Who has what only one can have, by which of its inputs.
struct Owner {
    ResourceIndex index = kNoResource;
    std::string input;
};

void add_conflict(const ResourceTable& table, const lang::Program* program, Owner first,
                  Owner second, ProblemList& problems) {
    const auto place_of = [&](const Owner& owner) {
        return program->place(table[owner.index].desired->instance, owner.input);
    };
    // Evaluation may have found them in either order.
    if (is_written_before(place_of(second), place_of(first))) std::swap(first, second);
    problems.add({.address = table[second.index].address,
                  .message = fmt::format(
                      "`{}` and `{}` stand for the same thing, as both have this `{}`",
                      table[first.index].address, table[second.index].address, second.input),
                  .help = fmt::format("give one of them another `{}`, or remove it", second.input),
                  .place = place_of(second),
                  .other = place_of(first)});
}

}

void check_conflicts(const ResourceTable& table, const lang::Program* program,
                     ProblemList& problems) {
    std::unordered_map<std::string, Owner> owners;
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        const Resource& resource = table[i];
        if (!resource.desired || resource.difference.is_refused ||
            resource.desired->link == nullptr) {
            continue;
        }
        const provider::ProviderInstance& link = *resource.desired->link;
        for (const provider::ConflictKey& key :
             link.connection->conflict_keys(*resource.type, resource.desired->inputs)) {
            const auto [owner, is_first] = owners.try_emplace(
                // Two accounts may each have one of the name.
                fmt::format("{}\n{}\n{}", link.record->provider, link.record->identity, key.text),
                Owner{.index = i, .input = key.input});
            if (is_first) continue;
            add_conflict(table, program, owner->second, {.index = i, .input = key.input}, problems);
        }
    }
}

namespace {

// The input that has the platform refuse its deletion: as it was seen, or is recorded.
const provider::InputField* guard_of(const Resource& resource) {
    if (resource.type == nullptr) return nullptr;
    const state::Row& row = *resource.recorded.row;
    const RefreshResult* looked = resource.recorded.looked;
    // What is gone protects nothing.
    if (looked != nullptr && looked->kind == RefreshResult::Kind::Absent) return nullptr;
    for (const provider::InputField& field : resource.type->inputs) {
        if (!field.guards) continue;
        const value::Value* value = row.inputs.find(field.name);
        if (looked != nullptr && looked->kind == RefreshResult::Kind::Present) {
            const value::Value* seen = looked->seen.inputs.find(field.name);
            // What is there decides, not what was set once: somebody may have turned it on by hand.
            if (seen != nullptr) value = seen;
        }
        if (value != nullptr && value->as_bool() != nullptr && *value->as_bool()) return &field;
    }
    return nullptr;
}

}

void check_guards(const ResourceTable& table, const Decisions& decisions,
                  const lang::Program* program, ProblemList& problems) {
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        const Resource& resource = table[i];
        const StepAction action = decisions.actions[i];
        if (resource.recorded.row == nullptr || !removes(action)) continue;
        const provider::InputField* guard = guard_of(resource);
        if (guard == nullptr) continue;
        const bool goes = action == StepAction::Delete;
        problems.add({.address = resource.address,
                      .message = fmt::format("{} has `{}`, and would be {}", resource.address,
                                             guard->name, goes ? "deleted" : "replaced"),
                      .help = fmt::format("apply `{} = false` first{}; nothing was begun",
                                          guard->name, goes ? ", or keep it in the program" : ""),
                      .place = place_of(program, resource, guard->name),
                      .code = base::Code::NotApproved});
    }
}

void check_together(const provider::ProviderRegistry& registry, const ResourceTable& table,
                    const lang::Program* program, ProblemList& problems) {
    std::map<const provider::Provider*, std::vector<ResourceIndex>> of;
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        const Resource& resource = table[i];
        if (!resource.desired || resource.type == nullptr || resource.difference.is_refused) {
            continue;
        }
        const provider::Provider* provider = registry.provider_of(resource.type->name);
        if (provider != nullptr && provider->checks_together()) of[provider].push_back(i);
    }
    // A provider sees its own resources alone: what others have is none of its business.
    for (const auto& [provider, members] : of) {
        std::vector<provider::Described> described;
        for (const ResourceIndex index : members) {
            provider::Described& one = described.emplace_back();
            one.type = table[index].type;
            one.inputs = &table[index].desired->inputs;
            one.outputs = &table[index].difference.change.outputs;
            // Of an input that is ignored the program says nothing that a check could hold against
            // it.
            one.ignored = table[index].lifecycle.ignore;
            for (const ResourceIndex owner : table[index].desired->reads) {
                // Members are in the order of the table, as they were collected.
                const auto at = std::ranges::lower_bound(members, owner);
                if (at == members.end() || *at != owner) continue;
                one.reads.push_back(static_cast<std::size_t>(at - members.begin()));
            }
        }
        for (provider::Misfit& misfit : provider->check_together(described)) {
            const Resource& resource = table[members[misfit.of]];
            const Resource& other = table[members[misfit.other]];
            problems.add({.address = resource.address,
                          .message = std::move(misfit.message),
                          .help = std::move(misfit.help),
                          .place = place_of(program, resource, misfit.input),
                          .other = place_of(program, other, misfit.other_input)});
        }
    }
}

void check_protection(const ResourceTable& table, const Decisions& decisions,
                      const std::vector<std::vector<Cause>>& causes, const lang::Program* program,
                      ProblemList& problems) {
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        const Resource& resource = table[i];
        const StepAction action = decisions.actions[i];
        // An older generation was replaced with approval already; its deletion is only late.
        if (!resource.lifecycle.protect || resource.recorded.row == nullptr || !removes(action) ||
            resource.recorded.is_superseded) {
            continue;
        }
        const bool goes = action == StepAction::Delete;
        problems.add(
            {.address = resource.address,
             .message = fmt::format("{} is protected, and would be {}", resource.address,
                                    goes ? "deleted" : "replaced"),
             .help = goes ? "apply `lifecycle.protect = false` first, or keep it in the program"
                          : fmt::format("because {}; apply `lifecycle.protect = false` first",
                                        causes[i].empty() ? "" : describe(causes[i].front())),
             .place = place_of(program, resource, {}),
             .code = base::Code::NotApproved});
    }
}

}
