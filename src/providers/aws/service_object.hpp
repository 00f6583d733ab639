#pragma once

#include "base/result.hpp"
#include "json/value.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace providers::aws {

// A further look that an object takes, since the one that lists it does not show all.
struct FurtherLook {
    std::string operation;   // "DescribeVpcAttribute", given the object's id
    std::string parameter;   // and this: "Attribute"
    std::string value;
    std::string takes;   // the member of its answer that becomes one of the object
};

// What the calls become at a service that has no describe for its objects: each does what it takes.
struct OwnCalls {
    // Sends an operation of the service.
    using Invoke = std::function<base::Result<json::Value>(std::string_view operation,
                                                           json::Object parameters)>;
    // rest::absent() where there is none.
    base::Result<json::Value> (*read)(const std::string& key, const Invoke& invoke);
    // {"items": […], "next": "the next page"}
    base::Result<json::Value> (*list)(const std::string& page, const Invoke& invoke);
    base::Result<void> (*create)(const json::Value& body, const Invoke& invoke);
    base::Result<void> (*update)(const std::string& key, const json::Value& body,
                                 const Invoke& invoke);
    base::Result<void> (*remove)(const std::string& key, const Invoke& invoke);
};

// What the calls of a RestType become at a service: its operations, as data.
//
//   GET PATH/ID                    describe, by id; an answer without it is 404
//   GET PATH?tag=NAME&is=VALUE     describe, page by page, by a filter
//   POST PATH                      create; tags and token go where the operation has them
//   PUT PATH/ID {"Tags": […]}      CreateTags and DeleteTags, by what differs
//   DELETE PATH/ID                 remove
//   POST PATH/ID/actions/OPERATION the operation, given the object's id beside the body. Behind a
//   dot
//                                  there may be a word that tells two uses of one apart
struct ServiceObject {
    std::string path;   // "/ec2/vpc"
    std::string service = "ec2";
    std::string noun;   // "VPC"
    std::string id;     // the member that an object is known by, and that operations take
    std::string describe = {};
    std::string items =
        {};   // path to the list in its answer, through lists: "Reservations.Instances"
    std::string ids = {};              // the parameter of `describe` that takes ids
    json::Object describe_with = {};   // what it is always given
    std::vector<FurtherLook> further = {};
    // Whether what is still shown is not there any more: a terminated instance.
    bool (*is_gone)(const json::Value& object) = nullptr;
    std::string create = {};
    json::Object create_with = {};
    std::string created = {};     // path to the object in the answer; empty: it is bare
    bool shows_created = true;    // the answer shows all of it; if not, a look follows
    std::string tagged_as = {};   // in TagSpecifications
    std::string remove = {};
    std::optional<OwnCalls> own = {};   // instead of all operations that stand here
};

}
