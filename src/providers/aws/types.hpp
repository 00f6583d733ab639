#pragma once

#include "providers/aws/service_object.hpp"
#include "providers/rest/rest_type.hpp"

#include <span>

// The resource types, as data: what a type is for the kit, and which operations its calls become.
// One file for each; types.cpp lists them.
namespace providers::aws {

struct Type {
    rest::RestType rest;
    ServiceObject object;
};

provider::ResourceType connection_type();

const Type& elastic_ip_type();
const Type& instance_type();
const Type& internet_gateway_type();
const Type& key_pair_type();
const Type& nat_gateway_type();
const Type& queue_type();
const Type& route_table_type();
const Type& security_group_type();
const Type& subnet_type();
const Type& volume_type();
const Type& vpc_type();

std::span<const Type* const> types();
std::span<const ServiceObject* const> service_objects();

// What all have in common: paths, tags, a text as id. `noun` and `path` come from the object.
Type describe(ServiceObject object, std::string name, std::string doc, std::string_view example);
// A call of an operation for an object. `word` tells it from another call of the same.
rest::Call operation_call(const ServiceObject& object, std::string_view key, std::string operation,
                          json::Object parameters, std::string_view word = {});
// A state inside of the object, at this path: what goes on is one of these.
rest::Progress state_at(const json::Value& object, std::string_view path,
                        std::initializer_list<std::string_view> running,
                        std::initializer_list<std::string_view> failed = {});

}
