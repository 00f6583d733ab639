#include "hetzner_world.hpp"
#include "providers/hetzner/provider.hpp"

// The types of the Hetzner Cloud, over the sandbox.
namespace conformance {
namespace {

using infra::Value;
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
    subject.remove_outside = [world, plural] {
        world->wait_for(world->ask("DELETE", "/" + plural + "/" + world->id_of_first(plural)));
    };
    return subject;
}

std::string id_in(const json::Value& answer, std::string_view member) {
    const json::Value* object = answer.find(member);
    return object != nullptr ? std::to_string(object->int64_or("id", 0)) : "0";
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
    return Value::Record{{"name", name}, {"ip_range", range}, {"expose_routes_to_vswitch", false}};
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
    subject.exempt({"kill between start and poll", "kill between phases"},
                   "it is made in one call that is done when it is answered");
    return subject;
}

}

std::vector<MakeSubject> hetzner_subjects() { return {ssh_key, network}; }

}
