#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/catalogue.hpp"
#include "sandbox/hetzner/families.hpp"
#include "sandbox/hetzner/ips.hpp"
#include "sandbox/kit/project.hpp"

#include <fmt/core.h>

namespace sandbox::hetzner {
namespace {

constexpr std::chrono::milliseconds kAssign{2000};

json::Value view(const Project& project, const Record& ip) {
    json::Object out = public_part(ip);
    const bool is_assigned = ip.int64_or("assignee_id", 0) != 0;
    out.set("assignee_type", is_assigned ? "server" : "unassigned");
    out.set("location", location_of(project, ip));
    return out;
}

bool matches(const ApiCall& call, const Record& record) {
    const auto ip = call.query.find("ip");
    return !ip || ip->empty() || record.string_or("ip", "") == *ip;
}

// A server that may get the address: there, off, without one of the type.
// In the order in which a client can do something about it: the server first, then its state, then
// its addresses.
base::Result<const Record*> require_assignee(const Project& project, std::int64_t id,
                                             std::string_view type) {
    const Record* server = project.find("server", id);
    if (server == nullptr) return invalid_input(fmt::format("server with ID {} not found", id));
    TRY(require_free(project, "server", id));
    if (server->string_or("status", "") != "off") {
        return refuse(422, "server_not_stopped", "the server must be stopped");
    }
    const std::string version(type);
    if (server->int64_or("_" + version, 0) != 0) {
        return refuse(422, "server_has_" + version,
                      fmt::format("the server already has an {} address", type));
    }
    return server;
}

base::Result<Reply> create(ApiCall& call) {
    Project& project = call.project;
    Body body(call.body);
    const std::string name = read_name(body, check_text_name);
    const auto type = body.one_of("type", {"ipv4", "ipv6"});
    if (!type && !body.has("type")) body.missing("type");
    // Read for its form; there is only one kind.
    (void)body.one_of("assignee_type", {"server"});
    const auto assignee = body.number("assignee_id");
    const auto place = body.id_or_name("location");
    const bool auto_delete = body.flag("auto_delete").value_or(false);
    auto labels = body.labels();
    // The vendor took it away; clients that still send it are to notice.
    if (body.find("datacenter") != nullptr) {
        body.problem("datacenter", "was removed, use location");
    }
    if (assignee && place) body.problem("location", "cannot be given together with assignee_id");
    if (!assignee && !place) body.problem("location", "one of assignee_id and location is needed");
    TRY(body.check());
    std::string location;
    if (assignee) {
        const Record* server = TRY(require_assignee(project, *assignee, *type));
        location = std::string(server->string_or("_location", ""));
    } else {
        const json::Value* found = catalogue_of(project).location(*place);
        if (found == nullptr) {
            return invalid_input(fmt::format("location '{}' not found", place->name));
        }
        location = std::string(found->string_or("name", ""));
    }
    TRY(require_new_name(project, kPrimaryIps, name));
    TRY(require_quota(project, kPrimaryIps));
    const std::int64_t id = make_primary_ip(project, {.name = name,
                                                      .type = *type,
                                                      .location = location,
                                                      .auto_delete = auto_delete,
                                                      .labels = labels.value_or(json::Object{})});
    json::Object out;
    if (assignee) {
        const std::int64_t action =
            begin_action(project, {.command = "assign_primary_ip",
                                   .resources = {{"primary_ip", id}, {"server", *assignee}},
                                   .duration = kAssign,
                                   .args = json::Object{{"ip", id}, {"server", *assignee}}});
        // Only where something goes on: with a location alone it is there at once.
        out.set("action", view_action(project, action));
    }
    out.set("primary_ip", view(project, *project.find("primary_ip", id)));
    return Reply{.status = 201, .body = std::move(out)};
}

base::Result<Reply> update(ApiCall& call) {
    TRY(require(call.project, kPrimaryIps, call.id));
    Body body(call.body);
    const auto auto_delete = body.flag("auto_delete");
    TRY(body.check());
    TRY(update_name_and_labels(call, kPrimaryIps));
    if (auto_delete) put(call.project.edit("primary_ip", call.id), "auto_delete", *auto_delete);
    return reply_one(call.project, kPrimaryIps, call.id);
}

base::Result<Reply> remove(ApiCall& call) {
    const Record* ip = TRY(require(call.project, kPrimaryIps, call.id));
    TRY(require_unprotected(*ip, kPrimaryIps));
    if (ip->int64_or("assignee_id", 0) != 0) {
        return refuse(422, "must_be_unassigned", "the primary IP must be unassigned first");
    }
    TRY(require_free(call.project, "primary_ip", call.id));
    call.project.remove("primary_ip", call.id);
    return no_content();
}

base::Result<Reply> assign(ApiCall& call) {
    Project& project = call.project;
    const Record* ip = TRY(require(project, kPrimaryIps, call.id));
    Body body(call.body);
    const std::int64_t server = body.required_number("assignee_id");
    (void)body.one_of("assignee_type", {"server"});
    TRY(body.check());
    TRY(require_free(project, "primary_ip", call.id));
    if (ip->int64_or("assignee_id", 0) != 0) {
        return refuse(422, "primary_ip_already_assigned", "the primary IP is assigned already");
    }
    const Record* assignee = TRY(require_assignee(project, server, ip->string_or("type", "")));
    // An address is bound to the place where it was made.
    if (assignee->string_or("_location", "") != ip->string_or("_location", "")) {
        return invalid_input("the primary IP and the server are in different locations");
    }
    const std::int64_t action =
        begin_action(project, {.command = "assign_primary_ip",
                               .resources = {{"primary_ip", call.id}, {"server", server}},
                               .duration = kAssign,
                               .args = json::Object{{"ip", call.id}, {"server", server}}});
    return reply_action(project, action);
}

base::Result<Reply> unassign(ApiCall& call) {
    Project& project = call.project;
    const Record* ip = TRY(require(project, kPrimaryIps, call.id));
    const std::int64_t server = ip->int64_or("assignee_id", 0);
    if (server == 0) {
        return refuse(422, "service_error", "the primary IP is not assigned");
    }
    TRY(require_free(project, "primary_ip", call.id));
    // Locks are looked at before the state: while the server shuts down, "locked" is the
    // truer answer.
    TRY(require_free(project, "server", server));
    const Record* assignee = project.find("server", server);
    if (assignee != nullptr && assignee->string_or("status", "") != "off") {
        return refuse(422, "server_not_stopped", "the server must be stopped");
    }
    const std::int64_t action =
        begin_action(project, {.command = "unassign_primary_ip",
                               .resources = {{"primary_ip", call.id}, {"server", server}},
                               .duration = kAssign,
                               .args = json::Object{{"ip", call.id}}});
    return reply_action(project, action);
}

base::Result<Reply> change_dns_ptr(ApiCall& call) {
    TRY(require(call.project, kPrimaryIps, call.id));
    TRY(require_free(call.project, "primary_ip", call.id));
    TRY(set_dns_ptr(call.project.edit("primary_ip", call.id), call.body));
    const std::int64_t action = begin_action(
        call.project, {.command = "change_dns_ptr", .resources = {{"primary_ip", call.id}}});
    return reply_action(call.project, action);
}

constexpr Route kRoutes[] = {
    {"GET", "/primary_ips", list_of<kPrimaryIps>},
    {"POST", "/primary_ips", create},
    {"GET", "/primary_ips/actions", all_actions_of<kPrimaryIps>},
    {"GET", "/primary_ips/actions/{id:integer}", any_action_of<kPrimaryIps>},
    {"GET", "/primary_ips/{id:integer}", show_of<kPrimaryIps>},
    {"PUT", "/primary_ips/{id:integer}", update},
    {"DELETE", "/primary_ips/{id:integer}", remove},
    {"GET", "/primary_ips/{id:integer}/actions", actions_of<kPrimaryIps>},
    {"GET", "/primary_ips/{id:integer}/actions/{action_id:integer}", action_of<kPrimaryIps>},
    {"POST", "/primary_ips/{id:integer}/actions/assign", assign},
    {"POST", "/primary_ips/{id:integer}/actions/unassign", unassign},
    {"POST", "/primary_ips/{id:integer}/actions/change_dns_ptr", change_dns_ptr},
    {"POST", "/primary_ips/{id:integer}/actions/change_protection", protect_of<kPrimaryIps>},
};

constexpr Effect kEffects[] = {
    {.command = "assign_primary_ip",
     .finish =
         [](Project& project, const json::Value& args) {
             assign_primary_ip(project, args.int64_or("ip", 0), args.int64_or("server", 0));
         }},
    {.command = "unassign_primary_ip",
     .finish =
         [](Project& project, const json::Value& args) {
             unassign_primary_ip(project, args.int64_or("ip", 0));
         }},
};

}

constexpr Family kPrimaryIps{.type = "primary_ip",
                             .plural = "primary_ips",
                             .words = "primary IP",
                             .sorts = kSortIdCreated,
                             .view = view,
                             .matches = matches};

std::span<const Route> primary_ip_routes() { return kRoutes; }
std::span<const Effect> primary_ip_effects() { return kEffects; }

}
