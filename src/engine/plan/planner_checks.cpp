#include "engine/plan/planner.hpp"

#include <fmt/core.h>

namespace engine {

// Two resources that stand for one thing would undo each other's work, plan after plan.
void Planner::check_conflicts() {
    std::unordered_map<std::string, std::uint32_t> owners;
    for (std::uint32_t i = 0; i < resources_.size(); ++i) {
        const Resource& resource = resources_[i];
        if (!resource.instance || resource.failed || resource.link == nullptr) continue;
        std::string thing =
            resource.link->connection->conflict_key(*resource.type, resource.inputs);
        if (thing.empty()) continue;
        auto [owner, is_first] =
            owners.try_emplace(fmt::format("{}\n{}\n{}", resource.link->record->provider,
                                           resource.link->record->identity, thing),
                               i);
        if (is_first) continue;
        // The order of evaluation is nobody's business: the one that is written first comes first.
        const Resource* first = &resources_[owner->second];
        const Resource* second = &resource;
        const std::string& input = resource.type->key;
        value::InputPlace first_place = program_->place(*first->instance, first->type->key);
        value::InputPlace second_place = program_->place(*second->instance, input);
        bool same_file = first_place.file == second_place.file;
        if (same_file && std::pair(second_place.line, second_place.column) <
                             std::pair(first_place.line, first_place.column)) {
            std::swap(first, second);
            std::swap(first_place, second_place);
        }
        problems_.push_back(
            {.address = second->address,
             .diagnostic = {},
             .message =
                 fmt::format("`{}` and `{}` stand for the same thing, as both have this `{}`",
                             first->address, second->address, input),
             .help = fmt::format("give one of them another `{}`, or remove it", input),
             .place = std::move(second_place),
             .other = std::move(first_place)});
    }
}

// A secret that cannot be had is told where it is asked for, before anything is done.
bool Planner::stamp_secrets(Resource& resource) {
    value::Value::Record* members = resource.inputs.as_record();
    if (registry_.secrets() == nullptr || members == nullptr) return true;
    bool fine = true;
    for (auto& [name, value] : *members) {
        if (!value.has_secret()) continue;
        auto stamped = registry_.secrets()->stamp(value);
        if (stamped.ok()) {
            bool is_secret = value.is_secret();
            value = std::move(stamped).value();
            if (is_secret) value.mark_secret();
            continue;
        }
        problem(resource, name,
                fmt::format("`{}` of {}: {}", name, resource.address, stamped.error().text()),
                std::string(stamped.error().help()));
        fine = false;
    }
    return fine;
}

}
