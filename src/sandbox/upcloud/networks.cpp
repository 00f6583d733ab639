#include "sandbox/upcloud/families.hpp"

#include "sandbox/kit/address.hpp"
#include "sandbox/kit/project.hpp"
#include "sandbox/store/store.hpp"
#include "sandbox/upcloud/refusal.hpp"
#include "sandbox/upcloud/services.hpp"

#include <fmt/core.h>

namespace sandbox::upcloud {
namespace {

bool matches(const ApiCall& call, const Record& network) {
    const auto zone = call.query.find("zone");
    return !zone || network.string_or("zone", "") == *zone;
}

std::string_view yes_or_no(const json::Value& record, std::string_view name,
                           std::string_view fallback) {
    const json::Value* value = record.find(name);
    if (value == nullptr) return fallback;
    if (value->as_bool() != nullptr) return *value->as_bool() ? "yes" : "no";
    return value->as_string() != nullptr && *value->as_string() == "yes" ? "yes" : "no";
}

json::Value view(const Project& project, const Record& network) {
    json::Value out = view_thing(project, network);
    json::Array servers;
    for (const auto& [id, server] : project.all("server")) {
        for (const json::Value& one : *server.find("_interfaces")->as_array()) {
            if (one.string_or("network", "") != network.string_or("uuid", "")) continue;
            servers.push_back(json::Object{{"uuid", server.string_or("uuid", "")},
                                           {"title", server.string_or("title", "")}});
        }
    }
    put(out, "servers", json::Object{{"server", std::move(servers)}});
    return out;
}

// The first address of a range: that of its gateway, unless one was chosen.
std::string first_host(const std::string& range) {
    const std::size_t slash = range.find('/');
    const auto base = parse_ipv4(range.substr(0, slash));
    const int bits = std::atoi(range.substr(slash + 1).c_str());
    if (!base || bits < 1 || bits > 30) return {};
    const std::uint32_t mask = ~std::uint32_t{0} << (32 - bits);
    return format_ipv4((*base & mask) + 1);
}

base::Result<json::Value> read_range(const json::Value& sent, const json::Value* before) {
    const json::Value empty = json::Object{};
    const json::Value& was = before != nullptr ? *before : empty;
    for (const json::Member& member : *sent.as_object()) {
        if (member.key == "address" || member.key == "family" || member.key == "dhcp" ||
            member.key == "dhcp_default_route" || member.key == "dhcp_dns" ||
            member.key == "dhcp_routes" || member.key == "gateway" ||
            member.key == "dhcp_routes_configuration") {
            continue;
        }
        return old_refusal("UNKNOWN_ATTRIBUTE",
                           fmt::format("The attribute {} is unknown.", member.key));
    }
    const std::string address(sent.string_or("address", was.string_or("address", "")));
    const bool is_v6 = address.find(':') != std::string::npos;
    if (address.empty()) return old_refusal("ADDRESS_MISSING", "The address is required.");
    if (before != nullptr && address != was.string_or("address", "")) {
        return old_refusal("ADDRESS_INVALID", "The address of a network cannot be changed.");
    }
    if (!is_v6 && first_host(address).empty()) {
        return old_refusal("ADDRESS_INVALID", fmt::format("\"{}\" is no network.", address));
    }
    const json::Value& flags = sent.find("dhcp") != nullptr ? sent : was;
    const json::Value& routes = sent.find("dhcp_default_route") != nullptr ? sent : was;
    json::Object out{{"address", address},
                     {"family", sent.string_or("family", was.string_or("family", "IPv4"))},
                     {"dhcp", yes_or_no(flags, "dhcp", "no")},
                     {"dhcp_default_route", yes_or_no(routes, "dhcp_default_route", "no")}};
    for (const char* list : {"dhcp_dns", "dhcp_routes"}) {
        const json::Value* given = sent.find(list);
        if (given == nullptr) given = was.find(list);
        out.set(list, given != nullptr ? *given : json::Value(json::Array{}));
    }
    const std::string_view gateway = sent.string_or("gateway", was.string_or("gateway", ""));
    out.set("gateway", gateway.empty() ? first_host(address) : std::string(gateway));
    return json::Value(std::move(out));
}

base::Result<void> complete(ApiCall& call, Record& wanted, const Record* before) {
    TRY(require_zone(wanted.string_or("zone", "")));
    // One alone is taken as a list of one; the vendor's Python client sends that.
    if (const json::Value* one = wanted.find("ip_networks", "ip_network");
        one != nullptr && one->is_object()) {
        const json::Value range = *one;
        put(wanted, "ip_networks", json::Object{{"ip_network", json::Array{range}}});
    }
    const json::Value* sent = wanted.find("ip_networks", "ip_network");
    if (sent == nullptr || !sent->is_array() || sent->as_array()->size() != 1 ||
        !sent->as_array()->front().is_object()) {
        return old_refusal("ADDRESS_MISSING", "A network has exactly one ip_network.");
    }
    const json::Value* was = before != nullptr
                                 ? &before->find("ip_networks", "ip_network")->as_array()->front()
                                 : nullptr;
    json::Value range = TRY(read_range(sent->as_array()->front(), was));
    put(wanted, "ip_networks", json::Object{{"ip_network", json::Array{std::move(range)}}});
    if (wanted.find("router") != nullptr) {
        TRY(require_thing(call.project, kRouters, std::string(wanted.string_or("router", ""))));
    }
    put(wanted, "type", "private");
    return {};
}

base::Result<void> may_go(ApiCall& call, const Record& network) {
    const std::string_view uuid = network.string_or("uuid", "");
    const std::size_t interfaces = interfaces_in(call.project, uuid);
    if (interfaces == 0) return {};
    return old_refusal(
        "NETWORK_NOT_EMPTY",
        fmt::format("There are {} interfaces attached to network {}.", interfaces, uuid));
}

constexpr Member kMembers[] = {
    {.name = "name", .is_required = true, .code = "NETWORK_NAME", .least = 1, .most = 255},
    {.name = "zone", .is_required = true, .is_fixed = true},
    {.name = "router", .is_null_taken = true},
    {.name = "ip_networks",
     .kind = Member::Kind::Record,
     .is_required = true,
     .code = "IP_NETWORKS"},
};

constexpr Route kRoutes[] = {
    {"GET", "/network", list_them<kNetworks>},
    {"POST", "/network", create_one<kNetworks>},
    {"GET", "/network/{uuid}", show_one<kNetworks>},
    {"PUT", "/network/{uuid}", change_one<kNetworks>},
    {"DELETE", "/network/{uuid}", remove_one<kNetworks>},
};

}

constexpr Things kNetworks{.family = {.type = "network",
                                      .plural = "networks",
                                      .words = "network",
                                      .sorts = {},
                                      .view = view,
                                      .matches = matches},
                           .one = "network",
                           .prefix = "03",
                           .code = "NETWORK",
                           .members = kMembers,
                           .complete = complete,
                           .may_go = may_go};

std::size_t interfaces_in(const Project& project, std::string_view network) {
    std::size_t out = services_in(project, network);
    for (const auto& [id, server] : project.all("server")) {
        for (const json::Value& one : *server.find("_interfaces")->as_array()) {
            if (one.string_or("network", "") == network) ++out;
        }
    }
    return out;
}

std::span<const Route> network_routes() { return kRoutes; }

}
