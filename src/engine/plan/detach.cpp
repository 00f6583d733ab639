#include "engine/plan/detach.hpp"

#include "engine/plan/attaching_ids.hpp"

#include "provider/values.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {

using provider::id_text;
using provider::InputField;
using value::Value;

Value detached(const provider::ResourceType& type, Value inputs, std::span<const Detach> detaches) {
    for (const Detach& detach : detaches) {
        const InputField* field = type.input(detach.input);
        const Value* value = field != nullptr ? inputs.find(detach.input) : nullptr;
        // A name cannot be let go of, as an id can: it becomes one that nobody wants.
        if (value != nullptr && !detach.becomes.empty()) {
            inputs.set(detach.input, Value(detach.becomes));
        } else if (value != nullptr) {
            inputs.set(detach.input, without(*field, *value, detach.id));
        }
    }
    return inputs;
}

Value without_left_alone(const provider::ResourceType& type, const Value& inputs,
                         std::span<const Detach> detaches) {
    Value::Record kept;
    const Value::Record* members = inputs.as_record();
    if (members == nullptr) return inputs;
    for (const auto& [name, value] : *members) {
        const InputField* field = type.input(name);
        const bool is_due = std::ranges::any_of(
            detaches, [&](const Detach& detach) { return detach.input == name; });
        // Others may look after such a field. Sent along with the detaching, it would undo what
        // they did.
        if (field == nullptr || !field->is_left_alone || is_due) kept.emplace_back(name, value);
    }
    return Value(std::move(kept));
}

Value with_released(const provider::ResourceType& type, const Value& recorded, Value inputs) {
    for (const InputField& field : type.inputs) {
        const bool is_record = field.type.kind == provider::FieldType::Kind::Record;
        const bool is_reference = is_record ||
                                  field.type.kind == provider::FieldType::Kind::Array ||
                                  field.type.kind == provider::FieldType::Kind::Integer;
        if (!field.is_left_alone || field.forces_replacement || !is_reference) continue;
        const Value* was = recorded.find(field.name);
        // Only what this program had and has left out since: there null means "let go", where a
        // field that never was means "not mine".
        if (was == nullptr || was->is_null() || inputs.find(field.name) != nullptr) continue;
        const Value::Array* items = was->as_array();
        // A record says more than what is attached: of one that says nothing everything is as it
        // is from the beginning.
        if (is_record)
            inputs.set(field.name, Value(Value::Record{}));
        else if (items == nullptr || !items->empty())
            inputs.set(field.name, Value());
    }
    return inputs;
}

Attachments::Attachments(const provider::ProviderRegistry& registry, const ResourceTable& table,
                         const std::vector<StepAction>& actions)
    : registry_(registry), table_(table), actions_(actions) {
    for (ResourceIndex i = 0; i < table_.size(); ++i) index_names(i);
    find_targets();
    // Most workspaces attach nothing; the indexes over all rows are not made for them.
    if (targets_.empty() && !has_exclusive_) return;
    index_removed();
    index_exclusive();
}

namespace {

void find_targets_in(const InputField& field,
                     std::set<std::pair<std::string, std::string>>& targets, bool& has_exclusive) {
    has_exclusive = has_exclusive || field.attaches.is_exclusive;
    for (const auto& target : field.attaches.to) targets.emplace(target.type, target.output);
    for (const InputField& inner : field.type.fields) {
        find_targets_in(inner, targets, has_exclusive);
    }
    for (const provider::FieldType& element : field.type.element) {
        for (const InputField& inner : element.fields) {
            find_targets_in(inner, targets, has_exclusive);
        }
    }
}

}

// Of the types that are there: whatever nothing attaches to needs no look.
void Attachments::find_targets() {
    std::set<const provider::ResourceType*> types;
    for (const Resource& resource : table_) {
        if (resource.type == nullptr || !types.insert(resource.type).second) continue;
        for (const InputField& field : resource.type->inputs) {
            find_targets_in(field, targets_, has_exclusive_);
        }
    }
}

void Attachments::index_removed() {
    for (ResourceIndex i = 0; i < table_.size(); ++i) {
        const state::Row* row = table_[i].recorded.row;
        if (row == nullptr || !removes(actions_[i])) continue;
        auto target = targets_.lower_bound({row->type, {}});
        for (; target != targets_.end() && target->first == row->type; ++target) {
            std::string id = id_text(row->outputs.find(target->second));
            // A row of a create that was not finished may lack it: nothing can be attached to that.
            if (id.empty()) continue;
            removed_[Id{row->type, target->second, std::move(id), place_of(*row->connection)}]
                .push_back(i);
        }
    }
}

