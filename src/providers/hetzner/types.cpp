#include "providers/hetzner/types.hpp"

#include <array>

namespace providers::hetzner {

std::span<const rest::RestType* const> rest_types() {
    static const std::array kTypes{
        &firewall_type(),   &floating_ip_type(), &network_type(), &placement_group_type(),
        &primary_ip_type(), &server_type(),      &ssh_key_type(), &volume_type(),
    };
    return kTypes;
}

std::span<const rest::SubResourceType* const> sub_resource_types() {
    static const std::array kTypes{
        &network_attachment_type(),
        &route_type(),
        &subnet_type(),
        &volume_attachment_type(),
    };
    return kTypes;
}

}
