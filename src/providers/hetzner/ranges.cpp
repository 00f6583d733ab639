#include "providers/hetzner/described.hpp"
#include "providers/hetzner/formats.hpp"

#include <fmt/core.h>

// What networks and subnets say of each other.
namespace providers::hetzner {
namespace {

constexpr const char* kRange = "ip_range";

std::optional<Ipv4Range> range_of(const provider::Described& resource) {
    auto range = read_range(*resource.inputs, kRange);
    return range.ok() ? *range : std::nullopt;
}

}

std::vector<provider::Misfit> check_ranges(const DescribedAll& all) {
    std::vector<provider::Misfit> out;
    const auto tell = [&](std::size_t of, std::size_t other, std::string message) {
        out.push_back(DescribedAll::misfit(of, kRange, other, kRange, std::move(message)));
    };
    std::map<std::size_t, std::vector<std::size_t>> subnets;   // by network
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!all.is(i, "hetzner.Subnet")) continue;
        const auto networks = all.named(i, "network", "hetzner.Network");
        const std::optional<Ipv4Range> range = range_of(all[i]);
        if (networks.size() != 1 || !range) continue;
        const std::size_t network = networks.front();
        const std::optional<Ipv4Range> within = range_of(all[network]);
        if (within && !within->contains(*range)) {
            tell(i, network,
                 fmt::format("`ip_range`: {} is not within {}, the range of the network",
                             range->text(), within->text()));
            continue;
        }
        for (const std::size_t other : subnets[network]) {
            const std::optional<Ipv4Range> beside = range_of(all[other]);
            if (!beside || !range->overlaps(*beside)) continue;
            tell(i, other,
                 fmt::format("`ip_range`: {} overlaps {}, another subnet of the network",
                             range->text(), beside->text()));
            break;
        }
        subnets[network].push_back(i);
    }
    return out;
}

}
