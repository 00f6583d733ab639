#include "engine/plan/checks.hpp"

#include "engine/plan/collect.hpp"

#include <fmt/core.h>

#include <unordered_map>

namespace engine {
namespace {

// The order of evaluation is nobody's business: of the two, the one written second is the mistake.
bool is_written_before(const value::InputPlace& a, const value::InputPlace& b) {
    return a.file == b.file && std::pair(a.line, a.column) < std::pair(b.line, b.column);
}

}

void check_conflicts(const ResourceTable& table, const lang::Program* program,
                     ProblemList& problems) {
    std::unordered_map<std::string, ResourceIndex> owners;
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        const Resource& resource = table[i];
        if (!resource.desired || resource.difference.is_refused ||
            resource.desired->link == nullptr) {
            continue;
        }
        const provider::ProviderInstance& link = *resource.desired->link;
        const std::string thing =
            link.connection->conflict_key(*resource.type, resource.desired->inputs);
        if (thing.empty()) continue;
        const auto [owner, is_first] = owners.try_emplace(
            fmt::format("{}\n{}\n{}", link.record->provider, link.record->identity, thing), i);
        if (is_first) continue;
        const Resource* first = &table[owner->second];
        const Resource* second = &resource;
        const std::string& input = resource.type->key;
        value::InputPlace first_place = program->place(first->desired->instance, first->type->key);
        value::InputPlace second_place = program->place(second->desired->instance, input);
        if (is_written_before(second_place, first_place)) {
            std::swap(first, second);
            std::swap(first_place, second_place);
        }
        problems.add({.address = second->address,
                      .message = fmt::format(
                          "`{}` and `{}` stand for the same thing, as both have this `{}`",
                          first->address, second->address, input),
                      .help = fmt::format("give one of them another `{}`, or remove it", input),
                      .place = std::move(second_place),
                      .other = std::move(first_place)});
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