// What is let go of by what stays, or goes with what does not.
void Attachments::index_exclusive() {
    for (ResourceIndex i = 0; i < table_.size(); ++i) {
        const Resource& resource = table_[i];
        const state::Row* row = resource.recorded.row;
        if (row == nullptr || actions_[i] == StepAction::None || resource.type == nullptr ||
            resource.type->name != row->type) {
            continue;
        }
        std::map<std::string, AttachingId> has = exclusive_in(
            *resource.type, inputs_there(resource.recorded), row->outputs, *row->connection);
        if (has.empty()) continue;
        std::map<std::string, AttachingId> keeps;
        if (stays(actions_[i]) && resource.desired) {
            keeps = exclusive_in(*resource.type, resource.desired->inputs, row->outputs,
                                 *row->connection);
        }
        for (auto& [place, one] : has) {
            // What has it before and after gives nothing up.
            if (keeps.contains(place)) continue;
            exclusive_[place] = {.taken = {.owner = i,
                                           .detach = {.input = one.top->name,
                                                      .id = one.id,
                                                      .address = {},
                                                      .may = false,
                                                      .taker = {}}},
                                 .attachment = &one.field->attaches};
        }
    }
}

std::string Attachments::address_of(const provider::Attachment& attachment,
                                    const std::string& id) const {
    // A name or an address is nobody's resource.
    if (attachment.to.empty()) return {};
    for (const Resource& resource : table_) {
        const state::Row* row = resource.recorded.row;
        if (row == nullptr) continue;
        const bool is_it = std::ranges::any_of(attachment.to, [&](const auto& target) {
            return target.type == row->type && id_text(row->outputs.find(target.output)) == id;
        });
        if (is_it) return resource.address;
    }
    // Not of this program: then people are told the id.
    return id;
}

std::vector<Attachments::ToRemoved> Attachments::to_removed(ResourceIndex index) const {
    std::vector<ToRemoved> out;
    const Resource& resource = table_[index];
    const state::Row* row = resource.recorded.row;
    if (removed_.empty() || row == nullptr || resource.type == nullptr ||
        resource.type->name != row->type) {
        return out;
    }
    const Value inputs = inputs_there(resource.recorded);
    for (const AttachingId& by : ids_in(*resource.type, inputs)) {
        // Others go away with it, or let it go by themselves: they need no call first.
        if (by.field->attaches.keeps) add_to_removed(out, index, by);
    }
    return out;
}

bool Attachments::names(ResourceIndex index, ResourceIndex removed) const {
    const Resource& resource = table_[index];
    const state::Row* row = resource.recorded.row;
    if (removed_.empty() || row == nullptr) return false;
    // By the row: the program may have something else at the address by now.
    const provider::ResourceType* type = registry_.type(row->type);
    if (type == nullptr) return false;
    std::vector<ToRemoved> out;
    for (const AttachingId& by : ids_in(*type, inputs_there(resource.recorded))) {
        add_to_removed(out, index, by);
    }
    return std::ranges::find(out, removed, &ToRemoved::owner) != out.end();
}

void Attachments::add_to_removed(std::vector<ToRemoved>& out, ResourceIndex index,
                                 const AttachingId& by) const {
    const Resource& resource = table_[index];
    const std::size_t first = out.size();
    bool is_id_gone = false;   // whatever comes instead has another
    for (const provider::Attachment::Target& target : by.field->attaches.to) {
        const auto found = removed_.find(
            Id{target.type, target.output, by.id, place_of(*resource.recorded.row->connection)});
        if (found == removed_.end()) continue;
        // An id that is the key goes with the thing. One that several share (the id of the network,
        // of its subnets) may still lead somewhere.
        const bool is_key = registry_.type(target.type)->key == target.output;
        for (const ResourceIndex owner : found->second) {
            if (owner == index || !is_attached(resource, table_[owner], target)) continue;
            out.push_back(judge(resource, by, owner, is_key));
            is_id_gone = is_id_gone || (is_key && actions_[owner] != StepAction::MayReplace);
        }
    }
    // Where the id itself is gone, the update that brings the new id detaches from the old one: a
    // call of its own before it would only repeat that.
    if (!is_id_gone) return;
    for (std::size_t i = first; i < out.size(); ++i) {
        out[i].must_detach = out[i].must_detach && !out[i].attaches_again;
        out[i].attaches_again = false;
    }
}

