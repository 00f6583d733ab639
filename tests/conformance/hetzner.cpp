#include "hetzner_removals.hpp"
#include "providers/hetzner/provider.hpp"

// The types of the Hetzner Cloud, over the sandbox.
namespace conformance {
namespace {

using value::Value;
using Json = json::Object;

constexpr const char* kKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMZ4vGk1yXo0q5nYx1k7b0n3T1h6f6kT5cN0bVtq3u5Z";
constexpr const char* kOtherKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKa4vGk1yXo0q5nYx1k7b0n3T1h6f6kT5cN0bVtq3u5Z";

// What all types have in common; `plural` names their collection.
Subject subject_of(const SharedHetzner& world, const char* type, const std::string& plural) {
    Subject subject;
    subject.name = type;
    subject.type = providers::hetzner::provider().schema().find(type);
    subject.connect = world->connect();
    subject.is_outside_process = true;
    subject.count = [world, plural] { return world->count(plural); };
    subject.faults.lose_answer = [world, plural](Loss loss) {
        world->lose(loss, "^/v1/" + plural + "$");
    };
    subject.faults.deliver = [world] { world->deliver(); };
    subject.faults.throttle = [world] {
        world->fault(Json{{"kind", "status"}, {"status", 429}, {"times", 2}});
    };
    subject.faults.connect_with_wrong_credentials = world->connect_as("nonsense", {});
    subject.faults.connect_to_another_account =
        world->connect_as(std::string(64, 'b'), "another project");
    subject.faults.add_unknown_field = [world] { world->add_unknown_field(); };
    subject.removals = [world, plural, type] { return removals_of(type, world, plural); };
    subject.unremovable = unremovable_of(type);
    subject.remove_outside = [world, plural] {
        world->wait_for(world->ask("DELETE", "/" + plural + "/" + world->id_of_first(plural)));
    };
    return subject;
}

std::string id_in(const json::Value& answer, std::string_view member) {
    const json::Value* object = answer.find(member);
    return object != nullptr ? std::to_string(object->int64_or("id", 0)) : "0";
}

Value with(Value inputs, std::string_view name, Value value) {
    inputs.set(name, std::move(value));
    return inputs;
}

Value key_inputs(const char* name, const char* key) {
    return Value::Record{{"name", name}, {"public_key", key}};
}

Subject ssh_key() {
    auto world = std::make_shared<HetznerWorld>();
    Subject subject = subject_of(world, "hetzner.SshKey", "ssh_keys");
    subject.inputs = key_inputs("ops", kKey);
    subject.updated = key_inputs("operators", kKey);
    subject.replaced = key_inputs("ops", kOtherKey);
    subject.change_outside = [world] {
        world->ask("PUT", "/ssh_keys/" + world->id_of_first("ssh_keys"), Json{{"name", "other"}});
    };
    subject.make_foreign = [world] {
        world->make("/ssh_keys", Json{{"name", "ops"}, {"public_key", kOtherKey}});
    };
    subject.make_by_hand = [world] {
        return id_in(world->make("/ssh_keys", Json{{"name", "by hand"}, {"public_key", kKey}}),
                     "ssh_key");
    };
    subject.exempt({"kill between start and poll", "kill between phases"},
                   "it is made and changed in one call that is done when it is answered");
    return subject;
}

Value network_inputs(const char* name, const char* range) {
    return Value::Record{{"name", name},
                         {"ip_range", range},
                         {"expose_routes_to_vswitch", false},
                         {"delete_protection", false}};
}

Subject network() {
    auto world = std::make_shared<HetznerWorld>();
    Subject subject = subject_of(world, "hetzner.Network", "networks");
    subject.inputs = network_inputs("net", "10.0.0.0/16");
    subject.inputs.set("labels", Value::Record{{"team", "web"}});
    subject.updated = network_inputs("net2", "10.0.0.0/16");
    subject.replaced = network_inputs("net", "192.168.0.0/16");
    subject.change_outside = [world] {
        world->ask("PUT", "/networks/" + world->id_of_first("networks"),
                   Json{{"labels", Json{{"team", "db"}}}});
    };
    const Json by_hand{{"name", "net"}, {"ip_range", "10.0.0.0/16"}};
    subject.make_foreign = [world, by_hand] { world->make("/networks", by_hand); };
    subject.make_by_hand = [world, by_hand] {
        return id_in(world->make("/networks", by_hand), "network");
    };
    subject.phased = with(subject.inputs, "delete_protection", true);
    subject.exempt({"kill between start and poll"}, "it is there when the call is answered");
    return subject;
}

// A type whose objects are made by POST of `by_hand` to their collection.
struct Plain {
    const char* type;
    const char* plural;
    const char* singular;
    Json by_hand;
    Value inputs;
};

Subject plain(const SharedHetzner& world, const Plain& of) {
    Subject subject = subject_of(world, of.type, of.plural);
    subject.inputs = of.inputs;
    const std::string path = std::string("/") + of.plural;
    subject.make_foreign = [world, of, path] { world->make(path, of.by_hand); };
    subject.make_by_hand = [world, of, path] {
        return id_in(world->make(path, of.by_hand), of.singular);
    };
    subject.change_outside = [world, of, path] {
        world->ask("PUT", path + "/" + world->id_of_first(of.plural), Json{{"name", "other"}});
    };
    return subject;
}

Subject placement_group() {
    auto world = std::make_shared<HetznerWorld>();
    Subject subject = plain(world, {.type = "hetzner.PlacementGroup",
                                    .plural = "placement_groups",
                                    .singular = "placement_group",
                                    .by_hand = {{"name", "pg"}, {"type", "spread"}},
                                    .inputs = Value::Record{{"name", "pg"}, {"type", "spread"}}});
    subject.updated = with(subject.inputs, "name", "pg2");
    subject.exempt({"replace"}, "each change is made in place");
    subject.exempt({"kill between start and poll", "kill between phases"},
                   "it is made in one call that is done when it is answered");
    return subject;
}

Value volume_inputs(std::int64_t size, const char* format) {
    return Value::Record{{"name", "data"},
                         {"size", size},
                         {"location", "fsn1"},
                         {"format", format},
                         {"delete_protection", false},
                         {"automount", false}};
}

Subject volume() {
    auto world = std::make_shared<HetznerWorld>();
    Subject subject = plain(
        world,
        {.type = "hetzner.Volume",
         .plural = "volumes",
         .singular = "volume",
         .by_hand = {{"name", "data"}, {"size", 10}, {"location", "fsn1"}, {"format", "ext4"}},
         .inputs = volume_inputs(10, "ext4")});
    subject.updated = volume_inputs(20, "ext4");
    subject.replaced = volume_inputs(10, "xfs");
    subject.slow = subject.inputs;
    subject.phased = with(subject.inputs, "delete_protection", true);
    return subject;
}

Value rule(const char* port) {
    return Value::Record{{"direction", "in"},
                         {"protocol", "tcp"},
                         {"port", port},
                         {"source_ips", Value::Array{"0.0.0.0/0", "2001:DB8:0::/64"}}};
}

Subject firewall() {
    auto world = std::make_shared<HetznerWorld>();
    Subject subject = plain(
        world, {.type = "hetzner.Firewall",
                .plural = "firewalls",
                .singular = "firewall",
                .by_hand = {{"name", "web"}},
                .inputs = Value::Record{
                    {"name", "web"},
                    {"rules", Value::Array{rule("443")}},
                    {"apply_to", Value::Array{Value::Record{{"label_selector", "role=web"}}}}}});
    subject.updated = with(subject.inputs, "rules", Value::Array{rule("80"), rule("443")});
    subject.updated.set("apply_to",
                        Value::Array{Value::Record{{"label_selector", "role in (web, db)"}}});
    subject.remove_outside = [world] {
        const std::string path = "/firewalls/" + world->id_of_first("firewalls");
        world->make(path + "/actions/remove_from_resources",
                    Json{{"remove_from",
                          json::Array{Json{{"type", "label_selector"},
                                           {"label_selector", Json{{"selector", "role=web"}}}}}}});
        world->ask("DELETE", path);
    };
    subject.phased_update = subject.updated;
    subject.exempt({"replace"}, "each change is made in place");
    subject.exempt({"kill between start and poll"}, "it is there when the call is answered");
    return subject;
}

Value ip_inputs(const char* type, const char* location, const char* name) {
    return Value::Record{{"name", name}, {"type", type}, {location, "fsn1"}};
}

Subject primary_ip() {
    auto world = std::make_shared<HetznerWorld>();
    Subject subject = plain(world, {.type = "hetzner.PrimaryIp",
                                    .plural = "primary_ips",
                                    .singular = "primary_ip",
                                    .by_hand = {{"name", "front"},
                                                {"type", "ipv4"},
                                                {"location", "fsn1"},
                                                {"assignee_type", "server"}},
                                    .inputs = ip_inputs("ipv4", "location", "front")});
    for (Value* one : {&subject.inputs, &subject.updated, &subject.replaced}) {
        *one = ip_inputs("ipv4", "location", "front");
        one->set("auto_delete", false);
        one->set("delete_protection", false);
    }
    subject.updated.set("name", "back");
    subject.replaced.set("type", "ipv6");
    subject.phased = with(subject.inputs, "delete_protection", true);
    subject.exempt({"kill between start and poll"}, "it is there when the call is answered");
    return subject;
}

Subject floating_ip() {
    auto world = std::make_shared<HetznerWorld>();
    Subject subject =
        plain(world, {.type = "hetzner.FloatingIp",
                      .plural = "floating_ips",
                      .singular = "floating_ip",
                      .by_hand = {{"name", "vip"}, {"type", "ipv4"}, {"home_location", "fsn1"}},
                      .inputs = ip_inputs("ipv4", "home_location", "vip")});
    subject.inputs.set("description", "");
    subject.inputs.set("delete_protection", false);
    subject.updated = with(subject.inputs, "description", "for web");
    subject.phased = with(subject.inputs, "delete_protection", true);
    subject.replaced = with(subject.inputs, "type", "ipv6");
    subject.exempt({"kill between start and poll"}, "it is there when the call is answered");
    return subject;
}

Value server_inputs() {
    return Value::Record{{"name", "web-1"},
                         {"server_type", "cx23"},
                         {"image", "debian-12"},
                         {"location", "fsn1"},
                         {"backups", false},
                         {"power", "running"},
                         {"upgrade_disk", false},
                         {"delete_protection", false},
                         {"labels", Value::Record{{"role", "web"}}}};
}

Subject server() {
    auto world = std::make_shared<HetznerWorld>();
    const Json by_hand{
        {"name", "web-1"}, {"server_type", "cx23"}, {"image", "debian-12"}, {"location", "fsn1"}};
    Subject subject = plain(world, {.type = "hetzner.Server",
                                    .plural = "servers",
                                    .singular = "server",
                                    .by_hand = by_hand,
                                    .inputs = server_inputs()});
    // Through all that has a way of its own: off, another type, on again, backups, a label.
    subject.updated = with(subject.inputs, "server_type", "cx33");
    subject.updated.set("backups", true);
    subject.updated.set("labels", Value::Record{{"role", "db"}});
    subject.replaced = with(subject.inputs, "image", "ubuntu-24.04");
    subject.slow = subject.inputs;
    subject.phased_update = subject.updated;
    return subject;
}

// The parts of a network, in one that is there.
Subject part_of_network(const SharedHetzner& world, const char* type, const char* list) {
    Subject subject = subject_of(world, type, "networks");
    world->make("/networks", Json{{"name", "net"}, {"ip_range", "10.0.0.0/16"}});
    subject.count = [world, list] {
        const json::Value answer = world->ask("GET", "/networks/" + world->id_of_first("networks"));
        const json::Value* items = answer.find("network", list);
        return items != nullptr && items->is_array() ? static_cast<int>(items->as_array()->size())
                                                     : -1;
    };
    subject.faults.lose_answer = [world](Loss loss) {
        world->lose(loss, "^/v1/networks/[0-9]+/actions/");
    };
    subject.exempt({"update in place"}, "nothing of it can be changed");
    subject.exempt({"change outside is drift"}, "nothing of it can be changed");
    subject.unremovable = {{.inputs = {}, .reason = "nothing of it can be changed"}};
    return subject;
}

Subject subnet() {
    auto world = std::make_shared<HetznerWorld>();
    Subject subject = part_of_network(world, "hetzner.Subnet", "subnets");
    const std::string network = world->id_of_first("networks");
    subject.inputs = Value::Record{{"network", std::int64_t{std::stoll(network)}},
                                   {"ip_range", "10.0.1.0/24"},
                                   {"network_zone", "eu-central"},
                                   {"type", "cloud"}};
    subject.replaced = with(subject.inputs, "ip_range", "10.0.2.0/24");
    subject.slow = subject.inputs;
    subject.phased = subject.inputs;
    const auto make = [world, network] {
        world->make(
            "/networks/" + network + "/actions/add_subnet",
            Json{{"ip_range", "10.0.1.0/24"}, {"network_zone", "eu-central"}, {"type", "cloud"}});
        return network + ":10.0.1.0/24";
    };
    subject.make_foreign = [make] { make(); };
    subject.make_by_hand = make;
    subject.remove_outside = [world, network] {
        world->make("/networks/" + network + "/actions/delete_subnet",
                    Json{{"ip_range", "10.0.1.0/24"}});
    };
    return subject;
}

Subject route() {
    auto world = std::make_shared<HetznerWorld>();
    Subject subject = part_of_network(world, "hetzner.Route", "routes");
    const std::string network = world->id_of_first("networks");
    const Json wanted{{"destination", "10.100.0.0/16"}, {"gateway", "10.0.1.2"}};
    subject.inputs = Value::Record{{"network", std::int64_t{std::stoll(network)}},
                                   {"destination", "10.100.0.0/16"},
                                   {"gateway", "10.0.1.2"}};
    subject.replaced = with(subject.inputs, "gateway", "10.0.1.3");
    subject.slow = subject.inputs;
    subject.phased = subject.inputs;
    const auto make = [world, network, wanted] {
        world->make("/networks/" + network + "/actions/add_route", wanted);
        return network + ":10.100.0.0/16=10.0.1.2";
    };
    subject.make_foreign = [make] { make(); };
    subject.make_by_hand = make;
    subject.remove_outside = [world, network, wanted] {
        world->make("/networks/" + network + "/actions/delete_route", wanted);
    };
    return subject;
}

Subject network_attachment() {
    auto world = std::make_shared<HetznerWorld>();
    Subject subject = subject_of(world, "hetzner.NetworkAttachment", "servers");
    const std::string network =
        id_in(world->make("/networks",
                          Json{{"name", "net"},
                               {"ip_range", "10.0.0.0/16"},
                               {"subnets", json::Array{Json{{"type", "cloud"},
                                                            {"ip_range", "10.0.1.0/24"},
                                                            {"network_zone", "eu-central"}}}}}),
              "network");
    const std::string server = id_in(world->make("/servers", Json{{"name", "web"},
                                                                  {"server_type", "cx23"},
                                                                  {"image", "debian-12"},
                                                                  {"location", "fsn1"}}),
                                     "server");
    const std::string path = "/servers/" + server;
    subject.count = [world, path] {
        const json::Value answer = world->ask("GET", path);
        const json::Value* items = answer.find("server", "private_net");
        return items != nullptr && items->is_array() ? static_cast<int>(items->as_array()->size())
                                                     : -1;
    };
    subject.faults.lose_answer = [world](Loss loss) {
        world->lose(loss, "^/v1/servers/[0-9]+/actions/");
    };
    subject.inputs = Value::Record{{"server", std::int64_t{std::stoll(server)}},
                                   {"network", std::int64_t{std::stoll(network)}},
                                   {"ip", "10.0.1.5"}};
    subject.updated = with(subject.inputs, "alias_ips", Value::Array{"10.0.1.7"});
    subject.replaced = with(subject.inputs, "ip", "10.0.1.6");
    subject.slow = subject.inputs;
    subject.phased = subject.inputs;
    const Json body{{"network", std::int64_t{std::stoll(network)}}, {"ip", "10.0.1.5"}};
    const auto make = [world, path, body, server, network] {
        world->make(path + "/actions/attach_to_network", body);
        return server + ":" + network;
    };
    subject.exempt({"foreign thing"}, "it holds nothing and is whoever's wants it");
    subject.make_by_hand = make;
    subject.remove_outside = [world, path, network] {
        world->make(path + "/actions/detach_from_network",
                    Json{{"network", std::int64_t{std::stoll(network)}}});
    };
    const auto change_aliases = [world, path, network](json::Array aliases) {
        world->make(path + "/actions/change_alias_ips",
                    Json{{"network", std::int64_t{std::stoll(network)}},
                         {"alias_ips", std::move(aliases)}});
    };
    subject.change_outside = [change_aliases] { change_aliases({"10.0.1.9"}); };
    subject.removals = [change_aliases]() -> std::vector<Removal> {
        return {{.input = "alias_ips",
                 .value = Value::Array{"10.0.1.7"},
                 .outside = [change_aliases] { change_aliases({}); }}};
    };
    subject.unremovable = {{.inputs = {"ip"}, .reason = "it goes with the attachment"}};
    return subject;
}

Subject volume_attachment() {
    auto world = std::make_shared<HetznerWorld>();
    Subject subject = subject_of(world, "hetzner.VolumeAttachment", "volumes");
    const auto server = [&](const char* name) {
        return id_in(world->make("/servers", Json{{"name", name},
                                                  {"server_type", "cx23"},
                                                  {"image", "debian-12"},
                                                  {"location", "fsn1"}}),
                     "server");
    };
    const std::string web = server("web");
    const std::string volume =
        id_in(world->make("/volumes", Json{{"name", "data"}, {"size", 10}, {"location", "fsn1"}}),
              "volume");
    const std::string path = "/volumes/" + volume;
    subject.count = [world, path] {
        const json::Value answer = world->ask("GET", path);
        const json::Value* at = answer.find("volume", "server");
        return at != nullptr && !at->is_null() ? 1 : 0;
    };
    subject.faults.lose_answer = [world](Loss loss) {
        world->lose(loss, "^/v1/volumes/[0-9]+/actions/");
    };
    subject.inputs = Value::Record{{"volume", std::int64_t{std::stoll(volume)}},
                                   {"server", std::int64_t{std::stoll(web)}},
                                   {"automount", false}};
    subject.replaced = with(subject.inputs, "server", std::int64_t{std::stoll(server("db"))});
    subject.slow = subject.inputs;
    subject.phased = subject.inputs;
    const auto make = [world, path, web, volume] {
        world->make(path + "/actions/attach", Json{{"server", std::int64_t{std::stoll(web)}}});
        return volume + ":" + web;
    };
    subject.exempt({"foreign thing"}, "it holds nothing and is whoever's wants it");
    subject.make_by_hand = make;
    subject.remove_outside = [world, path] { world->make(path + "/actions/detach", Json{}); };
    subject.exempt({"update in place", "change outside is drift"}, "nothing of it can be changed");
    return subject;
}

// What is only looked up: nothing is made, so nothing can be lost or left over.
Subject looked_up(const char* type, Value inputs) {
    auto world = std::make_shared<HetznerWorld>();
    Subject subject = subject_of(world, type, "images");
    subject.is_outside_process = false;
    subject.faults.lose_answer = nullptr;
    subject.faults.deliver = nullptr;
    subject.faults.connect_to_another_account = nullptr;
    subject.remove_outside = nullptr;
    // What is looked up is the one thing; anything that was made would be more.
    subject.count = [world, before = world->count("images")] {
        return 1 + world->count("images") - before + world->count("servers");
    };
    subject.inputs = std::move(inputs);
    subject.exempt({"update in place", "replace"}, "by another name it is another thing");
    subject.exempt({"another account"}, "every account has the same catalogue");
    subject.exempt({"import", "change outside is drift", "removed outside is absent",
                    "delete, delete again", "foreign thing", "answer lost, acted before",
                    "answer lost, acted later", "answer lost, never acted",
                    "kill between start and poll", "kill between phases", "kill in a call"},
                   "it is only looked up");
    return subject;
}

Subject image() {
    return looked_up(
        "hetzner.Image",
        Value::Record{{"name", "debian-12"}, {"type", "system"}, {"architecture", "arm"}});
}
Subject location() { return looked_up("hetzner.Location", Value::Record{{"name", "hel1"}}); }
Subject server_type() { return looked_up("hetzner.ServerType", Value::Record{{"name", "cax11"}}); }

}

std::vector<MakeSubject> hetzner_subjects() {
    return {ssh_key,     network,  placement_group, volume, firewall,           primary_ip,
            floating_ip, server,   subnet,          route,  network_attachment, volume_attachment,
            image,       location, server_type};
}

}
