#pragma once

#include "providers/rest/rest_type.hpp"

#include <optional>
#include <string>
#include <vector>

// A resource type that is a part of another object and has neither id nor labels of its own: a
// subnet of a network. It is known by its owner's id and by what it says.
namespace providers::rest {

struct Part {
    std::string name;   // within the owner: "10.0.1.0/24"
    value::Value inputs;
    value::Value outputs;
};

struct SubResourceType {
    provider::ResourceType schema;     // whole, but for the key
    const RestType* owner = nullptr;   // static
    std::string owner_input;           // the input that has the owner's id
    std::string words;                 // "subnet"
    // The parts of this kind that an owner shows.
    std::vector<Part> (*parts_of)(const json::Value& owner) = nullptr;
    // What the wanted one is called within its owner.
    std::string (*name_of)(const value::Value& inputs) = nullptr;
    base::Result<void> (*validate)(const value::Value& inputs) = nullptr;
    // Spells what is shown as the program does: drops what was left to the platform.
    void (*normalize)(value::Value& shown, const value::Value& known) = nullptr;
    // The calls: paths are relative to the owner.
    Call (*add)(const value::Value& inputs) = nullptr;
    Call (*remove)(const value::Value& inputs) = nullptr;
    // What it changes beside its owner, of which the platform lets only one change at a time.
    std::vector<std::string> (*changes)(const provider::Intent& intent) = nullptr;
    Call (*change)(const value::Value& inputs,
                   const Part& now) = nullptr;   // null: nothing changes
};

}
