#include "sandbox/hetzner/servers.hpp"

#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/catalogue.hpp"
#include "sandbox/hetzner/families.hpp"
#include "sandbox/hetzner/firewalls.hpp"
#include "sandbox/hetzner/images.hpp"
#include "sandbox/hetzner/ips.hpp"
#include "sandbox/hetzner/private_net.hpp"
#include "sandbox/hetzner/view.hpp"
#include "sandbox/hetzner/volumes.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace sandbox::hetzner {
namespace {

constexpr std::chrono::milliseconds kDelete{3000};
constexpr std::size_t kMostOfGroup = 10;

json::Value public_ipv4(const Tenant& tenant, const Record& server) {
    const Record* ip = tenant.find("primary_ip", server.int64_or("_ipv4", 0));
    if (ip == nullptr) return {};
    const json::Array& entries = *ip->find("dns_ptr")->as_array();
    return json::Object{{"id", id_of(*ip)},
                        {"ip", *ip->find("ip")},
                        {"blocked", false},
                        {"dns_ptr", entries.empty() ? "" : entries[0].string_or("dns_ptr", "")}};
}

json::Value public_ipv6(const Tenant& tenant, const Record& server) {
    const Record* ip = tenant.find("primary_ip", server.int64_or("_ipv6", 0));
    if (ip == nullptr) return {};
    return json::Object{{"id", id_of(*ip)},
                        {"ip", *ip->find("ip")},
                        {"blocked", false},
                        {"dns_ptr", *ip->find("dns_ptr")}};
}

json::Value private_nets(const Record& server) {
    json::Array out;
    for (const json::Value& net : *server.find("private_net")->as_array()) {
        if (!net.bool_or("_pending", false)) out.emplace_back(public_part(net));
    }
    return out;
}

bool matches(const Call& call, const Record& server) {
    const auto wanted = call.query.all("status");
    return wanted.empty() ||
           std::find(wanted.begin(), wanted.end(), server.string_or("status", "")) != wanted.end();
}

base::Result<Reply> update(Call& call) {
    const Record* server = TRY(require(call.tenant, kServers, call.id));
    const json::Value before = *server->find("labels");
    TRY(update_name_and_labels(call, kServers));
    if (*call.tenant.find("server", call.id)->find("labels") != before) {
        sync_selectors_later(call.tenant, call.id);
    }
    return reply_one(call.tenant, kServers, call.id);
}

// What the server had is given back when the action ends; it is out of sight at once.
base::Result<Reply> remove(Call& call) {
    Tenant& tenant = call.tenant;
    const Record* server = TRY(require(tenant, kServers, call.id));
    TRY(require_unprotected(*server, kServers));
    TRY(require_free(tenant, "server", call.id));
    Record gone = *server;
    put(gone, "status", "deleting");
    tenant.remove("server", call.id);
    tenant.add("_gone_server", std::move(gone));
    const std::int64_t action = begin_action(tenant, {.command = "delete_server",
                                                      .resources = {{"server", call.id}},
                                                      .duration = kDelete,
                                                      .args = json::Object{{"server", call.id}}});
    return Reply{.status = 200, .body = json::Object{{"action", view_action(tenant, action)}}};
}

void give_back_ips(Tenant& tenant, const Record& gone) {
    for (const char* version : {"_ipv4", "_ipv6"}) {
        const std::int64_t id = gone.int64_or(version, 0);
        const Record* ip = tenant.find("primary_ip", id);
        if (ip == nullptr) continue;
        if (ip->bool_or("auto_delete", false)) {
            tenant.remove("primary_ip", id);
        } else {
            unassign_primary_ip(tenant, id);
        }
    }
    for (const json::Value& id : *gone.find("_floating_ips")->as_array()) {
        unassign_floating_ip(tenant, *id.as_int64());
    }
}

void finish_delete(Tenant& tenant, const json::Value& args) {
    const std::int64_t id = args.int64_or("server", 0);
    const Record* found = tenant.find("_gone_server", id);
    if (found == nullptr) return;
    const Record gone = *found;
    tenant.remove("_gone_server", id);
    for (const json::Value& volume : *gone.find("_volumes")->as_array()) {
        detach_volume(tenant, *volume.as_int64());
    }
    give_back_ips(tenant, gone);
    for (const json::Value& net : *gone.find("private_net")->as_array()) {
        detach_network(tenant, id, net.int64_or("network", 0));
    }
    forget_server_in_firewalls(tenant, id);
    leave_group(tenant, id);
    std::vector<std::int64_t> backups;
    for (const auto& [number, image] : tenant.all("image")) {
        if (image.int64_or("bound_to", 0) == id) backups.push_back(number);
    }
    for (const std::int64_t image : backups) tenant.remove("image", image);
}

void undo_delete(Tenant& tenant, const json::Value& args) {
    const std::int64_t id = args.int64_or("server", 0);
    const Record* found = tenant.find("_gone_server", id);
    if (found == nullptr) return;
    Record server = *found;
    put(server, "status", "off");
    tenant.remove("_gone_server", id);
    tenant.add("server", std::move(server));
}

constexpr Route kRoutes[] = {
    {"GET", "/servers", list_of<kServers>},
    {"POST", "/servers", create_server},
    {"GET", "/servers/actions", all_actions_of<kServers>},
    {"GET", "/servers/actions/{id}", any_action_of<kServers>},
    {"GET", "/servers/{id}", show_of<kServers>},
    {"PUT", "/servers/{id}", update},
    {"DELETE", "/servers/{id}", remove},
    {"GET", "/servers/{id}/actions", actions_of<kServers>},
    {"GET", "/servers/{id}/actions/{action_id}", action_of<kServers>},
};

constexpr Effect kEffects[] = {
    {.command = "delete_server", .finish = finish_delete, .undo = undo_delete},
    {.command = "create_server",
     .finish =
         [](Tenant& tenant, const json::Value& args) {
             set_status(tenant, args.int64_or("server", 0), "off");
         },
     .undo =
         [](Tenant& tenant, const json::Value& args) {
             const Record* server = tenant.find("server", args.int64_or("server", 0));
             if (server == nullptr) return;
             tenant.add("_gone_server", *server);
             tenant.remove("server", args.int64_or("server", 0));
             finish_delete(tenant, args);
         }},
};

}

