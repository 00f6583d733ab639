#pragma once

#include "sandbox/kit/actions.hpp"
#include "sandbox/upcloud/things.hpp"

#include <optional>
#include <span>
#include <string>

// The families of things, and their routes; one file for each.
namespace sandbox::upcloud {

extern const Things kCertificates;
extern const Things kClusters;
extern const Things kDatabases;
extern const Things kFloatingIps;
extern const Things kGateways;
extern const Things kLoadBalancers;
extern const Things kNetworks;
extern const Things kObjectStorages;
extern const Things kRouters;
extern const Things kServers;
extern const Things kServerGroups;
extern const Things kStorages;

std::span<const Things* const> all_things();

std::span<const Route> catalogue_routes();
std::span<const Route> database_routes();
std::span<const Route> firewall_rule_routes();
std::span<const Route> ip_address_routes();
std::span<const Route> load_balancer_routes();
std::span<const Route> network_routes();
std::span<const Route> router_routes();
std::span<const Route> server_routes();
std::span<const Route> server_power_routes();
std::span<const Route> server_part_routes();
std::span<const Route> server_group_routes();
std::span<const Route> service_routes();
std::span<const Route> storage_routes();

std::span<const Effect> server_effects();
std::span<const Effect> storage_effects();

// NotFound in the API's words when there is no such zone.
// How many interfaces of servers, and of services, are in a network.
std::size_t interfaces_in(const Project& project, std::string_view network);
base::Result<void> require_zone(std::string_view zone);

struct PlanSize {
    std::int64_t cores = 0;
    std::int64_t memory = 0;
    std::int64_t storage = 0;
};
std::optional<PlanSize> size_of_plan(std::string_view name);
json::Array public_templates();
std::optional<json::Value> public_template(std::string_view uuid);

// Adds a storage of an account, and gives its uuid.
struct NewStorage {
    std::string title;
    std::int64_t size = 0;
    std::string zone;
    std::string tier;
    std::string encrypted;
};
std::string add_storage(Project& project, const NewStorage& wanted);
// The server that has a storage, or null.
const Record* server_with(const Project& project, std::string_view storage);
// For a while it is not online.
void let_storage_rest(Project& project, std::int64_t storage);
base::Result<void> require_online(const Record& storage);

// Refused while something goes on at a server.
base::Result<void> require_calm(const Project& project, const Record& server);
base::Result<void> require_stopped(const Project& project, const Record& server);
// As answers show it, alone.
json::Value show_server(const Project& project, const Record& server);
// An interface as a request has it, with what the platform chooses.
base::Result<json::Value> make_interface(Project& project, const json::Value& wanted,
                                         std::string_view zone, std::int64_t index);

}
