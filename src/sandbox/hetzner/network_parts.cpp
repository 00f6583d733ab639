#include "sandbox/hetzner/network_parts.hpp"

#include "sandbox/hetzner/body.hpp"
#include "sandbox/kit/address.hpp"

#include <algorithm>

namespace sandbox::hetzner {
namespace {

constexpr int kSmallestSubnet = 30;   // bits
constexpr int kDefaultSubnet = 24;
constexpr std::size_t kMostSubnets = 50;
constexpr std::size_t kMostRoutes = 100;

bool overlaps_any(const json::Value& list, std::string_view key, const Net4& range) {
    const json::Array& entries = *list.as_array();
    return std::any_of(entries.begin(), entries.end(), [&](const json::Value& entry) {
        const auto other = parse_net4(entry.string_or(key, ""));
        // The default route covers everything and overlaps nothing.
        return other && other->bits != 0 && other->overlaps(range);
    });
}

// In steps of the wanted size from the network's beginning; the first that nothing overlaps.
std::optional<Net4> first_free(const Record& network, const Net4& range) {
    const int bits = std::max(kDefaultSubnet, range.bits);
    for (std::uint64_t at = range.base; at <= range.last(); at += std::uint64_t{1} << (32 - bits)) {
        const Net4 candidate{static_cast<std::uint32_t>(at), bits};
        if (!overlaps_any(*network.find("subnets"), "ip_range", candidate) &&
            !overlaps_any(*network.find("routes"), "destination", candidate)) {
            return candidate;
        }
    }
    return std::nullopt;
}

}

base::Result<json::Value> read_subnet(const Record& network, const json::Value& request,
                                      const std::string& prefix) {
    Body body(request, prefix);
    const auto type = body.one_of("type", {"cloud", "server", "vswitch"});
    if (!body.has("type")) body.missing("type");
    const auto zone =
        body.one_of("network_zone", {"eu-central", "us-east", "us-west", "ap-southeast"});
    if (!body.has("network_zone")) body.missing("network_zone");
    const auto text = body.text("ip_range");
    const auto vswitch = body.number("vswitch_id");
    const bool is_vswitch = type == "vswitch";
    if (is_vswitch && !vswitch) body.missing("vswitch_id");
    if (!is_vswitch && vswitch) body.problem("vswitch_id", "is for subnets of the type vswitch");
    if (is_vswitch && zone && *zone != "eu-central") {
        body.problem("network_zone", "must be eu-central for a vswitch");
    }
    const Net4 whole = *parse_net4(network.string_or("ip_range", ""));
    const auto range = text ? parse_net4(*text) : first_free(network, whole);
    if (text && (!range || range->bits > kSmallestSubnet || !whole.contains(*range))) {
        body.problem("ip_range", "must be a subnet of the network, of at least /30");
    }
    TRY(body.check());
    // After the form, before the contents: see README.md for the order of checks.
    if (!range) return refuse(422, "no_subnet_available", "the network has no room for a subnet");
    const json::Array& subnets = *network.find("subnets")->as_array();
    if (overlaps_any(*network.find("subnets"), "ip_range", *range) ||
        overlaps_any(*network.find("routes"), "destination", *range)) {
        return refuse(422, "networks_overlap", "the subnet overlaps another one");
    }
    // All subnets of a network are in one zone.
    if (!subnets.empty() && subnets[0].string_or("network_zone", "") != *zone) {
        return invalid(prefix + "network_zone", "must be that of the network's other subnets");
    }
    if (subnets.size() >= kMostSubnets) return over_limit("subnet_limit", "subnet limit exceeded");
    // The vendor's gateway is the first address of the whole network, except in a vSwitch's
    // subnet.
    const std::uint32_t gateway = (is_vswitch ? range->base : whole.base) + 1;
    return json::Value(json::Object{{"type", *type},
                                    {"ip_range", range->text()},
                                    {"network_zone", *zone},
                                    {"gateway", format_ipv4(gateway)},
                                    {"vswitch_id", vswitch ? json::Value(*vswitch) : nullptr}});
}

base::Result<json::Value> read_route(const Record& network, const json::Value& request,
                                     const std::string& prefix) {
    Body body(request, prefix);
    const auto destination = parse_net4(body.required_text("destination"));
    const auto gateway = parse_ipv4(body.required_text("gateway"));
    const Net4 whole = *parse_net4(network.string_or("ip_range", ""));
    // The gateway of the hosts' public interfaces; no route may lead there.
    const std::uint32_t host = *parse_ipv4("172.31.1.1");
    if (body.find("destination") != nullptr &&
        (!destination || (destination->bits != 0 && !is_private(*destination)) ||
         (destination->bits != 0 && destination->contains(host)))) {
        body.problem("destination", "must be a private network or 0.0.0.0/0");
    }
    if (body.find("gateway") != nullptr &&
        (!gateway || !whole.contains(*gateway) || *gateway == whole.base + 1 || *gateway == host)) {
        body.problem("gateway", "must be an IP of the network that is not its first");
    }
    TRY(body.check());
    json::Value route =
        json::Object{{"destination", destination->text()}, {"gateway", format_ipv4(*gateway)}};
    const json::Array& routes = *network.find("routes")->as_array();
    const bool is_twice = std::any_of(routes.begin(), routes.end(), [&](const json::Value& other) {
        return other.string_or("destination", "") == destination->text();
    });
    if (is_twice || (destination->bits != 0 &&
                     (overlaps_any(*network.find("subnets"), "ip_range", *destination) ||
                      overlaps_any(*network.find("routes"), "destination", *destination)))) {
        return refuse(422, "networks_overlap", "the route overlaps a subnet or another route");
    }
    if (routes.size() >= kMostRoutes) return over_limit("route_limit", "route limit exceeded");
    return route;
}

}
