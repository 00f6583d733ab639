#include "hetzner_removals.hpp"

#include <functional>
#include <map>

namespace conformance {
namespace {

using value::Value;
using Json = json::Object;

// Of the things of one type in a world that holds few.
struct Things {
    SharedHetzner world;
    std::string plural;

    std::string path() const { return "/" + plural + "/" + world->id_of_first(plural); }
    Removal put(const char* input, Value value, Json body) const {
        return {.input = input, .value = std::move(value), .outside = [*this, body] {
                    world->ask("PUT", path(), body);
                }};
    }
    Removal act(const char* input, Value value, const char* action, Json body = {}) const {
        return {.input = input, .value = std::move(value), .outside = [*this, action, body] {
                    world->make(path() + "/actions/" + action, body);
                }};
    }
    Removal unlabel() const {
        return put("labels", Value::Record{{"team", "ops"}}, Json{{"labels", Json{}}});
    }
    Removal unprotect() const {
        return act("delete_protection", true, "change_protection", Json{{"delete", false}});
    }
    // The name that an address leads back to; `ip_in` finds that in the answer to a look.
    Removal unname(const char* value, const json::Value* (*ip_in)(const json::Value&)) const {
        return {.input = "reverse_dns", .value = value, .outside = [*this, ip_in] {
                    const json::Value answer = world->ask("GET", path());
                    world->make(path() + "/actions/change_dns_ptr",
                                Json{{"ip", *ip_in(answer)}, {"dns_ptr", nullptr}});
                }};
    }
    std::int64_t id_of(const json::Value& answer, const char* member) const {
        return answer.find(member)->int64_or("id", 0);
    }
    std::int64_t make_server(Json more = {}) const {
        more.set("name", "spare");
        more.set("server_type", "cx23");
        more.set("image", "debian-12");
        more.set("location", "fsn1");
        return id_of(world->make("/servers", more), "server");
    }
};

std::vector<Removal> of_network(const Things& things) {
    return {things.put("expose_routes_to_vswitch", true, Json{{"expose_routes_to_vswitch", false}}),
            things.unprotect(), things.unlabel()};
}

std::vector<Removal> of_volume(const Things& things) {
    return {things.act("server", things.make_server(), "detach"), things.unprotect(),
            things.unlabel()};
}

std::vector<Removal> of_firewall(const Things& things) {
    return {things.act("rules", {}, "set_rules", Json{{"rules", json::Array{}}}),
            things.act("apply_to", {}, "remove_from_resources",
                       Json{{"remove_from", json::Array{Json{{"type", "label_selector"},
                                                             {"label_selector",
                                                              Json{{"selector", "role=web"}}}}}}}),
            things.unlabel()};
}

std::vector<Removal> of_primary_ip(const Things& things) {
    const std::int64_t server = things.make_server(
        Json{{"public_net", Json{{"enable_ipv4", false}, {"enable_ipv6", false}}},
             {"start_after_create", false}});
    return {
        things.act("server", server, "unassign"),
        things.unname("front.example.com",
                      [](const json::Value& answer) { return answer.find("primary_ip", "ip"); }),
        things.put("auto_delete", true, Json{{"auto_delete", false}}), things.unprotect(),
        things.unlabel()};
}

std::vector<Removal> of_floating_ip(const Things& things) {
    return {
        things.act("server", things.make_server(), "unassign"),
        things.put("description", "front", Json{{"description", ""}}),
        things.unname("front.example.com",
                      [](const json::Value& answer) { return answer.find("floating_ip", "ip"); }),
        things.unprotect(), things.unlabel()};
}

std::function<void()> while_off(const Things& things, std::function<void()> change) {
    return [things, change = std::move(change)] {
        things.world->make(things.path() + "/actions/poweroff", Json{});
        change();
        things.world->make(things.path() + "/actions/poweron", Json{});
    };
}

std::vector<Removal> of_server(const Things& things) {
    const SharedHetzner& world = things.world;
    const std::int64_t net = things.id_of(
        world->make("/networks",
                    Json{{"name", "net"},
                         {"ip_range", "10.0.0.0/16"},
                         {"subnets", json::Array{Json{{"type", "cloud"},
                                                      {"ip_range", "10.0.1.0/24"},
                                                      {"network_zone", "eu-central"}}}}}),
        "network");
    const std::int64_t wall =
        things.id_of(world->make("/firewalls", Json{{"name", "wall"}}), "firewall");
    const std::int64_t group =
        things.id_of(world->make("/placement_groups", Json{{"name", "pg"}, {"type", "spread"}}),
                     "placement_group");
    const std::int64_t address =
        things.id_of(world->make("/primary_ips", Json{{"name", "one"},
                                                      {"type", "ipv4"},
                                                      {"location", "fsn1"},
                                                      {"assignee_type", "server"}}),
                     "primary_ip");
    const std::string unassign = "/primary_ips/" + std::to_string(address) + "/actions/unassign";
    return {
        {.input = "public_net",
         .value = Value::Record{{"ipv4_enabled", true}, {"ipv6_enabled", true}, {"ipv4", address}},
         .outside = while_off(things, [world, unassign] { world->make(unassign, Json{}); })},
        things.act("networks", Value::Array{Value::Record{{"network", net}}}, "detach_from_network",
                   Json{{"network", net}}),
        {.input = "firewalls",
         .value = Value::Array{wall},
         .outside =
             [things, wall] {
                 const std::int64_t server = std::stoll(things.world->id_of_first(things.plural));
                 things.world->make(
                     "/firewalls/" + std::to_string(wall) + "/actions/remove_from_resources",
                     Json{{"remove_from", json::Array{Json{{"type", "server"},
                                                           {"server", Json{{"id", server}}}}}}});
             }},
        {.input = "placement_group",
         .value = group,
         .outside = while_off(
             things,
             [things] {
                 things.world->make(things.path() + "/actions/remove_from_placement_group", Json{});
             })},
        things.act("backups", true, "disable_backup"),
        things.act("power", "running", "poweroff"),
        things.unname("web.example.com",
                      [](const json::Value& answer) {
                          return answer.find("server")->find("public_net", "ipv4")->find("ip");
                      }),
        things.act("delete_protection", true, "change_protection",
                   Json{{"delete", false}, {"rebuild", false}}),
        things.unlabel()};
}

}

std::vector<Removal> removals_of(const std::string& type, const SharedHetzner& world,
                                 const std::string& plural) {
    const Things things{world, plural};
    static const std::map<std::string_view, std::vector<Removal> (*)(const Things&)> kTypes{
        {"hetzner.Network", of_network},        {"hetzner.Volume", of_volume},
        {"hetzner.Firewall", of_firewall},      {"hetzner.PrimaryIp", of_primary_ip},
        {"hetzner.FloatingIp", of_floating_ip}, {"hetzner.Server", of_server}};
    const auto found = kTypes.find(type);
    if (found != kTypes.end()) return found->second(things);
    // Parts of other things, and what has labels and else nothing to take away.
    const bool is_labelled = type == "hetzner.SshKey" || type == "hetzner.PlacementGroup";
    return is_labelled ? std::vector{things.unlabel()} : std::vector<Removal>{};
}

std::vector<Unremovable> unremovable_of(const std::string& type) {
    if (type == "hetzner.PlacementGroup") return {{{"type"}, "there is one way"}};
    if (type == "hetzner.Volume") return {{{"location", "format"}, "it is made with it"}};
    if (type == "hetzner.Server" || type == "hetzner.PrimaryIp") {
        return {{{"location"}, "it is made with it"}};
    }
    if (type == "hetzner.Subnet" || type == "hetzner.Route" || type == "hetzner.VolumeAttachment") {
        return {{{}, "nothing of it can be changed"}};
    }
    return {};
}

}
