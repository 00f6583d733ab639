#pragma once

#include "sandbox/kit/actions.hpp"
#include "sandbox/upcloud/things.hpp"

#include <span>

// The families of things, and their routes; one file for each.
namespace sandbox::upcloud {

extern const Things kNetworks;
extern const Things kRouters;

std::span<const Things* const> all_things();

std::span<const Route> catalogue_routes();
std::span<const Route> network_routes();
std::span<const Route> router_routes();

// NotFound in the API's words when there is no such zone.
// How many interfaces of servers, and of services, are in a network.
std::size_t interfaces_in(const Project& project, std::string_view network);
base::Result<void> require_zone(std::string_view zone);

}
