#pragma once

#include "providers/rest/data_source_type.hpp"
#include "providers/rest/rest_type.hpp"
#include "providers/rest/sub_resource_type.hpp"

#include <span>

// The resource types, as data. One file for each; types.cpp lists them.
namespace providers::upcloud {

provider::ResourceType connection_type();

const rest::RestType& network_type();
const rest::RestType& router_type();

std::span<const rest::RestType* const> rest_types();
std::span<const rest::DataSourceType* const> data_source_types();   // lookups.cpp

// What types of the older services have alike: their envelopes, text ids, and labels.
rest::RestType wrapped_type(std::string name, std::string noun, std::string one, std::string many);
// The same of the newer services: bare, in pages, changed by PATCH.
rest::RestType bare_type(std::string name, std::string noun, std::string collection);

}