constexpr Family kServers{.type = "server",
                          .plural = "servers",
                          .words = "server",
                          .sorts = kSortIdNameCreated,
                          .name_rule = NameRule::Host,
                          .view = view_server,
                          .matches = matches};

json::Value view_server(const Tenant& tenant, const Record& server) {
    json::Object out = public_part(server);
    const json::Value* type =
        tenant.catalogue.server_type(IdOrName{server.int64_or("_type", 0), {}});
    const std::string location(server.string_or("_location", ""));
    std::int64_t traffic = 0;
    for (const json::Value& price : *type->find("prices")->as_array()) {
        if (price.string_or("location", "") == location) {
            traffic = price.int64_or("included_traffic", 0);
        }
    }
    const json::Value* iso = tenant.catalogue.iso(IdOrName{server.int64_or("_iso", 0), {}});
    const Record* group = tenant.find("placement_group", server.int64_or("_placement_group", 0));
    out.set("server_type", *type);
    out.set("location", location_of(tenant, server));
    out.set("image", view_image(tenant, server.int64_or("_image", 0)));
    out.set("iso", iso == nullptr ? json::Value() : *iso);
    out.set("locked", is_held(tenant, "server", id_of(server)));
    out.set("public_net", json::Object{{"ipv4", public_ipv4(tenant, server)},
                                       {"ipv6", public_ipv6(tenant, server)},
                                       {"floating_ips", *server.find("_floating_ips")},
                                       {"firewalls", *server.find("_firewalls")}});
    out.set("private_net", private_nets(server));
    out.set("volumes", *server.find("_volumes"));
    out.set("load_balancers", json::Array{});
    out.set("placement_group", group == nullptr ? json::Value() : *group);
    out.set("included_traffic", traffic);
    out.set("ingoing_traffic", 0);
    out.set("outgoing_traffic", 0);
    return out;
}

base::Result<const Record*> require_free_server(Call& call) {
    const Record* server = TRY(require(call.tenant, kServers, call.id));
    TRY(require_free(call.tenant, "server", call.id));
    return server;
}

void set_status(Tenant& tenant, std::int64_t server, std::string_view status) {
    if (tenant.find("server", server) == nullptr) return;
    put(tenant.edit("server", server), "status", status);
}

bool has_interface(const Record& server) {
    return server.int64_or("_ipv4", 0) != 0 || server.int64_or("_ipv6", 0) != 0 ||
           !server.find("private_net")->as_array()->empty();
}

bool is_off(const Record& server) { return server.string_or("status", "") == "off"; }

base::Result<void> require_placement(const Tenant& tenant, std::int64_t group,
                                     std::int64_t server) {
    const Record* record = tenant.find("placement_group", group);
    if (record == nullptr) {
        return invalid_input(fmt::format("placement group with ID {} not found", group));
    }
    const json::Array& servers = *record->find("servers")->as_array();
    if (has_id(*record, "servers", server) || servers.size() < kMostOfGroup) return {};
    return refuse(422, "placement_group_member_limit_reached",
                  "the placement group has as many servers as it may");
}

void join_group(Tenant& tenant, std::int64_t group, std::int64_t server) {
    if (tenant.find("placement_group", group) == nullptr) return;
    if (tenant.find("server", server) == nullptr) return;
    add_id(tenant.edit("placement_group", group), "servers", server);
    put(tenant.edit("server", server), "_placement_group", group);
}

void leave_group(Tenant& tenant, std::int64_t server) {
    if (tenant.find("server", server) != nullptr) {
        put(tenant.edit("server", server), "_placement_group", 0);
    }
    std::vector<std::int64_t> groups;
    for (const auto& [id, group] : tenant.all("placement_group")) {
        if (has_id(group, "servers", server)) groups.push_back(id);
    }
    for (const std::int64_t id : groups) {
        remove_id(tenant.edit("placement_group", id), "servers", server);
    }
}

std::span<const Route> server_routes() { return kRoutes; }
std::span<const Effect> server_effects() { return kEffects; }

}
