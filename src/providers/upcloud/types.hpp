#pragma once

#include "providers/rest/data_source_type.hpp"
#include "providers/rest/rest_type.hpp"
#include "providers/rest/sub_resource_type.hpp"

#include <span>

// The resource types, as data. One file for each; types.cpp lists them.
namespace providers::upcloud {

provider::ResourceType connection_type();

const rest::RestType& certificate_type();
const rest::RestType& cluster_type();
const rest::RestType& database_type();
const rest::RestType& floating_ip_type();
const rest::RestType& gateway_type();
const rest::RestType& load_balancer_type();
const rest::RestType& network_type();
const rest::RestType& object_storage_type();
const rest::RestType& router_type();
const rest::RestType& server_type();
const rest::RestType& server_group_type();
const rest::RestType& storage_type();

const rest::SubResourceType& firewall_rules_type();

std::span<const rest::RestType* const> rest_types();
std::span<const rest::SubResourceType* const> sub_resource_types();
std::span<const rest::DataSourceType* const> data_source_types();   // lookups.cpp

// What types of the older services have alike: their envelopes, text ids, and labels.
rest::RestType wrapped_type(std::string name, std::string noun, std::string one, std::string many);
// The same of the newer services: bare, in pages, changed by PATCH.
rest::RestType bare_type(std::string name, std::string noun, std::string collection);

rest::Progress storage_progress(const json::Value& storage);
// A disk that shrinks is refused while planning; `what` is "a storage".
base::Result<void> check_growth(const provider::Change& change, provider::PlannedChange& planned,
                                const char* input, std::string_view what);

}
