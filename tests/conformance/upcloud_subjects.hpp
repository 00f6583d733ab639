#pragma once

#include "upcloud_world.hpp"

// What the subjects of UpCloud's types have alike.
namespace conformance::upcloud {

using value::Value;
using Json = json::Object;

// Where a type's things are at the API.
struct Place {
    const char* type;
    std::string path;   // "/router"
    std::string list;   // "routers.router"; of the newer services empty
    std::string one;    // "router"; likewise
    std::string id = "uuid";
    std::string name = "name";
};

inline constexpr const char* kNoNames = "the platform lets several have the same name";
inline constexpr const char* kAtOnce =
    "it is made and changed in one call that is done when answered";

std::string first_of(const SharedUpcloud& world, const Place& place);
json::Value wrap(const Place& place, Json members);
Subject subject_of(const SharedUpcloud& world, const Place& place);
// How things are made, and changed, without the provider.
void by_hand(Subject& subject, const SharedUpcloud& world, const Place& place, const Json& made,
             const char* update, const Json& changed);
Removal taken_away(const SharedUpcloud& world, const Place& place, const char* update,
                   const char* input, Value value, const Json& body);
Value with(Value inputs, std::string_view name, Value value);
// Of what an answer has under a name.
std::string made_id(const json::Value& answer, const char* one);

Subject gateway();
Subject load_balancer();
Subject certificate();
Subject database();
Subject cluster();
Subject object_storage();

}
