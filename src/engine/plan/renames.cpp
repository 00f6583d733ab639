#include "engine/plan/moves.hpp"

#include <algorithm>
#include <map>

namespace engine {
namespace {

using value::AddressMove;

// More pairs of one type than this are not compared: that is no renaming.
constexpr std::size_t kMaxPairs = 250'000;

// Of one type.
struct Candidates {
    std::vector<const Resource*> gone;
    std::vector<const Resource*> fresh;
};

bool is_alike(const Resource& gone, const Resource& fresh) {
    const value::Value& before = gone.recorded.row->inputs;
    const value::Value& after = fresh.desired->inputs;
    bool has_something = false;
    for (const provider::InputField& field : fresh.type->inputs) {
        const value::Value* is = before.find(field.name);
        const value::Value* wanted = after.find(field.name);
        if (wanted != nullptr && wanted->has_unknown()) continue;
        const bool is_there = is != nullptr && !is->is_null();
        if (is_there != (wanted != nullptr && !wanted->is_null())) return false;
        if (is_there && !is->same_as(*wanted)) return false;
        has_something = has_something || is_there;
    }
    return has_something;
}

std::string_view last_part(std::string_view address) {
    const auto parts = value::written_parts(address);
    return parts.empty() ? std::string_view() : parts.back();
}

// The only one that is alike; of several, the only one with the same last name.
const Resource* only_match(const Resource& one, const std::vector<const Resource*>& others,
                           bool is_gone) {
    std::vector<const Resource*> alike;
    for (const Resource* other : others) {
        if (is_gone ? is_alike(one, *other) : is_alike(*other, one)) alike.push_back(other);
    }
    if (alike.size() > 1) {
        std::erase_if(alike, [&](const Resource* other) {
            return last_part(other->address) != last_part(one.address);
        });
    }
    return alike.size() == 1 ? alike.front() : nullptr;
}

// The groups that were renamed, where all of a group was: "web.1" to "site.1" is "web" to "site".
AddressMove widened(AddressMove move, const std::vector<AddressMove>& pairs,
                    const ResourceTable& table) {
    for (;;) {
        const std::string from(value::parent_address(move.from));
        const std::string to(value::parent_address(move.to));
        if (from.empty() || to.empty() || from == to ||
            last_part(move.from) != last_part(move.to)) {
            return move;
        }
        const AddressMove wider{.from = from, .to = to};
        const bool is_whole = std::ranges::all_of(table, [&](const Resource& resource) {
            if (!value::is_at_or_under(resource.address, from)) return true;
            const auto found = std::ranges::find(pairs, resource.address, &AddressMove::from);
            return found != pairs.end() &&
                   found->to == value::moved_address(resource.address, wider);
        });
        if (!is_whole) return move;
        move = wider;
    }
}

}

std::vector<AddressMove> find_renames(const ResourceTable& table, const Decisions& decisions) {
    std::map<std::string_view, Candidates> by_type;
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        const Resource& resource = table[i];
        const StepAction action = decisions.actions[i];
        if (action == StepAction::Delete && !resource.desired && !resource.recorded.is_superseded &&
            resource.type->outside_effects) {
            by_type[resource.type->name].gone.push_back(&resource);
        } else if (action == StepAction::Create && resource.desired) {
            by_type[resource.type->name].fresh.push_back(&resource);
        }
    }
    std::vector<AddressMove> pairs;
    for (const auto& [type, of] : by_type) {
        if (of.gone.size() * of.fresh.size() > kMaxPairs) continue;
        for (const Resource* gone : of.gone) {
            const Resource* fresh = only_match(*gone, of.fresh, true);
            if (fresh == nullptr || only_match(*fresh, of.gone, false) != gone) continue;
            pairs.push_back({.from = gone->address, .to = fresh->address});
        }
    }
    std::vector<AddressMove> out;
    for (const AddressMove& pair : pairs) {
        AddressMove wide = widened(pair, pairs, table);
        if (std::ranges::find(out, wide) == out.end()) out.push_back(std::move(wide));
    }
    return out;
}

}
