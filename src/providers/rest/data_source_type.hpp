#pragma once

#include "providers/rest/type_description.hpp"

#include <string>

// A resource type that only tells of something that the platform has: an image, a location. Nothing
// is made and nothing is deleted; each plan looks it up again.
namespace providers::rest {

// The inputs of its schema choose; complete_data_source() adds the rest. The collection may be a
// whole URL.
struct DataSourceType : ShownType {
    std::string list;        // path to the list in an answer, or to the one; empty: the answer
    std::string id = "id";   // path in an object
    // What is asked of the collection; of several things the first is taken.
    std::string (*query)(const value::Value& inputs) = nullptr;   // null: nothing
    // Of a service that cannot be asked for it: whether it is one that is meant. Null: all are.
    bool (*fits)(const json::Value& object, const value::Value& inputs) = nullptr;
};

// Fills the schema in: outputs, key, and that it is only looked up.
DataSourceType complete_data_source(DataSourceType type);

}
