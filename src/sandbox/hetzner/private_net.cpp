#include "sandbox/hetzner/private_net.hpp"

#include "sandbox/hetzner/catalogue.hpp"
#include "sandbox/hetzner/refusal.hpp"
#include "sandbox/kit/actions.hpp"
#include "sandbox/kit/address.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace sandbox::hetzner {
namespace {

constexpr std::uint32_t kHostGateway = 172U << 24U | 31U << 16U | 1U << 8U | 1U;   // 172.31.1.1
// The vendor's limit for a server and a network.
constexpr std::size_t kMostAliases = 5;

std::string zone_of(const Project& project, std::string_view location) {
    const json::Value* found =
        catalogue_of(project).location(IdOrName{std::nullopt, std::string(location)});
    return found == nullptr ? "" : std::string(found->string_or("network_zone", ""));
}

// Subnets that reach the location, by their ranges.
// Sorted, as the last one is where an address is taken from when nobody says which.
std::vector<Net4> subnets_for(const Project& project, const Record& network,
                              std::string_view location) {
    std::vector<Net4> out;
    const std::string zone = zone_of(project, location);
    for (const json::Value& subnet : *network.find("subnets")->as_array()) {
        const auto range = parse_net4(subnet.string_or("ip_range", ""));
        if (range && subnet.string_or("network_zone", "") == zone) out.push_back(*range);
    }
    std::sort(out.begin(), out.end(), [](const Net4& a, const Net4& b) { return a.base < b.base; });
    return out;
}

// All addresses of the network that servers have, but for one server's aliases.
// Pending attachments count as well: two servers that come at once must not get one address.
std::set<std::uint32_t> taken_in(const Project& project, std::int64_t network,
                                 std::int64_t without_aliases_of = 0) {
    std::set<std::uint32_t> taken;
    const auto take = [&](std::string_view text) {
        if (const auto address = parse_ipv4(text)) taken.insert(*address);
    };
    for (const auto& [id, server] : project.all("server")) {
        for (const json::Value& net : *server.find("private_net")->as_array()) {
            if (net.int64_or("network", 0) != network) continue;
            take(net.string_or("ip", ""));
            if (id == without_aliases_of) continue;
            for (const json::Value& alias : *net.find("alias_ips")->as_array()) {
                take(*alias.as_string());
            }
        }
    }
    return taken;
}

// Neither of the network's and the subnet's edges, nor the gateways.
bool is_usable(const Net4& network, const Net4& subnet, std::uint32_t address) {
    return address != network.base + 1 && address != kHostGateway && address != subnet.base &&
           address != subnet.last();
}

// Asked for by range, by address or not at all, in this order; the address must lie in the range
// if both are given.
base::Result<std::uint32_t> pick_address(const Net4& range, const std::vector<Net4>& subnets,
                                         const std::set<std::uint32_t>& taken,
                                         const Attachment& wanted) {
    std::optional<Net4> subnet;
    if (wanted.ip_range) {
        const auto asked = parse_net4(*wanted.ip_range);
        for (const Net4& known : subnets) {
            if (asked && known.base == asked->base && known.bits == asked->bits) subnet = known;
        }
        if (!subnet) return refuse(422, "no_subnet_available", "no subnet with this IP range");
    }
    if (wanted.ip) {
        const auto address = parse_ipv4(*wanted.ip);
        if (!address) return invalid("ip", "is not an IPv4 address");
        for (const Net4& known : subnets) {
            if (!known.contains(*address) || (subnet && known.base != subnet->base)) continue;
            if (taken.contains(*address) || !is_usable(range, known, *address)) {
                return refuse(422, "ip_not_available", "the IP is not available");
            }
            return *address;
        }
        return refuse(422, "ip_not_available", "the IP is not in a subnet of the network");
    }
    // The last subnet by its range, when nothing says which.
    if (!subnet) subnet = subnets.back();
    for (std::uint32_t address = subnet->base; subnet->contains(address); ++address) {
        if (is_usable(range, *subnet, address) && !taken.contains(address)) return address;
        // Before ++ would wrap behind 255.255.255.255.
        if (address == subnet->last()) break;
    }
    return refuse(422, "no_subnet_available", "no free IP in the subnet");
}

json::Value* entry_of(Record& server, std::int64_t network) {
    for (json::Value& net : list_in(server, "private_net")) {
        if (net.int64_or("network", 0) == network) return &net;
    }
    return nullptr;
}

}

