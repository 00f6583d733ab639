#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/families.hpp"
#include "sandbox/hetzner/ips.hpp"
#include "sandbox/hetzner/private_net.hpp"
#include "sandbox/hetzner/servers.hpp"

#include <fmt/core.h>

namespace sandbox::hetzner {
namespace {

constexpr std::size_t kMostNetworks = 3;

std::int64_t server_in(const json::Value& args) { return args.int64_or("server", 0); }
std::int64_t network_in(const json::Value& args) { return args.int64_or("network", 0); }

base::Result<Reply> begin(ApiCall& call, std::string_view command, std::int64_t network,
                          json::Object args) {
    args.set("server", call.id);
    args.set("network", network);
    const std::int64_t action =
        begin_action(call.project, {.command = command,
                                    .resources = {{"server", call.id}, {"network", network}},
                                    .duration = kAttachNetwork,
                                    .args = std::move(args),
                                    // Only the server is locked, so that many servers may join one
                                    // network at the same time; private_net.cpp says what then
                                    // must not happen.
                                    .locked = std::vector<ResourceRef>{{"server", call.id}}});
    return reply_action(call.project, action);
}

base::Result<Reply> attach(ApiCall& call) {
    const Record* server = TRY(require_free_server(call));
    Body body(call.body);
    Attachment wanted{.network = body.required_number("network"),
                      .ip = body.text("ip"),
                      .ip_range = body.text("ip_range"),
                      .alias_ips = body.texts("alias_ips")};
    TRY(body.check());
    if (is_attached(*server, wanted.network)) {
        return refuse(422, "server_already_attached", "server is already attached to network");
    }
    if (server->find("private_net")->as_array()->size() >= kMostNetworks) {
        return over_limit("network_limit", "the server is attached to as many networks as it may");
    }
    // Reserved before the action begins: the next request must not get the same address.
    TRY(reserve_attachment(call.project, call.id, wanted));
    return begin(call, "attach_to_network", wanted.network, {});
}

base::Result<Reply> detach(ApiCall& call) {
    const Record* server = TRY(require_free_server(call));
    Body body(call.body);
    const std::int64_t network = body.required_number("network");
    TRY(body.check());
    if (!is_attached(*server, network)) {
        return invalid_input(fmt::format("the server is not attached to network {}", network));
    }
    TRY(require_free_network(call.project, network));
    return begin(call, "detach_from_network", network, {});
}

base::Result<Reply> change_alias_ips(ApiCall& call) {
    const Record* server = TRY(require_free_server(call));
    Body body(call.body);
    const std::int64_t network = body.required_number("network");
    const auto wanted = body.texts("alias_ips");
    if (body.find("alias_ips") == nullptr) body.missing("alias_ips");
    TRY(body.check());
    if (!is_attached(*server, network)) {
        return invalid_input(fmt::format("the server is not attached to network {}", network));
    }
    TRY(require_free_network(call.project, network));
    json::Array aliases;
    for (std::string& alias : TRY(checked_aliases(call.project, network, call.id, wanted))) {
        aliases.emplace_back(std::move(alias));
    }
    return begin(call, "change_alias_ips", network, json::Object{{"alias_ips", aliases}});
}

base::Result<Reply> change_dns_ptr(ApiCall& call) {
    Project& project = call.project;
    const Record* server = TRY(require_free_server(call));
    // By the form of the address: the server has one of each kind at most.
    const bool is_v6 = call.body.string_or("ip", "").find(':') != std::string_view::npos;
    const std::int64_t ip = server->int64_or(is_v6 ? "_ipv6" : "_ipv4", 0);
    if (project.find("primary_ip", ip) == nullptr) {
        return invalid("ip", "does not belong to this resource");
    }
    TRY(set_dns_ptr(project.edit("primary_ip", ip), call.body));
    const std::int64_t action =
        begin_action(project, {.command = "change_dns_ptr", .resources = {{"server", call.id}}});
    return reply_action(project, action);
}

constexpr Route kRoutes[] = {
    {"POST", "/servers/{id:integer}/actions/attach_to_network", attach},
    {"POST", "/servers/{id:integer}/actions/detach_from_network", detach},
    {"POST", "/servers/{id:integer}/actions/change_alias_ips", change_alias_ips},
    {"POST", "/servers/{id:integer}/actions/change_dns_ptr", change_dns_ptr},
};

constexpr Effect kEffects[] = {
    {.command = "attach_to_network",
     .finish =
         [](Project& project, const json::Value& args) {
             finish_attachment(project, server_in(args), network_in(args));
         },
     .undo =
         [](Project& project, const json::Value& args) {
             detach_network(project, server_in(args), network_in(args));
         }},
    {.command = "detach_from_network",
     .finish =
         [](Project& project, const json::Value& args) {
             detach_network(project, server_in(args), network_in(args));
         }},
    {.command = "change_alias_ips",
     .finish =
         [](Project& project, const json::Value& args) {
             if (project.find("server", server_in(args)) == nullptr) return;
             for (json::Value& net :
                  list_in(project.edit("server", server_in(args)), "private_net")) {
                 if (net.int64_or("network", 0) != network_in(args)) continue;
                 put(net, "alias_ips", *args.find("alias_ips"));
             }
         }},
};

}

std::span<const Route> server_network_routes() { return kRoutes; }
std::span<const Effect> server_network_effects() { return kEffects; }

}
