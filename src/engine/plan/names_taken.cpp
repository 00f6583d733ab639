#include "base/hash.hpp"
#include "engine/plan/attaching_ids.hpp"
#include "engine/plan/detach.hpp"

#include <algorithm>

// Names that only one thing can have: who sets one free, and who is to have it.
namespace engine {

using provider::InputField;
using value::Value;

namespace {

// What these inputs have that no other thing can have.
std::vector<provider::ConflictKey> names_in(const provider::ResourceType& type, const Value& inputs,
                                            const provider::ProviderInstance* link) {
    std::vector<provider::ConflictKey> out;
    if (link == nullptr || link->connection == nullptr) return out;
    out = link->connection->conflict_keys(type, inputs);
    for (provider::ConflictKey& key : out) key.text += "\n" + place_of(*link->record);
    return out;
}

// Told by the plan and kept by it: the same each time, so that a run that goes on for a dead one
// finds what that one has done. No longer than a host name may be.
std::string name_for_now(const std::string& name, std::string_view address) {
    constexpr std::size_t kMost = 63;
    const std::string mark = "-" + base::sha256_hex(address).substr(0, 8);
    return name.substr(0, kMost - mark.size()) + mark;
}

}

// Names that are set free: by what goes away, and by what gets another one.
void Attachments::index_names(ResourceIndex index) {
    const Resource& resource = table_[index];
    const state::Row* row = resource.recorded.row;
    if (row == nullptr || actions_[index] == StepAction::None || resource.type == nullptr) return;
    const provider::ProviderInstance* link = resource.recorded.link;
    if (link == nullptr && resource.desired) link = resource.desired->link;
    const provider::ResourceType* type =
        resource.type->name == row->type ? resource.type : registry_.type(row->type);
    if (type == nullptr) return;
    const Value there = inputs_there(resource.recorded);
    std::vector<provider::ConflictKey> keeps;
    if (actions_[index] == StepAction::Update && resource.desired)
        keeps = names_in(*type, resource.desired->inputs, resource.desired->link);
    for (provider::ConflictKey& has : names_in(*type, there, link)) {
        const bool is_kept = std::ranges::any_of(
            keeps, [&](const provider::ConflictKey& kept) { return kept.text == has.text; });
        if (is_kept) continue;
        const InputField* field = type->input(has.input);
        const std::string* name = there.find(has.input)->as_string();
        Taken taken{
            .owner = index,
            .detach = {.input = has.input, .id = {}, .address = {}, .may = false, .taker = {}},
            .can_detach = stays(actions_[index]) && name != nullptr && !field->forces_replacement};
        if (name != nullptr) {
            taken.detach.id = *name;
            taken.detach.becomes = name_for_now(*name, resource.address);
        }
        names_.emplace(std::move(has.text), std::move(taken));
    }
}

void Attachments::add_names_taken_by(ResourceIndex index, std::vector<Taken>& out) const {
    const Resource& resource = table_[index];
    for (const provider::ConflictKey& wanted :
         names_in(*resource.type, resource.desired->inputs, resource.desired->link)) {
        const auto found = names_.find(wanted.text);
        if (found == names_.end() || found->second.owner == index) continue;
        out.push_back(found->second);
        out.back().detach.taker = resource.address;
    }
}

}
