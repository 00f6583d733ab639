#pragma once

#include "providers/kit/lookup_type.hpp"
#include "providers/kit/part_type.hpp"
#include "providers/kit/rest_type.hpp"

#include <span>

// The resource types, as data. One file for each; types.cpp lists them.
namespace providers::hetzner {

infra::ResourceType connection_type();

const kit::RestType& firewall_type();
const kit::RestType& floating_ip_type();
const kit::RestType& network_type();
const kit::RestType& placement_group_type();
const kit::RestType& primary_ip_type();
const kit::RestType& server_type();
const kit::RestType& ssh_key_type();
const kit::RestType& volume_type();

const kit::PartType& network_attachment_type();
const kit::PartType& route_type();
const kit::PartType& subnet_type();
const kit::PartType& volume_attachment_type();

std::span<const kit::RestType* const> rest_types();
std::span<const kit::PartType* const> part_types();
std::span<const kit::LookupType* const> lookup_types();   // lookups.cpp

}
