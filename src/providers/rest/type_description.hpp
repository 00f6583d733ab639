#pragma once

#include "provider/provider.hpp"
#include "json/value.hpp"

#include <string>
#include <vector>

// What the resource types of a REST API say of themselves, whatever is done with them.
namespace providers::rest {

struct RestType;

// Ids of other things in the inputs: they have to be there.
struct Reference {
    std::string path;   // through lists: "networks.network"
    const RestType& (*to)() = nullptr;
    bool by_name = false;   // or their names
};

struct TypeDescription {
    provider::ResourceType schema;
    std::string noun;   // for messages: "SSH key"
    base::Result<void> (*validate)(const value::Value& inputs) = nullptr;
    // What it changes beside itself, of which the platform lets only one change at a time.
    std::vector<std::string> (*changes)(const provider::Intent& intent) = nullptr;
    std::vector<Reference> references = {};
};

struct OutputRule {
    provider::OutputField output;
    std::string shown_at;   // path in the object; empty: the output's name
    value::Value (*show)(const json::Value& object) = nullptr;   // instead of `shown_at`
    std::string create_only;   // path in the answer to the create, never shown again
};

// A type whose things are objects of a collection and show their outputs there.
struct ShownType : TypeDescription {
    std::string collection;                                // "/ssh_keys"
    std::vector<OutputRule> results;                       // the outputs; "id" comes by itself
    value::ValueType id_type = value::ValueType::Number;   // or String; of the output "id"
};

}
