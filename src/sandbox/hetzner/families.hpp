#pragma once

#include "sandbox/hetzner/lists.hpp"
#include "sandbox/kit/actions.hpp"

#include <span>

// The families: one file each, or several with the family's name in front.
namespace sandbox::hetzner {

extern const Family kServers;
extern const Family kNetworks;
extern const Family kVolumes;
extern const Family kFirewalls;
extern const Family kPrimaryIps;
extern const Family kFloatingIps;
extern const Family kSshKeys;
extern const Family kPlacementGroups;
extern const Family kImages;

std::span<const Route> action_routes();
std::span<const Route> catalogue_routes();
std::span<const Route> firewall_routes();
std::span<const Route> floating_ip_routes();
std::span<const Route> image_routes();
std::span<const Route> network_routes();
std::span<const Route> placement_group_routes();
std::span<const Route> primary_ip_routes();
std::span<const Route> server_routes();
std::span<const Route> server_change_routes();
std::span<const Route> server_network_routes();
std::span<const Route> server_power_routes();
std::span<const Route> ssh_key_routes();
std::span<const Route> volume_routes();

std::span<const Effect> firewall_effects();
std::span<const Effect> image_effects();
std::span<const Effect> network_effects();
std::span<const Effect> primary_ip_effects();
std::span<const Effect> server_effects();
std::span<const Effect> server_change_effects();
std::span<const Effect> server_network_effects();
std::span<const Effect> server_power_effects();
std::span<const Effect> volume_effects();

}
