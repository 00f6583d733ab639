#include "providers/hetzner/described.hpp"

#include <fmt/core.h>

#include <array>

// Where things are. Volumes and addresses stay where they were made, and only servers there can
// have them; a network reaches the locations of the zone that its subnets are in.
namespace providers::hetzner {
namespace {

constexpr std::string_view kServer = "hetzner.Server";
constexpr std::string_view kVolume = "hetzner.Volume";
constexpr std::string_view kAddress = "hetzner.PrimaryIp";

struct Zone {
    std::string_view location;
    std::string_view name;
};
// As the vendor documents them; of another location nothing is known.
constexpr std::array<Zone, 6> kZones = {{{"fsn1", "eu-central"},
                                         {"nbg1", "eu-central"},
                                         {"hel1", "eu-central"},
                                         {"ash", "us-east"},
                                         {"hil", "us-west"},
                                         {"sin", "ap-southeast"}}};

std::string_view zone_of(std::string_view location) {
    for (const Zone& zone : kZones) {
        if (zone.location == location) return zone.name;
    }
    return {};
}

class Places {
public:
    explicit Places(const DescribedAll& all) : all_(all) {}

    std::vector<provider::Misfit> check() {
        for (std::size_t i = 0; i < all_.size(); ++i) {
            if (all_.is(i, kVolume) || all_.is(i, kAddress)) {
                for (const std::size_t server : all_.named(i, "server", kServer))
                    check_same(server, i, "server");
            } else if (all_.is(i, "hetzner.VolumeAttachment")) {
                for (const std::size_t server : all_.named(i, "server", kServer)) {
                    for (const std::size_t volume : all_.named(i, "volume", kVolume))
                        check_same(server, volume, "name");
                }
            } else if (all_.is(i, "hetzner.NetworkAttachment")) {
                for (const std::size_t server : all_.named(i, "server", kServer))
                    check_zones(server, i, "network");
            } else if (all_.is(i, kServer)) {
                for (const char* version : {"ipv4", "ipv6"}) check_address(i, version);
                check_zones(i, i, "networks.network");
            }
        }
        return std::move(found_);
    }

private:
    // `by`: the input of the other one that its place comes from, where it names no location.
    void check_same(std::size_t server, std::size_t other, const char* by) {
        const std::string place = all_.location(server);
        const std::string there = all_.location(other);
        if (place.empty() || there.empty() || place == there) return;
        const bool is_volume = all_.is(other, kVolume);
        const bool is_given = rest::is_set(*all_[other].inputs, "location");
        found_.push_back(DescribedAll::misfit(
            server, "location", other, is_given ? "location" : by,
            fmt::format("`location`: the server is to be in \"{}\", and {} that it is to have is "
                        "in \"{}\"",
                        place, is_volume ? "a volume" : "an address", there),
            is_volume ? "a volume stays where it is: to move, make another one there and copy what "
                        "is on this one"
                      : "an address stays where it was made: to move, make another one there"));
    }

    void check_address(std::size_t server, const std::string& version) {
        for (const std::size_t address : all_.named(server, "public_net." + version, kAddress)) {
            check_same(server, address, "name");
            const std::string& type = rest::text_of(*all_[address].inputs, "type");
            if (type.empty() || type == version) continue;
            found_.push_back(DescribedAll::misfit(
                server, "public_net", address, "type",
                fmt::format("`public_net`: `{}` names an address of the type {}", version, type)));
        }
    }

    // Of the networks that are named there: whether one of their subnets reaches the server.
    void check_zones(std::size_t server, std::size_t by, const char* path) {
        const std::string place = all_.location(server);
        const std::string_view wanted = zone_of(place);
        if (wanted.empty()) return;
        const auto check = [&](std::size_t subnet) {
            const std::string& zone = rest::text_of(*all_[subnet].inputs, "network_zone");
            if (zone.empty() || zone == wanted) return;
            found_.push_back(DescribedAll::misfit(
                server, "location", subnet, "network_zone",
                fmt::format("`location`: the server is to be in \"{}\", which the subnet of its "
                            "network does not reach: that is in the zone \"{}\"",
                            place, zone),
                fmt::format("\"{}\" is in the zone \"{}\"", place, wanted)));
        };
        // By the subnet's `network_id`, which is the network's, or by the network.
        for (const std::size_t subnet : all_.named(by, path, "hetzner.Subnet")) check(subnet);
        for (const std::size_t network : all_.named(by, path, "hetzner.Network")) {
            for (const std::size_t subnet : subnets_of(network)) check(subnet);
        }
    }

    const std::vector<std::size_t>& subnets_of(std::size_t network) {
        if (!has_subnets_) {
            for (std::size_t i = 0; i < all_.size(); ++i) {
                if (!all_.is(i, "hetzner.Subnet")) continue;
                for (const std::size_t owner : all_.named(i, "network", "hetzner.Network"))
                    subnets_[owner].push_back(i);
            }
            has_subnets_ = true;
        }
        return subnets_[network];
    }

    const DescribedAll& all_;
    std::map<std::size_t, std::vector<std::size_t>> subnets_;   // by network
    bool has_subnets_ = false;
    std::vector<provider::Misfit> found_;
};

}

std::vector<provider::Misfit> check_places(const DescribedAll& all) { return Places(all).check(); }

}
