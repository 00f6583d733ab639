#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/families.hpp"
#include "sandbox/hetzner/network_parts.hpp"
#include "sandbox/hetzner/private_net.hpp"
#include "sandbox/kit/address.hpp"
#include "sandbox/kit/project.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace sandbox::hetzner {
namespace {

constexpr std::chrono::milliseconds kChange{1500};
// The vendor's smallest: a /24.
constexpr int kSmallestNetwork = 24;   // bits

json::Value view(const Project&, const Record& network) { return public_part(network); }

std::int64_t network_in(const json::Value& args) { return args.int64_or("network", 0); }

base::Result<Reply> create(ApiCall& call) {
    Project& project = call.project;
    Body body(call.body);
    const std::string name = read_name(body, check_text_name);
    const auto range = parse_net4(body.required_text("ip_range"));
    if (body.find("ip_range") != nullptr &&
        (!range || !is_private(*range) || range->bits > kSmallestNetwork)) {
        body.problem("ip_range", "must be a private network of at least /24");
    }
    auto labels = body.labels();
    const bool exposed = body.flag("expose_routes_to_vswitch").value_or(false);
    const json::Array* subnets = body.objects("subnets");
    const json::Array* routes = body.objects("routes");
    TRY(body.check());
    // A draft without an id: subnets and routes are checked one against the other while they are
    // put in.
    Record network = json::Object{
        {"ip_range", range->text()}, {"subnets", json::Array{}}, {"routes", json::Array{}}};
    for (std::size_t i = 0; subnets != nullptr && i < subnets->size(); ++i) {
        auto subnet = TRY(read_subnet(network, (*subnets)[i], fmt::format("subnets.{}.", i)));
        list_in(network, "subnets").push_back(std::move(subnet));
    }
    for (std::size_t i = 0; routes != nullptr && i < routes->size(); ++i) {
        auto route = TRY(read_route(network, (*routes)[i], fmt::format("routes.{}.", i)));
        list_in(network, "routes").push_back(std::move(route));
    }
    TRY(require_new_name(project, kNetworks, name));
    TRY(require_quota(project, kNetworks));
    const std::int64_t id = project.next_id();
    put(network, "id", id);
    put(network, "name", name);
    put(network, "servers", json::Array{});
    put(network, "load_balancers", json::Array{});
    put(network, "protection", json::Object{{"delete", false}});
    put(network, "labels", labels.value_or(json::Object{}));
    put(network, "created", project.now_text());
    put(network, "expose_routes_to_vswitch", exposed);
    project.add("network", std::move(network));
    return reply_one(project, kNetworks, id, 201);
}

base::Result<Reply> update(ApiCall& call) {
    TRY(require(call.project, kNetworks, call.id));
    Body body(call.body);
    const auto exposed = body.flag("expose_routes_to_vswitch");
    TRY(body.check());
    TRY(update_name_and_labels(call, kNetworks));
    if (exposed) {
        put(call.project.edit("network", call.id), "expose_routes_to_vswitch", *exposed);
    }
    return reply_one(call.project, kNetworks, call.id);
}

base::Result<Reply> remove(ApiCall& call) {
    Project& project = call.project;
    const Record* network = TRY(require(project, kNetworks, call.id));
    TRY(require_unprotected(*network, kNetworks));
    // While a part of it changes, it cannot be deleted.
    TRY(require_free_network(project, call.id));
    // Collected first, then detached: detaching edits the table of servers.
    std::vector<std::int64_t> members;
    for (const auto& [id, server] : project.all("server")) {
        if (is_attached(server, call.id)) members.push_back(id);
    }
    for (const std::int64_t id : members) detach_network(project, id, call.id);
    project.remove("network", call.id);
    return no_content();
}

// Begins an action that holds the network; what it does is in `args`.
base::Result<Reply> begin(ApiCall& call, std::string_view command, json::Object args) {
    args.set("network", call.id);
    const std::int64_t action = begin_action(call.project, {.command = command,
                                                            .resources = {{"network", call.id}},
                                                            .duration = kChange,
                                                            .args = std::move(args)});
    return reply_action(call.project, action);
}

base::Result<const Record*> require_changeable(ApiCall& call) {
    const Record* network = TRY(require(call.project, kNetworks, call.id));
    TRY(require_free_network(call.project, call.id));
    return network;
}

base::Result<Reply> add_subnet(ApiCall& call) {
    const Record* network = TRY(require_changeable(call));
    auto subnet = TRY(read_subnet(*network, call.body, ""));
    return begin(call, "add_subnet", json::Object{{"subnet", std::move(subnet)}});
}

base::Result<Reply> delete_subnet(ApiCall& call) {
    const Record* network = TRY(require_changeable(call));
    Body body(call.body);
    const std::string text = body.required_text("ip_range");
    TRY(body.check());
    const auto range = parse_net4(text);
    const json::Array& subnets = *network->find("subnets")->as_array();
    // Compared in the form that is kept, so the spelling of a request does not matter.
    const bool known = range && std::any_of(subnets.begin(), subnets.end(), [&](const auto& one) {
                           return one.string_or("ip_range", "") == range->text();
                       });
    if (!known) return not_found("subnet");
    for (const auto& [id, server] : call.project.all("server")) {
        for (const json::Value& net : *server.find("private_net")->as_array()) {
            const auto ip = parse_ipv4(net.string_or("ip", ""));
            if (net.int64_or("network", 0) == call.id && ip && range->contains(*ip)) {
                return refuse(422, "service_error",
                              "cannot remove subnet because servers are attached to it");
            }
        }
    }
    return begin(call, "delete_subnet", json::Object{{"ip_range", range->text()}});
}

base::Result<Reply> add_route(ApiCall& call) {
    const Record* network = TRY(require_changeable(call));
    auto route = TRY(read_route(*network, call.body, ""));
    return begin(call, "add_route", json::Object{{"route", std::move(route)}});
}

base::Result<Reply> delete_route(ApiCall& call) {
    const Record* network = TRY(require_changeable(call));
    Body body(call.body);
    const std::string destination = body.required_text("destination");
    const std::string gateway = body.required_text("gateway");
    TRY(body.check());
    json::Value route = json::Object{{"destination", destination}, {"gateway", gateway}};
    const json::Array& routes = *network->find("routes")->as_array();
    // A route has no id: both ends together name it.
    if (std::find(routes.begin(), routes.end(), route) == routes.end()) return not_found("route");
    return begin(call, "delete_route", json::Object{{"route", std::move(route)}});
}

base::Result<Reply> change_ip_range(ApiCall& call) {
    const Record* network = TRY(require_changeable(call));
    Body body(call.body);
    const auto range = parse_net4(body.required_text("ip_range"));
    // Only ever wider, with the same base: what is in it stays in it.
    const auto now = parse_net4(network->string_or("ip_range", ""));
    if (body.find("ip_range") != nullptr &&
        (!range || !is_private(*range) || range->base != now->base || range->bits > now->bits)) {
        body.problem("ip_range", "can only be extended: the same base, a shorter prefix");
    }
    TRY(body.check());
    // At once: this action takes no time.
    put(call.project.edit("network", call.id), "ip_range", range->text());
    const std::int64_t action = begin_action(
        call.project, {.command = "change_ip_range", .resources = {{"network", call.id}}});
    return reply_action(call.project, action);
}

constexpr Route kRoutes[] = {
    {"GET", "/networks", list_of<kNetworks>},
    {"POST", "/networks", create},
    {"GET", "/networks/actions", all_actions_of<kNetworks>},
    {"GET", "/networks/actions/{id:integer}", any_action_of<kNetworks>},
    {"GET", "/networks/{id:integer}", show_of<kNetworks>},
    {"PUT", "/networks/{id:integer}", update},
    {"DELETE", "/networks/{id:integer}", remove},
    {"GET", "/networks/{id:integer}/actions", actions_of<kNetworks>},
    {"GET", "/networks/{id:integer}/actions/{action_id:integer}", action_of<kNetworks>},
    {"POST", "/networks/{id:integer}/actions/add_subnet", add_subnet},
    {"POST", "/networks/{id:integer}/actions/delete_subnet", delete_subnet},
    {"POST", "/networks/{id:integer}/actions/add_route", add_route},
    {"POST", "/networks/{id:integer}/actions/delete_route", delete_route},
    {"POST", "/networks/{id:integer}/actions/change_ip_range", change_ip_range},
    {"POST", "/networks/{id:integer}/actions/change_protection", protect_of<kNetworks>},
};

// Adds to, or takes from, one of the network's lists.
void add_to(Project& project, const json::Value& args, std::string_view list,
            std::string_view what) {
    // It may have been deleted since.
    if (project.find("network", network_in(args)) == nullptr) return;
    list_in(project.edit("network", network_in(args)), list).push_back(*args.find(what));
}

constexpr Effect kEffects[] = {
    {.command = "add_subnet",
     .finish = [](Project& project,
                  const json::Value& args) { add_to(project, args, "subnets", "subnet"); }},
    {.command = "delete_subnet",
     .finish =
         [](Project& project, const json::Value& args) {
             if (project.find("network", network_in(args)) == nullptr) return;
             std::erase_if(list_in(project.edit("network", network_in(args)), "subnets"),
                           [&](const json::Value& subnet) {
                               return subnet.string_or("ip_range", "") ==
                                      args.string_or("ip_range", "");
                           });
         }},
    {.command = "add_route",
     .finish = [](Project& project,
                  const json::Value& args) { add_to(project, args, "routes", "route"); }},
    {.command = "delete_route",
     .finish =
         [](Project& project, const json::Value& args) {
             if (project.find("network", network_in(args)) == nullptr) return;
             std::erase(list_in(project.edit("network", network_in(args)), "routes"),
                        *args.find("route"));
         }},
};

}

constexpr Family kNetworks{.type = "network",
                           .plural = "networks",
                           .words = "network",
                           .sorts = kSortIdNameCreated,
                           .view = view};

std::span<const Route> network_routes() { return kRoutes; }
std::span<const Effect> network_effects() { return kEffects; }

}
