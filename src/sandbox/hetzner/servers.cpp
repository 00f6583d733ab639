#include "sandbox/hetzner/servers.hpp"

#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/catalogue.hpp"
#include "sandbox/hetzner/families.hpp"
#include "sandbox/hetzner/firewalls.hpp"
#include "sandbox/hetzner/images.hpp"
#include "sandbox/hetzner/ips.hpp"
#include "sandbox/hetzner/private_net.hpp"
#include "sandbox/hetzner/volumes.hpp"
#include "sandbox/kit/project.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace sandbox::hetzner {
namespace {

constexpr std::chrono::milliseconds kDelete{3000};
constexpr std::size_t kMostOfGroup = 10;

json::Value public_ipv4(const Project& project, const Record& server) {
    const Record* ip = project.find("primary_ip", server.int64_or("_ipv4", 0));
    if (ip == nullptr) return {};
    const json::Array& entries = *ip->find("dns_ptr")->as_array();
    return json::Object{{"id", id_of(*ip)},
                        {"ip", *ip->find("ip")},
                        {"blocked", false},
                        {"dns_ptr", entries.empty() ? "" : entries[0].string_or("dns_ptr", "")}};
}

json::Value public_ipv6(const Project& project, const Record& server) {
    const Record* ip = project.find("primary_ip", server.int64_or("_ipv6", 0));
    if (ip == nullptr) return {};
    return json::Object{{"id", id_of(*ip)},
                        {"ip", *ip->find("ip")},
                        {"blocked", false},
                        {"dns_ptr", *ip->find("dns_ptr")}};
}

json::Value private_nets(const Record& server) {
    json::Array out;
    for (const json::Value& net : *server.find("private_net")->as_array()) {
        // A network that is still being attached is not shown, although its address is taken.
        if (!net.bool_or("_pending", false)) out.emplace_back(public_part(net));
    }
    return out;
}

bool matches(const ApiCall& call, const Record& server) {
    const auto wanted = call.query.all("status");
    return wanted.empty() ||
           std::find(wanted.begin(), wanted.end(), server.string_or("status", "")) != wanted.end();
}

base::Result<Reply> update(ApiCall& call) {
    const Record* server = TRY(require(call.project, kServers, call.id));
    const json::Value before = *server->find("labels");
    TRY(update_name_and_labels(call, kServers));
    // Only when labels changed: each look takes a timer and a walk over all firewalls.
    if (*call.project.find("server", call.id)->find("labels") != before) {
        sync_selectors_later(call.project, call.id);
    }
    return reply_one(call.project, kServers, call.id);
}

// What the server had is given back when the action ends; it is out of sight at once.
base::Result<Reply> remove(ApiCall& call) {
    Project& project = call.project;
    const Record* server = TRY(require(project, kServers, call.id));
    TRY(require_unprotected(*server, kServers));
    TRY(require_free(project, "server", call.id));
    // Out of the table at once (404 from now on), and kept beside it until the action ends: if
    // that fails, the server is there again.
    Record gone = *server;
    put(gone, "status", "deleting");
    project.remove("server", call.id);
    project.add("_gone_server", std::move(gone));
    const std::int64_t action = begin_action(project, {.command = "delete_server",
                                                       .resources = {{"server", call.id}},
                                                       .duration = kDelete,
                                                       .args = json::Object{{"server", call.id}}});
    return Reply{.status = 200, .body = json::Object{{"action", view_action(project, action)}}};
}

void give_back_ips(Project& project, const Record& gone) {
    for (const char* version : {"_ipv4", "_ipv6"}) {
        const std::int64_t id = gone.int64_or(version, 0);
        const Record* ip = project.find("primary_ip", id);
        if (ip == nullptr) continue;
        if (ip->bool_or("auto_delete", false)) {
            project.remove("primary_ip", id);
        } else {
            unassign_primary_ip(project, id);
        }
    }
    for (const json::Value& id : *gone.find("_floating_ips")->as_array()) {
        unassign_floating_ip(project, *id.as_int64());
    }
}

void finish_delete(Project& project, const json::Value& args) {
    const std::int64_t id = args.int64_or("server", 0);
    const Record* found = project.find("_gone_server", id);
    if (found == nullptr) return;
    // A copy: what follows edits the tables that it lies in.
    const Record gone = *found;
    project.remove("_gone_server", id);
    // Now and not before: until the action ends, volumes are attached and addresses assigned, and
    // a client that deletes them too early gets an error, as at the vendor.
    for (const json::Value& volume : *gone.find("_volumes")->as_array()) {
        detach_volume(project, *volume.as_int64());
    }
    give_back_ips(project, gone);
    for (const json::Value& net : *gone.find("private_net")->as_array()) {
        detach_network(project, id, net.int64_or("network", 0));
    }
    forget_server_in_firewalls(project, id);
    leave_group(project, id);
    // Backups are bound to the server and go with it; snapshots are the project's.
    std::vector<std::int64_t> backups;
    for (const auto& [number, image] : project.all("image")) {
        if (image.int64_or("bound_to", 0) == id) backups.push_back(number);
    }
    for (const std::int64_t image : backups) project.remove("image", image);
}

// Off, not as it was: what a failed deletion does is not known, and off is the careful guess.
void undo_delete(Project& project, const json::Value& args) {
    const std::int64_t id = args.int64_or("server", 0);
    const Record* found = project.find("_gone_server", id);
    if (found == nullptr) return;
    Record server = *found;
    put(server, "status", "off");
    project.remove("_gone_server", id);
    project.add("server", std::move(server));
}

constexpr Route kRoutes[] = {
    {"GET", "/servers", list_of<kServers>},
    {"POST", "/servers", create_server},
    {"GET", "/servers/actions", all_actions_of<kServers>},
    {"GET", "/servers/actions/{id:integer}", any_action_of<kServers>},
    {"GET", "/servers/{id:integer}", show_of<kServers>},
    {"PUT", "/servers/{id:integer}", update},
    {"DELETE", "/servers/{id:integer}", remove},
    {"GET", "/servers/{id:integer}/actions", actions_of<kServers>},
    {"GET", "/servers/{id:integer}/actions/{action_id:integer}", action_of<kServers>},
};

constexpr Effect kEffects[] = {
    {.command = "delete_server", .finish = finish_delete, .undo = undo_delete},
    {.command = "create_server",
     .finish =
         [](Project& project, const json::Value& args) {
             set_status(project, args.int64_or("server", 0), "off");
         },
     // A creation that fails takes everything with it that it had reserved, by the way of a
     // deletion.
     .undo =
         [](Project& project, const json::Value& args) {
             const Record* server = project.find("server", args.int64_or("server", 0));
             if (server == nullptr) return;
             project.add("_gone_server", *server);
             project.remove("server", args.int64_or("server", 0));
             finish_delete(project, args);
         }},
};

}

