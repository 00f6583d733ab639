#include "providers/hetzner/formats.hpp"
#include "providers/hetzner/types.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <map>

// What networks and subnets say of each other. Which belong together is told by who reads whose
// outputs: of what is still to be made there are no ids.
namespace providers::hetzner {
namespace {

constexpr const char* kRange = "ip_range";
constexpr std::size_t kNone = SIZE_MAX;

std::optional<Ipv4Range> range_of(const provider::Described& resource) {
    auto range = read_range(*resource.inputs, kRange);
    return range.ok() ? *range : std::nullopt;
}

// The one network that it reads; of several, nobody can tell.
std::size_t network_of(std::span<const provider::Described> all, const provider::Described& one) {
    std::size_t out = kNone;
    for (const std::size_t owner : one.reads) {
        if (all[owner].type->name != "hetzner.Network") continue;
        if (out != kNone) return kNone;
        out = owner;
    }
    return out;
}

}

std::vector<provider::Misfit> check_ranges(std::span<const provider::Described> resources) {
    std::vector<provider::Misfit> out;
    std::map<std::size_t, std::vector<std::size_t>> subnets;   // by network
    for (std::size_t i = 0; i < resources.size(); ++i) {
        if (resources[i].type->name != "hetzner.Subnet") continue;
        const std::size_t network = network_of(resources, resources[i]);
        const std::optional<Ipv4Range> range = range_of(resources[i]);
        if (network == kNone || !range) continue;
        const std::optional<Ipv4Range> within = range_of(resources[network]);
        if (within && !within->contains(*range)) {
            out.push_back({.of = i,
                           .input = kRange,
                           .other = network,
                           .other_input = kRange,
                           .message = fmt::format("`ip_range`: {} is not within {}, the range of "
                                                  "the network",
                                                  range->text(), within->text()),
                           .help = {}});
            continue;
        }
        for (const std::size_t other : subnets[network]) {
            const std::optional<Ipv4Range> beside = range_of(resources[other]);
            if (!beside || !range->overlaps(*beside)) continue;
            out.push_back({.of = i,
                           .input = kRange,
                           .other = other,
                           .other_input = kRange,
                           .message = fmt::format("`ip_range`: {} overlaps {}, another subnet of "
                                                  "the network",
                                                  range->text(), beside->text()),
                           .help = {}});
            break;
        }
        subnets[network].push_back(i);
    }
    return out;
}

}
