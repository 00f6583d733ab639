#include "providers/hetzner/described.hpp"

#include <fmt/core.h>

#include <functional>

// Addresses in networks. One that was given by name and is not named any more stays where it is:
// whoever is to have it now would be refused.
namespace providers::hetzner {
namespace {

using rest::field_of;
using rest::id_text;
using rest::text_of;
using value::Value;

// A place of a server in a network, as it is wanted.
struct Seat {
    std::size_t index = 0;   // the resource that says so
    std::string server;      // id; "" when it is not known
    std::string network;
    std::string ip;   // "" when it is left to the platform
};
using Visit = std::function<void(const Seat&, const std::string& now)>;

// Visits all, with the address that each has now and keeps, or "".
void each_seat(const DescribedAll& all, const Visit& visit) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].outputs == nullptr) continue;
        const Value& inputs = *all[i].inputs;
        if (all.is(i, "hetzner.NetworkAttachment")) {
            visit({.index = i,
                   .server = id_text(inputs.find("server")),
                   .network = id_text(inputs.find("network")),
                   .ip = text_of(inputs, "ip")},
                  text_of(*all[i].outputs, "address"));
        } else if (all.is(i, "hetzner.Server")) {
            for (const Value& one : rest::items_of(inputs, "networks")) {
                const std::string network = id_text(one.find("network"));
                visit({.index = i,
                       .server = id_text(all[i].outputs->find("id")),
                       .network = network,
                       .ip = text_of(one, "ip")},
                      text_of(field_of(*all[i].outputs, "private_ips"), network));
            }
        }
    }
}

const char* input_of(const DescribedAll& all, std::size_t index) {
    return all.is(index, "hetzner.Server") ? "networks" : "ip";
}

}

std::vector<provider::Misfit> check_seats(const DescribedAll& all) {
    std::map<std::pair<std::string, std::string>, Seat> kept;   // by network and address
    each_seat(all, [&](const Seat& seat, const std::string& now) {
        if (seat.ip.empty() && !now.empty() && !seat.network.empty())
            kept.emplace(std::pair(seat.network, now), seat);
    });
    std::vector<provider::Misfit> out;
    if (kept.empty()) return out;
    each_seat(all, [&](const Seat& seat, const std::string&) {
        const auto held = kept.find(std::pair(seat.network, seat.ip));
        if (seat.ip.empty() || held == kept.end() || held->second.index == seat.index) return;
        if (!seat.server.empty() && seat.server == held->second.server) return;
        const std::size_t other = held->second.index;
        // An attachment has no line of its own for what it leaves out.
        const bool is_server = all.is(other, "hetzner.Server");
        out.push_back(DescribedAll::misfit(
            seat.index, input_of(all, seat.index), other, is_server ? "networks" : "network",
            fmt::format("{} is the address that another one has there and keeps, though it is not "
                        "named any more",
                        seat.ip),
            "name another `ip` there, or take another one here"));
    });
    return out;
}

}