constexpr Family kServers{.type = "server",
                          .plural = "servers",
                          .words = "server",
                          .sorts = kSortIdNameCreated,
                          .problem_of_name = check_host_name,
                          .view = view_server,
                          .matches = matches};

json::Value view_server(const Project& project, const Record& server) {
    json::Object out = public_part(server);
    const json::Value* type =
        catalogue_of(project).server_type(IdOrName{server.int64_or("_type", 0), {}});
    const std::string location(server.string_or("_location", ""));
    // How much traffic is included depends on the location.
    std::int64_t traffic = 0;
    for (const json::Value& price : *type->find("prices")->as_array()) {
        if (price.string_or("location", "") == location) {
            traffic = price.int64_or("included_traffic", 0);
        }
    }
    const json::Value* iso = catalogue_of(project).iso(IdOrName{server.int64_or("_iso", 0), {}});
    const Record* group = project.find("placement_group", server.int64_or("_placement_group", 0));
    out.set("server_type", *type);
    out.set("location", location_of(project, server));
    out.set("image", view_image(project, server.int64_or("_image", 0)));
    out.set("iso", iso == nullptr ? json::Value() : *iso);
    // Derived from the actions that hold it; nothing to forget when one ends.
    out.set("locked", is_locked(project, "server", id_of(server)));
    out.set("public_net", json::Object{{"ipv4", public_ipv4(project, server)},
                                       {"ipv6", public_ipv6(project, server)},
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

base::Result<const Record*> require_free_server(ApiCall& call) {
    const Record* server = TRY(require(call.project, kServers, call.id));
    TRY(require_free(call.project, "server", call.id));
    return server;
}

void set_status(Project& project, std::int64_t server, std::string_view status) {
    if (project.find("server", server) == nullptr) return;
    put(project.edit("server", server), "status", status);
}

bool has_interface(const Record& server) {
    return server.int64_or("_ipv4", 0) != 0 || server.int64_or("_ipv6", 0) != 0 ||
           !server.find("private_net")->as_array()->empty();
}

bool is_off(const Record& server) { return server.string_or("status", "") == "off"; }

base::Result<void> require_placement(const Project& project, std::int64_t group,
                                     std::int64_t server) {
    const Record* record = project.find("placement_group", group);
    if (record == nullptr) {
        return invalid_input(fmt::format("placement group with ID {} not found", group));
    }
    const json::Array& servers = *record->find("servers")->as_array();
    // One that is a member already does not need a place.
    if (has_id(*record, "servers", server) || servers.size() < kMostOfGroup) return {};
    return refuse(422, "placement_group_member_limit_reached",
                  "the placement group has as many servers as it may");
}

void join_group(Project& project, std::int64_t group, std::int64_t server) {
    if (project.find("placement_group", group) == nullptr) return;
    if (project.find("server", server) == nullptr) return;
    add_id(project.edit("placement_group", group), "servers", server);
    put(project.edit("server", server), "_placement_group", group);
}

void leave_group(Project& project, std::int64_t server) {
    if (project.find("server", server) != nullptr) {
        put(project.edit("server", server), "_placement_group", 0);
    }
    std::vector<std::int64_t> groups;
    for (const auto& [id, group] : project.all("placement_group")) {
        if (has_id(group, "servers", server)) groups.push_back(id);
    }
    for (const std::int64_t id : groups) {
        remove_id(project.edit("placement_group", id), "servers", server);
    }
}

std::span<const Route> server_routes() { return kRoutes; }
std::span<const Effect> server_effects() { return kEffects; }

}
