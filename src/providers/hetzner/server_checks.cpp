#include "providers/hetzner/formats.hpp"
#include "providers/hetzner/server.hpp"
#include "providers/rest/api.hpp"
#include "providers/rest/wire.hpp"

// What is to be seen of a server's inputs alone.
namespace providers::hetzner {
namespace {

using namespace rest;
using value::Value;

// The API's own limit.
constexpr std::size_t kMostUserData = std::size_t{32} << 10;

// A server that is on has to be in some network. What attaches it later (hetzner.NetworkAttachment)
// comes after it was turned on.
base::Result<void> check_networks(const Value& inputs) {
    const Value& net = field_of(inputs, "public_net");
    const bool is_public = flag_of(net, "ipv4_enabled", true) || flag_of(net, "ipv6_enabled", true);
    const Value& networks = field_of(inputs, "networks");
    const bool is_in_one = !networks.is_null() && !networks.same_as(Value(Value::Array{}));
    const bool is_alone = !is_public && !is_in_one;
    if (is_alone && text_of(inputs, "power") != "off") {
        return about("networks", base::invalid_argument("the server would be in no network at all")
                                     .with_help("it cannot run without: give it a public address, "
                                                "a network, or `power = 'off`"));
    }
    constexpr std::size_t kMostNetworks = 3;
    constexpr std::size_t kMostFirewalls = 5;
    TRY(check_count(inputs, "networks", kMostNetworks));
    TRY(check_count(inputs, "firewalls", kMostFirewalls));
    for (const Value& one : items_of(inputs, "networks")) {
        TRY(check_count(one, "alias_ips", kMostAliases));
        const std::string& ip = text_of(one, "ip");
        if (ip.empty() || ipv4_of(ip)) continue;
        return about("networks",
                     base::invalid_argument("`networks`: \"" + ip + "\" is no IPv4 address"));
    }
    return {};
}

}

base::Result<void> validate_server(const Value& inputs) {
    TRY(check_labels(inputs));
    TRY(check_host_name(inputs, "name"));
    TRY(check_is_name(inputs, "server_type"));
    TRY(check_is_name(inputs, "location"));
    TRY(check_networks(inputs));
    if (text_of(inputs, "user_data").size() > kMostUserData) {
        return about("user_data", base::invalid_argument("`user_data` is longer than 32 KiB")
                                      .with_help("let it fetch the rest"));
    }
    const Value& net = field_of(inputs, "public_net");
    for (const char* version : {"ipv4", "ipv6"}) {
        const bool is_enabled = flag_of(net, std::string(version) + "_enabled", true);
        if (is_enabled || !is_set(net, version)) continue;
        return about("public_net", base::invalid_argument(std::string("`public_net` has an ") +
                                                          version + " and turns it off"));
    }
    return {};
}

}
