#pragma once

#include "providers/kit/rest_type.hpp"

#include <optional>
#include <string>
#include <vector>

// A resource type that is a part of another object and has neither id nor labels of its own: a
// subnet of a network. It is known by its owner's id and by what it says.
namespace providers::kit {

struct Part {
    std::string name;   // within the owner: "10.0.1.0/24"
    infra::Value inputs;
    infra::Value outputs;
};

struct PartType {
    infra::ResourceType schema;        // whole, but for the key
    const RestType* owner = nullptr;   // static
    std::string owner_input;           // the input that has the owner's id
    std::string words;                 // "subnet"
    // The parts of this kind that an owner shows.
    std::vector<Part> (*parts_of)(const json::Value& owner) = nullptr;
    // What the wanted one is called within its owner.
    std::string (*name_of)(const infra::Value& inputs) = nullptr;
    base::Result<void> (*validate)(const infra::Value& inputs) = nullptr;
    // Spells what is shown as the program does: drops what was left to the platform.
    void (*spell)(infra::Value& shown, const infra::Value& known) = nullptr;
    // The calls: paths are relative to the owner.
    Call (*add)(const infra::Value& inputs) = nullptr;
    Call (*remove)(const infra::Value& inputs) = nullptr;
    // What it changes beside its owner, of which the platform lets only one change at a time.
    std::vector<std::string> (*changes)(const infra::Intent& intent) = nullptr;
    Call (*change)(const infra::Value& inputs,
                   const Part& now) = nullptr;   // null: nothing changes
};

}
