#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/catalogue.hpp"
#include "sandbox/hetzner/families.hpp"
#include "sandbox/hetzner/ips.hpp"
#include "sandbox/hetzner/view.hpp"

#include <fmt/core.h>

namespace sandbox::hetzner {
namespace {

json::Value view(const Tenant& tenant, const Record& ip) {
    json::Object out = public_part(ip);
    out.set("home_location", location_of(tenant, ip));
    return out;
}

base::Result<const Record*> require_server(const Tenant& tenant, std::int64_t id) {
    const Record* server = tenant.find("server", id);
    if (server == nullptr) return invalid_input(fmt::format("server with ID {} not found", id));
    TRY(require_free(tenant, "server", id));
    return server;
}

// Ends in success at once, as the vendor's examples have it.
std::int64_t done(Tenant& tenant, std::string_view command, std::int64_t ip, std::int64_t server) {
    std::vector<ResourceRef> things{{"floating_ip", ip}};
    if (server != 0) things.push_back({"server", server});
    return begin_action(tenant, {.command = command, .resources = std::move(things)});
}

base::Result<Reply> create(Call& call) {
    Tenant& tenant = call.tenant;
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
        const Record* found = TRY(require_server(tenant, *server));
        location = std::string(found->string_or("_location", ""));
    }
    if (place) {
        const json::Value* found = tenant.catalogue.location(*place);
        if (found == nullptr) {
            return invalid_input(fmt::format("location '{}' not found", place->name));
        }
        location = std::string(found->string_or("name", ""));
    }
    if (name) TRY(require_new_name(tenant, kFloatingIps, *name));
    TRY(require_quota(tenant, kFloatingIps));
    const std::int64_t id = tenant.next_id();
    if (!name || name->empty()) name = fmt::format("floating-ip-{}", id);
    const std::string ip = next_address(tenant, *type);
    tenant.add("floating_ip",
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
                            {"created", tenant.now_text()},
                            {"_location", location}});
    json::Object out;
    if (server) {
        assign_floating_ip(tenant, id, *server);
        out.set("action", view_action(tenant, done(tenant, "assign_floating_ip", id, *server)));
    }
    out.set("floating_ip", view(tenant, *tenant.find("floating_ip", id)));
    return Reply{.status = 201, .body = std::move(out)};
}

base::Result<Reply> update(Call& call) {
    TRY(require(call.tenant, kFloatingIps, call.id));
    Body body(call.body);
    const auto description = body.text("description");
    TRY(body.check());
    TRY(update_name_and_labels(call, kFloatingIps));
    if (body.has("description")) {
        put(call.tenant.edit("floating_ip", call.id), "description",
            description ? json::Value(*description) : nullptr);
    }
    return reply_one(call.tenant, kFloatingIps, call.id);
}

base::Result<Reply> remove(Call& call) {
    const Record* ip = TRY(require(call.tenant, kFloatingIps, call.id));
    TRY(require_unprotected(*ip, kFloatingIps));
    if (ip->int64_or("server", 0) != 0) {
        return refuse(422, "must_be_unassigned", "the floating IP must be unassigned first");
    }
    call.tenant.remove("floating_ip", call.id);
    return no_content();
}

base::Result<Reply> assign(Call& call) {
    TRY(require(call.tenant, kFloatingIps, call.id));
    Body body(call.body);
    const std::int64_t server = body.required_number("server");
    TRY(body.check());
    TRY(require_server(call.tenant, server));
    assign_floating_ip(call.tenant, call.id, server);
    return reply_action(call.tenant, done(call.tenant, "assign_floating_ip", call.id, server));
}

base::Result<Reply> unassign(Call& call) {
    const Record* ip = TRY(require(call.tenant, kFloatingIps, call.id));
    const std::int64_t server = ip->int64_or("server", 0);
    if (server == 0) return refuse(422, "service_error", "the floating IP is not assigned");
    TRY(require_free(call.tenant, "server", server));
    unassign_floating_ip(call.tenant, call.id);
    return reply_action(call.tenant, done(call.tenant, "unassign_floating_ip", call.id, server));
}

base::Result<Reply> change_dns_ptr(Call& call) {
    TRY(require(call.tenant, kFloatingIps, call.id));
    TRY(set_dns_ptr(call.tenant.edit("floating_ip", call.id), call.body));
    return reply_action(call.tenant, done(call.tenant, "change_dns_ptr", call.id, 0));
}

constexpr Route kRoutes[] = {
    {"GET", "/floating_ips", list_of<kFloatingIps>},
    {"POST", "/floating_ips", create},
    {"GET", "/floating_ips/actions", all_actions_of<kFloatingIps>},
    {"GET", "/floating_ips/actions/{id}", any_action_of<kFloatingIps>},
    {"GET", "/floating_ips/{id}", show_of<kFloatingIps>},
    {"PUT", "/floating_ips/{id}", update},
    {"DELETE", "/floating_ips/{id}", remove},
    {"GET", "/floating_ips/{id}/actions", actions_of<kFloatingIps>},
    {"GET", "/floating_ips/{id}/actions/{action_id}", action_of<kFloatingIps>},
    {"POST", "/floating_ips/{id}/actions/assign", assign},
    {"POST", "/floating_ips/{id}/actions/unassign", unassign},
    {"POST", "/floating_ips/{id}/actions/change_dns_ptr", change_dns_ptr},
    {"POST", "/floating_ips/{id}/actions/change_protection", protect_of<kFloatingIps>},
};

}

constexpr Family kFloatingIps{.type = "floating_ip",
                              .plural = "floating_ips",
                              .words = "floating IP",
                              .sorts = kSortIdCreated,
                              .view = view};

std::span<const Route> floating_ip_routes() { return kRoutes; }

}