bool is_attached(const Record& server, std::int64_t network) {
    for (const json::Value& net : *server.find("private_net")->as_array()) {
        if (net.int64_or("network", 0) == network) return true;
    }
    return false;
}

base::Result<void> require_free_network(const Project& project, std::int64_t network) {
    if (is_locked(project, "network", network)) return conflict();
    return {};
}

base::Result<void> require_attachable_network(const Project& project, std::int64_t network,
                                              std::string_view location) {
    const Record* record = project.find("network", network);
    if (record == nullptr) {
        return invalid_input(fmt::format("network with ID {} not found", network));
    }
    TRY(require_free_network(project, network));
    if (subnets_for(project, *record, location).empty()) {
        return refuse(422, "no_subnet_available",
                      "the network has no subnet in the network zone of the server");
    }
    return {};
}

base::Result<std::vector<std::string>> checked_aliases(const Project& project, std::int64_t network,
                                                       std::int64_t server,
                                                       const std::vector<std::string>& aliases) {
    const Record& record = *project.find("network", network);
    const auto range = parse_net4(record.string_or("ip_range", ""));
    const auto subnets =
        subnets_for(project, record, project.find("server", server)->string_or("_location", ""));
    // But for the server's own aliases, which the new list replaces.
    std::set<std::uint32_t> taken = taken_in(project, network, server);
    if (aliases.size() > kMostAliases) {
        return invalid("alias_ips", fmt::format("at most {} are allowed", kMostAliases));
    }
    std::vector<std::string> out;
    for (const std::string& alias : aliases) {
        const auto address = parse_ipv4(alias);
        if (!address)
            return invalid("alias_ips", fmt::format("'{}' is not an IPv4 address", alias));
        const bool fits = std::any_of(subnets.begin(), subnets.end(), [&](const Net4& subnet) {
            return subnet.contains(*address) && is_usable(*range, subnet, *address);
        });
        // insert() also refuses an alias that comes twice in the list.
        if (!fits || !taken.insert(*address).second) {
            return refuse(422, "ip_not_available", fmt::format("IP {} is not available", alias));
        }
        out.push_back(format_ipv4(*address));
    }
    return out;
}

// The address is taken when the request is answered and shown when the action ends: hence
// `_pending`.
base::Result<void> reserve_attachment(Project& project, std::int64_t server,
                                      const Attachment& wanted) {
    const std::string location(project.find("server", server)->string_or("_location", ""));
    TRY(require_attachable_network(project, wanted.network, location));
    const Record& network = *project.find("network", wanted.network);
    const auto range = parse_net4(network.string_or("ip_range", ""));
    const std::uint32_t ip = TRY(pick_address(*range, subnets_for(project, network, location),
                                              taken_in(project, wanted.network), wanted));
    auto checked = TRY(checked_aliases(project, wanted.network, server, wanted.alias_ips));
    json::Array aliases;
    for (std::string& alias : checked) {
        if (parse_ipv4(alias) == ip) return refuse(422, "ip_not_available", "IP is used twice");
        aliases.emplace_back(std::move(alias));
    }
    const std::uint64_t random = project.draw();
    std::string mac = fmt::format("86:00:00:{:02x}:{:02x}:{:02x}", random & 255U,
                                  random >> 8U & 255U, random >> 16U & 255U);
    list_in(project.edit("server", server), "private_net")
        .push_back(json::Object{{"network", wanted.network},
                                {"ip", format_ipv4(ip)},
                                {"alias_ips", std::move(aliases)},
                                {"mac_address", std::move(mac)},
                                {"_pending", true}});
    return {};
}

void finish_attachment(Project& project, std::int64_t server, std::int64_t network) {
    if (project.find("server", server) == nullptr) return;
    if (project.find("network", network) == nullptr)
        // The network went away meanwhile: nothing of the reservation stays.
        return detach_network(project, server, network);
    json::Value* entry = entry_of(project.edit("server", server), network);
    if (entry == nullptr) return;
    entry->as_object()->remove("_pending");
    add_id(project.edit("network", network), "servers", server);
}

void detach_network(Project& project, std::int64_t server, std::int64_t network) {
    if (project.find("server", server) != nullptr) {
        std::erase_if(
            list_in(project.edit("server", server), "private_net"),
            [&](const json::Value& net) { return net.int64_or("network", 0) == network; });
    }
    if (project.find("network", network) != nullptr) {
        remove_id(project.edit("network", network), "servers", server);
    }
}

}
