#include "embedded/providers.hpp"
#include "providers/hetzner/server.hpp"
#include "providers/hetzner/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

#include <algorithm>

namespace providers::hetzner {
namespace {

using namespace rest;
using value::Value;
using value::ValueType;

Value text_at(const json::Value& server, std::string_view path) {
    const json::Value* found = at_path(server, path);
    return found != nullptr ? from_json(*found) : Value();
}

// The first address of the network that the server has.
Value show_ipv6_address(const json::Value& server) {
    const Value network = text_at(server, "public_net.ipv6.ip");
    const std::string* text = network.as_string();
    return text != nullptr ? Value(first_of_network(*text)) : Value();
}

Value show_private_ips(const json::Value& server) {
    Value::Record out;
    const Value networks = show_server_networks(server);
    for (const Value& net : *networks.as_array()) {
        out.emplace_back(id_text(net.find("network")), text_of(net, "ip"));
    }
    return out;
}

Value show_private_ip(const json::Value& server) {
    const Value networks = show_server_networks(server);
    return networks.as_array()->empty() ? Value() : field_of(networks.as_array()->front(), "ip");
}

bool has_changed(const provider::PlannedChange& planned, std::string_view input) {
    return std::find(planned.changed.begin(), planned.changed.end(), input) !=
           planned.changed.end();
}

bool is_lost(const provider::Change& change, const std::string& version) {
    const Value& before = field_of(change.recorded_inputs, "public_net");
    const bool has_own = flag_of(before, version + "_enabled", true) && !is_set(before, version);
    return has_own && is_set(change.prior->outputs, version + "_address");
}

base::Result<void> add_costs(const provider::Change& change, provider::PlannedChange& planned) {
    using provider::Cost;
    const bool has_backups = flag_of(change.prior->inputs, "backups");
    if (planned.action == provider::PlannedAction::None) return {};
    if (planned.action == provider::PlannedAction::Update) {
        const bool is_rebuilt = has_changed(planned, "image");
        if (is_rebuilt && flag_of(change.prior->inputs, "delete_protection")) {
            return about("image",
                         base::invalid_argument("a server with `delete_protection` is not rebuilt")
                             .with_help("apply `delete_protection = false` first"));
        }
        if (is_rebuilt) planned.costs.push_back(Cost::DiskEmptied);
        if (has_backups && !flag_of(change.inputs, "backups")) {
            planned.costs.push_back(Cost::BackupsDeleted);
        }
        return {};
    }
    if (has_backups) planned.costs.push_back(Cost::BackupsDeleted);
    if (is_lost(change, "ipv4") || is_lost(change, "ipv6")) {
        planned.costs.push_back(Cost::AddressLost);
    }
    return {};
}

// To a wish that names no address any is right, but not the one that the program gave it and does
// not any more.
void add_own_address(const provider::Change& change, provider::PlannedChange& planned) {
    constexpr const char* kNet = "public_net";
    const Value& wanted = field_of(change.inputs, kNet);
    const bool stays = planned.action == provider::PlannedAction::None ||
                       planned.action == provider::PlannedAction::Update;
    if (wanted.is_null() || wanted.is_unknown() || !stays) return;
    if (!loses_given_address(field_of(change.recorded_inputs, kNet), wanted)) return;
    if (!has_changed(planned, kNet)) planned.changed.emplace_back(kNet);
    planned.action = provider::PlannedAction::Update;
    for (const provider::OutputField& output : change.type.outputs) {
        const auto& with = output.changes_with;
        if (std::find(with.begin(), with.end(), kNet) != with.end())
            planned.outputs.set(output.name, Value::unknown(output.type));
    }
    planned.costs.push_back(provider::Cost::AddressLost);
}

base::Result<void> refine(const provider::Change& change, provider::PlannedChange& planned) {
    if (!change.prior) return {};
    // By schema both fields can change in place; here it shows for which values they cannot.
    const bool is_rebuilt = text_of(change.inputs, "image_change") == "Rebuild";
    if (has_changed(planned, "image") && !is_rebuilt) force(change, planned, "image");
    // Three states: as recorded (what we once asked for), as it is now, and as wanted.
    const bool is_kept =
        can_exchange_addresses(field_of(change.recorded_inputs, "public_net"), *change.prior,
                               field_of(change.inputs, "public_net"));
    if (has_changed(planned, "public_net") && !is_kept) force(change, planned, "public_net");
    add_own_address(change, planned);
    return add_costs(change, planned);
}

RestType describe() {
    RestType type;
    type.schema.name = "hetzner.Server";
    type.schema.doc =
        "A virtual server. It is made, started and attached before what depends on it goes on. "
        "Volumes, floating IPs and primary IPs that are declared by themselves outlive it.";
    type.schema.example = embedded::hetzner_server_ncl;
    type.schema.relations = {firewalls_of_server("", "firewalls"),
                             networks_of_server("", "networks.network"),
                             addresses_of_server("", "public_net")};
    type.collection = "/servers";
    type.envelopes = answers_in("server", "servers");
    type.noun = "server";
    type.has_operations = true;
    type.fields = server_fields();
    OutputRule password;
    password.output = Output("root_password", ValueType::String,
                             // Secret, and told by one answer only: if that answer is lost, nobody
                             // can get it any more, and null says so instead of making a second
                             // server.
                             "Told once, when it is made without keys; null otherwise, and when "
                             "the answer to its making was lost. A rebuild tells a new one.")
                          .changes_with({"image"})
                          .secret();
    password.create_only = "root_password";
    type.results = {
        shown(Output("ipv4_address", ValueType::String, "The public one, or null.")
                  .changes_with({"public_net"}),
              "public_net.ipv4.ip"),
        shown(Output("ipv6_address", ValueType::String, "The first of its public network, or null.")
                  .changes_with({"public_net"}),
              show_ipv6_address),
        shown(Output("ipv6_network", ValueType::String, "The public one, a /64, or null.")
                  .changes_with({"public_net"}),
              "public_net.ipv6.ip"),
        shown(Output("private_ip", ValueType::String, "Its address in the first of its networks.")
                  .changes_with({"networks"})
                  .shows(networks_of_server("", "networks.network")),
              show_private_ip),
        shown(Output("private_ips", ValueType::Record,
                     "Its addresses by the ids of its networks: private_ips.\"4711\".")
                  .changes_with({"networks"})
                  .shows(networks_of_server("", "networks.network")),
              show_private_ips),
        shown(Output("status", ValueType::String, "\"running\", \"off\" …")
                  .changes_with({"power", "server_type", "placement_group"}),
              "status"),
        shown(Output("located_in", ValueType::String, "The location."), "location.name"),
        std::move(password),
    };
    type.references = {
        {.path = "ssh_keys", .to = &ssh_key_type, .by_name = true},
        {.path = "firewalls", .to = &firewall_type},
        {.path = "networks.network", .to = &network_type},
        {.path = "placement_group", .to = &placement_group_type},
        {.path = "public_net.ipv4", .to = &primary_ip_type},
        {.path = "public_net.ipv6", .to = &primary_ip_type},
    };
    type.validate = validate_server;
    type.refine = refine;
    type.complete_body = complete_server_body;
    type.next = next_server_call;
    type.walk_back = turn_on_again;
    type.release = release_addresses;
    return complete(std::move(type));
}

}

const RestType& server_type() {
    static const RestType kType = describe();
    return kType;
}

}
