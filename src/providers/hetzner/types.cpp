#include "providers/hetzner/types.hpp"

#include <array>

namespace providers::hetzner {

namespace {

provider::WrittenRelation relation(std::string name, provider::WrittenRelation::End first,
                                   provider::WrittenRelation::End second) {
    return {.name = std::move(name), .first = std::move(first), .second = std::move(second)};
}

}

provider::WrittenRelation firewalls_of_server(std::string server, std::string firewall) {
    return relation("firewalls of a server", {"hetzner.Server", std::move(server)},
                    {"hetzner.Firewall", std::move(firewall)});
}

provider::WrittenRelation networks_of_server(std::string server, std::string network) {
    return relation("networks of a server", {"hetzner.Server", std::move(server)},
                    {"hetzner.Network", std::move(network)});
}

provider::WrittenRelation addresses_of_server(std::string server, std::string address) {
    return relation("primary addresses of a server", {"hetzner.Server", std::move(server)},
                    {"hetzner.PrimaryIp", std::move(address)});
}

provider::WrittenRelation server_of_volume(std::string volume, std::string server) {
    return relation("servers of a volume", {"hetzner.Volume", std::move(volume)},
                    {"hetzner.Server", std::move(server)});
}

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
