#include "sandbox/upcloud/families.hpp"

#include "sandbox/kit/address.hpp"
#include "sandbox/kit/project.hpp"
#include "sandbox/store/store.hpp"
#include "sandbox/upcloud/refusal.hpp"
#include "sandbox/upcloud/services.hpp"

#include <fmt/core.h>

#include <set>

namespace sandbox::upcloud {
namespace {

json::Value view(const Project& project, const Record& router) {
    json::Value out = view_thing(project, router);
    json::Array networks;
    for (const auto& [id, network] : project.all("network")) {
        if (network.string_or("router", "-") == router.string_or("uuid", "")) {
            networks.push_back(json::Object{{"uuid", network.string_or("uuid", "")}});
        }
    }
    put(out, "attached_networks", json::Object{{"network", std::move(networks)}});
    return out;
}

base::Result<void> complete(ApiCall&, Record& wanted, const Record*) {
    std::set<std::string> seen;
    json::Array routes;
    for (const json::Value& route : *wanted.find("static_routes")->as_array()) {
        const std::string to(route.string_or("route", ""));
        const std::string hop(route.string_or("nexthop", ""));
        if (to.find('/') == std::string::npos) {
            return old_refusal("INVALID_ROUTE", fmt::format("The route \"{}\" is invalid.", to));
        }
        if (hop != "no-nexthop" && hop.find('.') == std::string::npos &&
            hop.find(':') == std::string::npos) {
            return old_refusal("NEXTHOP_INVALID", "The nexthop is invalid.");
        }
        if (!seen.insert(to + " " + hop).second) {
            return old_refusal("DUPLICATE_ROUTE", "A route comes once.");
        }
        routes.push_back(json::Object{{"name", route.string_or("name", "")},
                                      {"route", to},
                                      {"nexthop", hop},
                                      {"type", "user"}});
    }
    put(wanted, "static_routes", std::move(routes));
    put(wanted, "type", "normal");
    return {};
}

base::Result<void> may_go(ApiCall& call, const Record& router) {
    const json::Value shown = view(call.project, router);
    const bool has_one = has_gateway(call.project, router.string_or("uuid", ""));
    if (!has_one && shown.find("attached_networks", "network")->as_array()->empty()) return {};
    return old_refusal("ROUTER_ATTACHED", fmt::format("The router {} has networks attached to it.",
                                                      router.string_or("uuid", "")));
}

constexpr Member kMembers[] = {
    {.name = "name", .is_required = true, .code = "ROUTER_NAME", .least = 1, .most = 255},
    {.name = "static_routes",
     .kind = Member::Kind::List,
     .fallback = "[]",
     .code = "INVALID_ROUTE"},
};

constexpr Route kRoutes[] = {
    {"GET", "/router", list_them<kRouters>},
    {"POST", "/router", create_one<kRouters>},
    {"GET", "/router/{uuid}", show_one<kRouters>},
    {"PATCH", "/router/{uuid}", change_one<kRouters>},
    {"DELETE", "/router/{uuid}", remove_one<kRouters>},
};

}

constexpr Things kRouters{
    .family = {.type = "router", .plural = "routers", .words = "router", .sorts = {}, .view = view},
    .one = "router",
    .prefix = "04",
    .code = "ROUTER",
    .members = kMembers,
    .complete = complete,
    .may_go = may_go};

std::span<const Route> router_routes() { return kRoutes; }

}
