#pragma once

#include "engine/plan/order.hpp"
#include "engine/plan/resource.hpp"
#include "provider/schema.hpp"

#include <map>
#include <string>
#include <vector>

// The ids in inputs that attach a resource to something (provider::Attachment).
namespace engine {

// It points into the type and the inputs that it was found in.
struct AttachingId {
    const provider::InputField* top = nullptr;     // of the resource
    const provider::InputField* field = nullptr;   // within `top`, or itself
    std::string id;
    const value::Value* beside = nullptr;   // the record that has the field
};

std::vector<AttachingId> ids_in(const provider::ResourceType& type, const value::Value& inputs);
bool has_id(const provider::InputField& field, const value::Value& value, const std::string& id);
// Without what this id attaches: of an array the entry goes, a field that is only an id is null.
value::Value without(const provider::InputField& field, value::Value value, const std::string& id);

// What has an id of its own within a platform: its provider and account.
std::string place_of(const provider::ConnectionRecord& connection);
// What only one resource can have at a time, as far as these inputs have it, by the place that it
// takes. The outputs are the resource's own; a place that needs them is left out where they are not
// there yet.
std::map<std::string, AttachingId> exclusive_in(const provider::ResourceType& type,
                                                const value::Value& inputs,
                                                const value::Value& outputs,
                                                const provider::ConnectionRecord& connection);
// Whether the thing itself is still there after it, or may be.
bool stays(StepAction action);
// As they are there: a run that died may have detached one of two, and recorded both.
value::Value inputs_there(const Recorded& recorded);

}
