#pragma once

#include "providers/rest/data_source_type.hpp"
#include "providers/rest/rest_type.hpp"
#include "providers/rest/sub_resource_type.hpp"

#include <span>
#include <string>

// The resource types, as data. One file for each; types.cpp lists them.
namespace providers::hetzner {

// What keeps a network, or a subnet of it, from being deleted has its id.
std::vector<provider::Attachment::Target> networks_and_subnets();

// What a server's own inputs fill, or an attachment that is declared by itself. Empty where an id
// is not known.
std::string place_of_attachment(const std::string& server, const std::string& network);
std::string place_of_volume(const std::string& volume);

// Relations that several types write; with the paths of the inputs by which one does, "" for
// itself.
provider::WrittenRelation firewalls_of_server(std::string server, std::string firewall);
provider::WrittenRelation networks_of_server(std::string server, std::string network);
provider::WrittenRelation addresses_of_server(std::string server, std::string address);
provider::WrittenRelation server_of_volume(std::string volume, std::string server);

provider::ResourceType connection_type();

const rest::RestType& firewall_type();
const rest::RestType& floating_ip_type();
const rest::RestType& network_type();
const rest::RestType& placement_group_type();
const rest::RestType& primary_ip_type();
const rest::RestType& server_type();
const rest::RestType& ssh_key_type();
const rest::RestType& volume_type();

const rest::SubResourceType& network_attachment_type();
const rest::SubResourceType& route_type();
const rest::SubResourceType& subnet_type();
const rest::SubResourceType& volume_attachment_type();

std::span<const rest::RestType* const> rest_types();
std::span<const rest::SubResourceType* const> sub_resource_types();
std::span<const rest::DataSourceType* const> data_source_types();   // lookups.cpp

}
