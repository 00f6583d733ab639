#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/catalogue.hpp"
#include "sandbox/hetzner/families.hpp"
#include "sandbox/hetzner/ips.hpp"
#include "sandbox/kit/project.hpp"

#include <fmt/core.h>

namespace sandbox::hetzner {
namespace {

json::Value view(const Project& project, const Record& ip) {
    json::Object out = public_part(ip);
    out.set("home_location", location_of(project, ip));
    return out;
}

base::Result<const Record*> require_server(const Project& project, std::int64_t id) {
    const Record* server = project.find("server", id);
    if (server == nullptr) return invalid_input(fmt::format("server with ID {} not found", id));
    TRY(require_free(project, "server", id));
    return server;
}

// Ends in success at once, as the vendor's examples have it.
// They hold nothing: two changes of one floating address may follow each other at once.
std::int64_t done(Project& project, std::string_view command, std::int64_t ip,
                  std::int64_t server) {
    std::vector<ResourceRef> things{{"floating_ip", ip}};
    if (server != 0) things.push_back({"server", server});
    return begin_action(project, {.command = command, .resources = std::move(things)});
}

base::Result<Reply> create(ApiCall& call) {
    Project& project = call.project;
    Body body(call.body);
    const auto type = body.one_of("type", {"ipv4", "ipv6"});
    if (!type && !body.has("type")) body.missing("type");
    auto name = body.text("name");
    const auto description = body.text("description");
    const auto place = body.id_or_name("home_location");
    const auto server = body.number("server");
    auto labels = body.labels();
    if (!place && !server) {
        body.problem("home_location", "one of server and home_location is needed");
    }
    TRY(body.check());
    std::string location;
    if (server) {
        const Record* found = TRY(require_server(project, *server));
        location = std::string(found->string_or("_location", ""));
    }
    if (place) {
        const json::Value* found = catalogue_of(project).location(*place);
        if (found == nullptr) {
            return invalid_input(fmt::format("location '{}' not found", place->name));
        }
        location = std::string(found->string_or("name", ""));
    }
    if (name) TRY(require_new_name(project, kFloatingIps, *name));
    TRY(require_quota(project, kFloatingIps));
    const std::int64_t id = project.next_id();
    // A name is optional here alone.
    if (!name || name->empty()) name = fmt::format("floating-ip-{}", id);
    const std::string ip = next_address(project, *type);
    project.add("floating_ip",
                json::Object{{"id", id},
                             {"name", *name},
                             {"description", description ? json::Value(*description) : nullptr},
                             {"ip", ip},
                             {"type", *type},
                             {"server", nullptr},
                             {"dns_ptr", default_dns_ptr(*type, ip)},
                             {"blocked", false},
                             {"protection", json::Object{{"delete", false}}},
                             {"labels", labels.value_or(json::Object{})},
                             {"created", project.now_text()},
                             {"_location", location}});
    json::Object out;
    if (server) {
        assign_floating_ip(project, id, *server);
        out.set("action", view_action(project, done(project, "assign_floating_ip", id, *server)));
    }
    out.set("floating_ip", view(project, *project.find("floating_ip", id)));
    return Reply{.status = 201, .body = std::move(out)};
}

base::Result<Reply> update(ApiCall& call) {
    TRY(require(call.project, kFloatingIps, call.id));
    Body body(call.body);
    const auto description = body.text("description");
    TRY(body.check());
    // The description is a field of this family alone; the rest is as with all.
    TRY(update_name_and_labels(call, kFloatingIps));
    if (body.has("description")) {
        put(call.project.edit("floating_ip", call.id), "description",
            description ? json::Value(*description) : nullptr);
    }
    return reply_one(call.project, kFloatingIps, call.id);
}

base::Result<Reply> remove(ApiCall& call) {
    const Record* ip = TRY(require(call.project, kFloatingIps, call.id));
    TRY(require_unprotected(*ip, kFloatingIps));
    // Other than a volume, with a code of its own: clients tell the two apart by it.
    if (ip->int64_or("server", 0) != 0) {
        return refuse(422, "must_be_unassigned", "the floating IP must be unassigned first");
    }
    call.project.remove("floating_ip", call.id);
    return no_content();
}

base::Result<Reply> assign(ApiCall& call) {
    TRY(require(call.project, kFloatingIps, call.id));
    Body body(call.body);
    const std::int64_t server = body.required_number("server");
    TRY(body.check());
    TRY(require_server(call.project, server));
    assign_floating_ip(call.project, call.id, server);
    return reply_action(call.project, done(call.project, "assign_floating_ip", call.id, server));
}

base::Result<Reply> unassign(ApiCall& call) {
    const Record* ip = TRY(require(call.project, kFloatingIps, call.id));
    const std::int64_t server = ip->int64_or("server", 0);
    if (server == 0) return refuse(422, "service_error", "the floating IP is not assigned");
    TRY(require_free(call.project, "server", server));
    unassign_floating_ip(call.project, call.id);
    return reply_action(call.project, done(call.project, "unassign_floating_ip", call.id, server));
}

base::Result<Reply> change_dns_ptr(ApiCall& call) {
    TRY(require(call.project, kFloatingIps, call.id));
    TRY(set_dns_ptr(call.project.edit("floating_ip", call.id), call.body));
    return reply_action(call.project, done(call.project, "change_dns_ptr", call.id, 0));
}

constexpr Route kRoutes[] = {
    {"GET", "/floating_ips", list_of<kFloatingIps>},
    {"POST", "/floating_ips", create},
    {"GET", "/floating_ips/actions", all_actions_of<kFloatingIps>},
    {"GET", "/floating_ips/actions/{id:integer}", any_action_of<kFloatingIps>},
    {"GET", "/floating_ips/{id:integer}", show_of<kFloatingIps>},
    {"PUT", "/floating_ips/{id:integer}", update},
    {"DELETE", "/floating_ips/{id:integer}", remove},
    {"GET", "/floating_ips/{id:integer}/actions", actions_of<kFloatingIps>},
    {"GET", "/floating_ips/{id:integer}/actions/{action_id:integer}", action_of<kFloatingIps>},
    {"POST", "/floating_ips/{id:integer}/actions/assign", assign},
    {"POST", "/floating_ips/{id:integer}/actions/unassign", unassign},
    {"POST", "/floating_ips/{id:integer}/actions/change_dns_ptr", change_dns_ptr},
    {"POST", "/floating_ips/{id:integer}/actions/change_protection", protect_of<kFloatingIps>},
};

}

constexpr Family kFloatingIps{.type = "floating_ip",
                              .plural = "floating_ips",
                              .words = "floating IP",
                              .sorts = kSortIdCreated,
                              .view = view};

std::span<const Route> floating_ip_routes() { return kRoutes; }

}
