#pragma once

#include "providers/rest/rest_type.hpp"

#include <optional>
#include <string>
#include <vector>

// A resource type that lives inside another object and has neither id nor labels of its own: a
// subnet of a network. It is known by its parent's id and by what it says.
namespace providers::rest {

struct SubObject {
    std::string name;   // within the parent: "10.0.1.0/24"
    value::Value inputs;
    value::Value outputs;
};

// complete_sub_resource() adds key and id to its schema.
struct SubResourceType : TypeDescription {
    const RestType* parent = nullptr;   // static
    std::string parent_input;           // the input that has the parent's id
    std::string below;        // where the parts are shown, below the parent; empty: in itself
    bool is_shared = false;   // it holds nothing, and is whoever's wants it: one that is there
                              // already as it is wanted is taken over
    // Those of this kind that a parent shows, or the document below it.
    std::vector<SubObject> (*objects_in)(const json::Value& parent) = nullptr;
    // What the wanted one is called within its parent.
    std::string (*name_of)(const value::Value& inputs) = nullptr;
    // Brings what is shown to the form of the program: drops what was left to the platform.
    void (*normalize)(value::Value& shown, const value::Value& known) = nullptr;
    // The calls: paths are relative to the parent.
    Call (*add)(const value::Value& inputs) = nullptr;
    Call (*remove)(const value::Value& inputs) = nullptr;
    Call (*change)(const value::Value& inputs,
                   const SubObject& now) = nullptr;   // null: nothing changes
};

SubResourceType complete_sub_resource(SubResourceType type);
// A call of an action of the parent.
Call parent_action(std::string name, json::Object body);

}
