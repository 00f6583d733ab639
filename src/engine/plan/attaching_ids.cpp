#include "engine/plan/attaching_ids.hpp"

#include "provider/values.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {

using provider::id_text;
using provider::InputField;
using value::Value;

namespace {

void find_in(const InputField& top, const provider::FieldType& type, const Value& value,
             std::vector<AttachingId>& out);

void find_in(const InputField& top, const InputField& field, const Value& value,
             const Value& beside, std::vector<AttachingId>& out) {
    // Ids may stand at any depth, in records and in arrays of them (a server's `networks`); the
    // top-level field is remembered, as changes go by that.
    if (!field.attaches.is_any()) return find_in(top, field.type, value, out);
    const auto add = [&](const Value& one) {
        if (std::string id = id_text(&one); !id.empty()) {
            out.push_back({.top = &top, .field = &field, .id = std::move(id), .beside = &beside});
        }
    };
    const Value::Array* items = value.as_array();
    if (items == nullptr) return add(value);
    std::ranges::for_each(*items, add);
}

void find_in(const InputField& top, const provider::FieldType& type, const Value& value,
             std::vector<AttachingId>& out) {
    for (const InputField& field : type.fields) {
        const Value* member = value.find(field.name);
        if (member != nullptr) find_in(top, field, *member, value, out);
    }
    const Value::Array* items = type.element.empty() ? nullptr : value.as_array();
    if (items == nullptr) return;
    for (const Value& item : *items) find_in(top, type.element.front(), item, out);
}

}

std::vector<AttachingId> ids_in(const provider::ResourceType& type, const Value& inputs) {
    std::vector<AttachingId> out;
    for (const InputField& field : type.inputs) {
        const Value* value = inputs.find(field.name);
        if (value != nullptr) find_in(field, field, *value, inputs, out);
    }
    return out;
}

bool has_id(const InputField& field, const Value& value, const std::string& id) {
    std::vector<AttachingId> ids;
    find_in(field, field, value, {}, ids);
    return std::ranges::any_of(ids, [&](const AttachingId& one) { return one.id == id; });
}

namespace {

Value without_in(const provider::FieldType& type, Value value, const std::string& id);

}

Value without(const InputField& field, Value value, const std::string& id) {
    if (!field.attaches.is_any()) return without_in(field.type, std::move(value), id);
    if (Value::Array* items = value.as_array()) {
        std::erase_if(*items, [&](const Value& item) { return id_text(&item) == id; });
        return value;
    }
    return id_text(&value) == id ? Value() : value;
}

namespace {

Value without_in(const provider::FieldType& type, Value value, const std::string& id) {
    for (const InputField& field : type.fields) {
        if (const Value* member = value.find(field.name)) {
            value.set(field.name, without(field, *member, id));
        }
    }
    Value::Array* items = type.element.empty() ? nullptr : value.as_array();
    if (items == nullptr) return value;
    const provider::FieldType& element = type.element.front();
    // An entry says how it is attached: without that there is nothing that it says.
    std::erase_if(*items, [&](const Value& item) {
        return std::ranges::any_of(element.fields, [&](const InputField& field) {
            return field.attaches.is_any() && id_text(item.find(field.name)) == id;
        });
    });
    for (Value& item : *items) item = without_in(element, std::move(item), id);
    return value;
}

}

std::string place_of(const provider::ConnectionRecord& connection) {
    return connection.provider + "\n" + connection.identity;
}

std::map<std::string, AttachingId> exclusive_in(const provider::ResourceType& type,
                                                const Value& inputs, const Value& outputs,
                                                const provider::ConnectionRecord& connection) {
    std::map<std::string, AttachingId> out;
    for (AttachingId& one : ids_in(type, inputs)) {
        const provider::Attachment& attachment = one.field->attaches;
        if (!attachment.is_exclusive) continue;
        std::string place = attachment.place != nullptr
                                ? attachment.place(one.id, *one.beside, outputs)
                                : fmt::format("{}\n{}\n{}", type.name, one.field->name, one.id);
        if (place.empty()) continue;
        place += "\n" + place_of(connection);
        for (const std::string& name : attachment.one_of_each) {
            place += "\n" + id_text(one.beside->find(name));
        }
        out.emplace(std::move(place), std::move(one));
    }
    return out;
}

bool stays(StepAction action) {
    // A replacement that only may come counts as staying: what it holds is then let go of in time,
    // if it comes to that.
    return action == StepAction::None || action == StepAction::Update ||
           action == StepAction::MayReplace;
}

Value inputs_there(const Recorded& recorded) {
    Value out = recorded.row->inputs;
    if (recorded.looked == nullptr || recorded.looked->kind != RefreshResult::Kind::Present) {
        return out;
    }
    const Value::Record* seen = recorded.looked->seen.inputs.as_record();
    if (seen == nullptr) return out;
    // Member by member: what a platform does not show stays as it is recorded.
    for (const auto& [name, value] : *seen) out.set(name, value);
    return out;
}

}
