#pragma once

#include "sandbox/upcloud/things.hpp"

#include <string>
#include <string_view>

// What the newer services have alike.
namespace sandbox::upcloud {

base::Error bad_parameter(std::string_view name, std::string reason);
// That the things of a list name are there: {"uuid": …} of networks that are private.
base::Result<void> require_networks(ApiCall& call, const Record& wanted);
// How many services are in a network, and gateways at a router.
std::size_t services_in(const Project& project, std::string_view network);
bool has_gateway(const Project& project, std::string_view router);

}
