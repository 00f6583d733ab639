#pragma once

#include "providers/rest/rest_type.hpp"

#include <string>
#include <vector>

// A resource type that only tells of something that the platform has: an image, a location. Nothing
// is made and nothing is deleted; each plan looks it up again.
namespace providers::rest {

struct DataSourceType {
    provider::ResourceType schema;     // its inputs choose; complete_data_source() adds the rest
    std::vector<OutputRule> results;   // "id" comes by itself
    std::string noun;                  // "image"
    std::string collection;            // "/images"; or a whole URL
    std::string list;                  // path to the list in an answer; empty: the answer is it
    std::string id = "id";             // path in an object
    value::ValueType id_type = value::ValueType::Number;   // or String
    // What is asked of the collection; of several things the first is taken.
    std::string (*query)(const value::Value& inputs) = nullptr;
    base::Result<void> (*validate)(const value::Value& inputs) = nullptr;
};

// Fills the schema in: outputs, key, and that it is only looked up.
DataSourceType complete_data_source(DataSourceType type);

}
