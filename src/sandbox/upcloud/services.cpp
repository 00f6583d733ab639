#include "sandbox/upcloud/services.hpp"

#include "sandbox/kit/project.hpp"
#include "sandbox/store/store.hpp"
#include "sandbox/upcloud/families.hpp"
#include "sandbox/upcloud/refusal.hpp"

#include <fmt/core.h>

namespace sandbox::upcloud {

base::Error bad_parameter(std::string_view name, std::string reason) {
    return problem(400, "INVALID_REQUEST", "Validation error.",
                   {{std::string(name), std::move(reason)}});
}

base::Result<void> require_networks(ApiCall& call, const Record& wanted) {
    const json::Value* networks = wanted.find("networks");
    if (networks == nullptr) return {};
    std::size_t at = 0;
    for (const json::Value& network : *networks->as_array()) {
        const std::string name = fmt::format("networks.{}.uuid", at++);
        if (network.string_or("type", "") != "private") continue;
        const Record* there =
            call.project.find_by("network", "uuid", network.string_or("uuid", ""));
        if (there == nullptr) return bad_parameter(name, "Network does not exist.");
    }
    return {};
}

std::size_t services_in(const Project& project, std::string_view network) {
    std::size_t out = 0;
    for (const char* type : {"load_balancer", "database", "object_storage"}) {
        for (const auto& [id, service] : project.all(type)) {
            const json::Value* networks = service.find("networks");
            if (networks == nullptr) continue;
            for (const json::Value& one : *networks->as_array()) {
                if (one.string_or("uuid", "") == network) ++out;
            }
        }
    }
    for (const auto& [id, cluster] : project.all("cluster")) {
        if (cluster.string_or("network", "") == network) ++out;
    }
    return out;
}

bool has_gateway(const Project& project, std::string_view router) {
    for (const auto& [id, gateway] : project.all("gateway")) {
        for (const json::Value& one : *gateway.find("routers")->as_array()) {
            if (one.string_or("uuid", "") == router) return true;
        }
    }
    return false;
}

namespace {

using Kind = Member::Kind;
constexpr std::string_view kStatus = "started|stopped";

bool is_on(const Record& record) {
    return record.string_or("configured_status", "started") == "started";
}

// Of the state that a service comes to: as it was configured.
json::Value view(const Project& project, const Record& service) {
    json::Value out = view_thing(project, service);
    if (out.string_or("operational_state", "") == "running" && !is_on(service)) {
        put(out, "operational_state", "stopped");
    }
    return out;
}

base::Result<void> require_service_zone(const Record& wanted) {
    if (require_zone(wanted.string_or("zone", "")).ok()) return {};
    return bad_parameter("zone", "Zone does not exist.");
}

// --- gateways

base::Result<void> complete_gateway(ApiCall& call, Record& wanted, const Record* before) {
    if (before != nullptr) return {};
    TRY(require_service_zone(wanted));
    const json::Array& routers = *wanted.find("routers")->as_array();
    if (routers.size() != 1) return bad_parameter("routers", "Exactly one router is required.");
    const std::string_view router = routers.front().string_or("uuid", "");
    if (call.project.find_by("router", "uuid", router) == nullptr) {
        return bad_parameter("routers.0.uuid", "Router does not exist.");
    }
    const std::int64_t count = call.project.count("gateway");
    put(wanted, "addresses",
        json::Array{json::Object{{"name", "public-ip-1"},
                                 {"address", fmt::format("198.51.100.{}", count % 250 + 1)}}});
    return {};
}

constexpr Member kGatewayMembers[] = {
    {.name = "name", .is_required = true, .least = 1, .most = 64},
    {.name = "zone", .is_required = true, .is_fixed = true},
    {.name = "plan", .is_required = true},
    {.name = "features", .kind = Kind::List, .is_required = true, .is_fixed = true},
    {.name = "routers", .kind = Kind::List, .is_required = true, .is_fixed = true},
    {.name = "configured_status", .fallback = "\"started\"", .choices = kStatus},
};

// --- object storages

base::Result<void> complete_object_storage(ApiCall& call, Record& wanted, const Record*) {
    TRY(require_networks(call, wanted));
    if (wanted.string_or("region", "") != "europe-1" && wanted.string_or("region", "") != "us-1") {
        return bad_parameter("region", "Region does not exist.");
    }
    return {};
}

json::Value view_object_storage(const Project& project, const Record& storage) {
    json::Value out = view(project, storage);
    json::Array endpoints;
    if (out.string_or("operational_state", "") == "running") {
        const std::string id(storage.string_or("uuid", "").substr(3, 5));
        endpoints.push_back(
            json::Object{{"domain_name", id + ".upcloudobjects.com"}, {"type", "public"}});
    }
    put(out, "endpoints", std::move(endpoints));
    return out;
}

constexpr Member kObjectStorageMembers[] = {
    {.name = "name", .is_required = true, .least = 1, .most = 64},
    {.name = "region", .is_required = true, .is_fixed = true},
    {.name = "configured_status", .is_required = true, .choices = kStatus},
    {.name = "networks", .kind = Kind::List, .fallback = "[]"},
};

// --- clusters

base::Result<void> complete_cluster(ApiCall& call, Record& wanted, const Record* before) {
    if (before != nullptr) return {};
    TRY(require_service_zone(wanted));
    const Record* network =
        call.project.find_by("network", "uuid", wanted.string_or("network", ""));
    if (network == nullptr) return bad_parameter("network", "Network does not exist.");
    put(wanted, "network_cidr",
        network->find("ip_networks", "ip_network")->as_array()->front().string_or("address", ""));
    return {};
}

base::Result<Reply> upgrade_cluster(ApiCall& call) {
    const Record* cluster = TRY(require_thing(call, kClusters));
    const std::string version(call.body.string_or("version", ""));
    if (version.empty()) return bad_parameter("version", "Version is required.");
    put(call.project.edit("cluster", id_of(*cluster)), "version", version);
    take_time(call.project, kClusters, id_of(*cluster), std::chrono::seconds(60));
    return Reply{.status = 201,
                 .body = view_thing(call.project, *call.project.find("cluster", id_of(*cluster)))};
}

constexpr Member kClusterMembers[] = {
    {.name = "name", .is_required = true, .is_fixed = true, .least = 1, .most = 63},
    {.name = "network", .is_required = true, .is_fixed = true},
    {.name = "zone", .is_required = true, .is_fixed = true},
    {.name = "plan", .is_fixed = true, .fallback = "\"development\""},
    {.name = "version", .is_fixed = true, .fallback = "\"1.32\""},
    {.name = "control_plane_ip_filter", .kind = Kind::List, .fallback = "[]"},
    {.name = "private_node_groups", .kind = Kind::Flag, .is_fixed = true, .fallback = "false"},
    {.name = "node_groups", .kind = Kind::List, .is_fixed = true, .fallback = "[]"},
};

constexpr Route kRoutes[] = {
    {"GET", "/gateway", list_them<kGateways>},
    {"POST", "/gateway", create_one<kGateways>},
    {"GET", "/gateway/{uuid}", show_one<kGateways>},
    {"PATCH", "/gateway/{uuid}", change_one<kGateways>},
    {"DELETE", "/gateway/{uuid}", remove_one<kGateways>},
    {"GET", "/object-storage-2", list_them<kObjectStorages>},
    {"POST", "/object-storage-2", create_one<kObjectStorages>},
    {"GET", "/object-storage-2/{uuid}", show_one<kObjectStorages>},
    {"PATCH", "/object-storage-2/{uuid}", change_one<kObjectStorages>},
    {"DELETE", "/object-storage-2/{uuid}", remove_one<kObjectStorages>},
    {"GET", "/kubernetes", list_them<kClusters>},
    {"POST", "/kubernetes", create_one<kClusters>},
    {"GET", "/kubernetes/{uuid}", show_one<kClusters>},
    {"PATCH", "/kubernetes/{uuid}", change_one<kClusters>},
    {"DELETE", "/kubernetes/{uuid}", remove_one<kClusters>},
    {"POST", "/kubernetes/{uuid}/upgrade", upgrade_cluster},
};

}

constexpr Things kGateways{
    .family = {.type = "gateway", .plural = {}, .words = "Gateway", .sorts = {}, .view = view},
    .is_old = false,
    .prefix = "10",
    .members = kGatewayMembers,
    .has_unique_names = true,
    .state = "operational_state",
    .making = std::chrono::seconds(240),
    .changing = std::chrono::seconds(20),
    .removing = std::chrono::seconds(20),
    .complete = complete_gateway};

constexpr Things kObjectStorages{.family = {.type = "object_storage",
                                            .plural = {},
                                            .words = "Service",
                                            .sorts = {},
                                            .view = view_object_storage},
                                 .is_old = false,
                                 .prefix = "12",
                                 .members = kObjectStorageMembers,
                                 .has_unique_names = true,
                                 .state = "operational_state",
                                 .making = std::chrono::seconds(120),
                                 .changing = std::chrono::seconds(20),
                                 .removing = std::chrono::seconds(30),
                                 .complete = complete_object_storage};

constexpr Things kClusters{.family = {.type = "cluster",
                                      .plural = {},
                                      .words = "Cluster",
                                      .sorts = {},
                                      .view = view_thing},
                           .is_old = false,
                           .prefix = "0d",
                           .members = kClusterMembers,
                           .has_unique_names = true,
                           .state = "state",
                           .going = "terminating",
                           .making = std::chrono::seconds(240),
                           .changing = std::chrono::seconds(10),
                           .removing = std::chrono::seconds(60),
                           .complete = complete_cluster};

std::span<const Route> service_routes() { return kRoutes; }

}