// An id that is the other one's own tells. Of those that share one it is the one that the inputs
// were made from, unless the type can tell better.
bool Attachments::is_attached(const Resource& resource, const Resource& owner,
                              const provider::Attachment::Target& target) const {
    const state::Row& row = *resource.recorded.row;
    if (target.is_it != nullptr) {
        const RefreshResult* looked = resource.recorded.looked;
        const bool is_seen = looked != nullptr && looked->kind == RefreshResult::Kind::Present;
        return target.is_it(owner.recorded.row->inputs,
                            is_seen ? looked->seen.outputs : row.outputs);
    }
    if (registry_.type(target.type)->key == target.output) return true;
    return std::ranges::find(row.dependencies, owner.address) != row.dependencies.end();
}

Attachments::ToRemoved Attachments::judge(const Resource& resource, const AttachingId& by,
                                          ResourceIndex owner, bool is_key) const {
    const InputField& top = *by.top;
    ToRemoved out{.owner = owner,
                  .detach = {.input = top.name,
                             .id = by.id,
                             .address = table_[owner].address,
                             .may = actions_[owner] == StepAction::MayReplace,
                             .taker = {}},
                  .forces_replacement = top.forces_replacement};
    // It goes away itself, which detaches it as well.
    if (!resource.desired) return out;
    const Value& wanted = provider::field_of(resource.desired->inputs, top.name);
    if (wanted.is_null()) {
        // A null is its update's own to do.
        out.must_detach = top.is_left_alone && resource.desired->inputs.find(top.name) == nullptr;
        return out;
    }
    // The id of the network that a subnet is in: there may still be such a network, and its update
    // would find the attachment as it should be.
    out.must_detach = !is_key && (wanted.has_unknown() || has_id(top, wanted, by.id));
    out.attaches_again = out.must_detach;
    return out;
}

std::vector<Attachments::Taken> Attachments::taken_by(ResourceIndex index) const {
    std::vector<Taken> out;
    const Resource& resource = table_[index];
    if (!resource.desired || resource.desired->link == nullptr ||
        actions_[index] == StepAction::None || actions_[index] == StepAction::Delete) {
        return out;
    }
    // Names before places: both may have to be free, and each has its own giver.
    if (!names_.empty()) add_names_taken_by(index, out);
    if (exclusive_.empty()) return out;
    // Of something new there are no outputs that could name a place.
    const bool is_kept = resource.recorded.row != nullptr && stays(actions_[index]);
    const Value none;
    for (const auto& [place, one] : exclusive_in(*resource.type, resource.desired->inputs,
                                                 is_kept ? resource.recorded.row->outputs : none,
                                                 *resource.desired->link->record)) {
        const auto found = exclusive_.find(place);
        if (found == exclusive_.end() || found->second.taken.owner == index) continue;
        out.push_back(found->second.taken);
        // Looked for only here: it is a walk over all, and few are taken over.
        Detach& detach = out.back().detach;
        detach.address = address_of(*found->second.attachment, detach.id);
        detach.taker = resource.address;
    }
    return out;
}

void detach_from_removed(const provider::ProviderRegistry& registry, ResourceTable& table) {
    const std::vector<StepAction> actions = Decisions::of(table).actions;
    const Attachments attachments(registry, table, actions);
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        Difference& difference = table[i].difference;
        // Whoever changes anyway is asked again when the order is made; here it is about who would
        // have been left out.
        if (!table[i].desired || actions[i] != StepAction::None || difference.is_refused ||
            difference.blocked != Difference::Blocked::No) {
            continue;
        }
        for (const Attachments::ToRemoved& one : attachments.to_removed(i)) {
            if (!one.must_detach) continue;
            // The first that goes away is named; the others would only repeat it.
            if (!difference.cause)
                difference.cause = Cause{.kind = Cause::Kind::Upstream,
                                         .subject = one.detach.address,
                                         .place = {},
                                         .action = actions[one.owner]};
            // What cannot be changed in place is made anew when the other one is gone.
            difference.action = one.forces_replacement ? StepAction::Replace : StepAction::Update;
            // There is nothing stronger that another one could ask for.
            if (one.forces_replacement) break;
        }
    }
}

}
