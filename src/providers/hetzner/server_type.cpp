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

// A system image has a name and an id; only the name is shown, where an id may be recorded. Whether
// that is this name's is not known here: a plan that replaces a server because of a spelling would
// be far worse than one that misses what somebody did by hand. What the program wants now is held
// against it exactly (respell.cpp).
bool may_be_image(const Value& wanted, const Value& shown) {
    const std::string* text = wanted.as_string();
    const std::string* name = shown.as_string();
    if (text == nullptr || name == nullptr) return wanted.same_as(shown);
    const bool is_id = !text->empty() && text->find_first_not_of("0123456789") == std::string::npos;
    const bool is_named = name->find_first_not_of("0123456789") != std::string::npos;
    return (is_id && is_named) || *text == *name;
}

}

// Its name, or its id where it has none.
Value show_image(const json::Value& server) {
    const json::Value* name = at_path(server, "image.name");
    if (name != nullptr && name->is_string()) return from_json(*name);
    const json::Value* id = at_path(server, "image.id");
    return id != nullptr ? Value(id_text(id)) : Value();
}

namespace {

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

Field left_alone(Field field) {
    field.is_left_alone = true;
    return field;
}

Field never_shown(Field field) {
    field.is_never_shown = true;
    return field;
}

// What others may look after as well: a server is not made with it, and it is left as it is where
// the program does not say it.
Field left_alone(Field field, value::Value (*show)(const json::Value& server),
                 bool (*same)(const value::Value& wanted, const value::Value& shown)) {
    field.is_created_with = false;
    field.is_left_alone = true;
    field.show = show;
    field.same = same;
    return field;
}

Field public_net() {
    Field out = custom(
        Input("public_net",
              record_of({
                  Input("ipv4_enabled", a_bool(), "Have a public IPv4 address.").by_default("true"),
                  Input("ipv6_enabled", a_bool(), "Have a public IPv6 network.").by_default("true"),
                  Input("ipv4", an_integer(), "The id of a hetzner.PrimaryIp; else a new one.")
                      .attaches_to({{.type = "hetzner.PrimaryIp", .output = "id"}})
                      .alone(),
                  Input("ipv6", an_integer(), "The id of a hetzner.PrimaryIp; else a new one.")
                      .attaches_to({{.type = "hetzner.PrimaryIp", .output = "id"}})
                      .alone(),
              }),
              "Its public addresses; without it, one of each kind that goes with the server. "
              "Addresses given by their ids are exchanged, given and taken while the server is off "
              "for it, and one of its own comes where there is none. To lose its own, it is "
              "replaced.")
            .costs(provider::Cost::PoweredOff));
    out.trim_half = trim_public_net;
    return left_alone(std::move(out), show_public_net, is_same_public_net);
}

Field networks() {
    Field out = custom(Input(
        "networks",
        array_of(record_of({
            Input("network", an_integer(),
                  "The id of a network. Take `network_id` of the hetzner.Subnet: then the server "
                  "waits for the subnet.")
                .required()
                .attaches_to(networks_and_subnets())
                .alone_at([](const std::string& network, const Value&, const Value& outputs) {
                    return place_of_attachment(id_text(outputs.find("id")), network);
                }),
            Input("ip", a_string(), "Its address there; else the platform chooses one.")
                .alone({"network"}),
            Input("alias_ips", array_of(a_string()), "More addresses there.").alone({"network"}),
        })),
        "The private networks it is attached to. Not looked after if left out: then "
        "`hetzner.NetworkAttachment` may do it."));
    return left_alone(std::move(out), show_server_networks, are_same_networks);
}

Field firewalls() {
    Field out =
        custom(Input("firewalls", set_of(an_integer()),
                     "Ids of firewalls. Not looked after if left out; those applied by labels "
                     "are seen here too."));
    return left_alone(std::move(out), show_server_firewalls, are_same_ids);
}

std::vector<Field> fields() {
    Field type = custom(Input("server_type", a_string(),
                              "\"cx23\", \"cax11\" … A change turns the server off (see "
                              "`shutdown_grace`), changes it, and turns it on again. It needs the "
                              "same architecture, and a disk that is "
                              "not smaller.")
                            .required()
                            .costs(provider::Cost::PoweredOff));
    type.shown_at = "server_type.name";
    Field image =
        custom(Input("image", a_string(),
                     "What is on its disk: a name, \"debian-12\", or the id of a snapshot "
                     "as a text. What a change does, `image_change` says.")
                   .required());
    image.show = show_image;
    image.may_be_recorded = may_be_image;
    image.is_null_unknown = true;   // one that was deleted since
    Field location = replacing(
        Input("location", a_string(), "\"fsn1\", \"hel1\" …; else the platform chooses."));
    location.shown_at = "location.name";
    location.chosen = "located_in";
    Field group =
        custom(Input("placement_group", an_integer(),
                     "The id of a hetzner.PlacementGroup. A change turns the server off and "
                     "on again.")
                   .attaches_to({{.type = "hetzner.PlacementGroup", .output = "id"}})
                   .costs(provider::Cost::PoweredOff));
    group.shown_at = "placement_group.id";
    Field backups =
        custom(Input("backups", a_bool(),
                     "Daily backups, for a fifth more of the price. Turning it off deletes "
                     "them.")
                   .by_default("false"));
    backups.is_created_with = false;
    backups.show = [](const json::Value& server) {
        const json::Value* window = server.find("backup_window");
        return Value(window != nullptr && !window->is_null());
    };
    Field image_change = never_shown(custom(
        Input(
            "image_change", one_of({"Replace", "Rebuild"}),
            "What a change of `image` does: make a new server, or overwrite the disk of this one, "
            "which keeps its id, addresses, volumes, keys and user data. Either way all that is "
            "on the disk is lost.")
            .by_default("'Replace")));
    image_change.is_created_with = false;
    Field power = custom(Input("power", one_of({"running", "off"}),
                               "Whether it runs. To turn it off, its system is asked to stop; see "
                               "`shutdown_grace`.")
                             .by_default("'running"));
    power.is_created_with = false;
    Field grace = never_shown(custom(
        Input("shutdown_grace", some_seconds(),
              "How many seconds its system has to stop when it is turned off, before the power is "
              "cut. 0: cut at once.")
            .by_default("30")));
    grace.is_created_with = false;
    Field reverse = left_alone(custom(
        Input("reverse_dns", a_string(),
              "The name that its IPv4 address and the first of its IPv6 network lead back to. Not "
              "looked after if left out.")));
    reverse.is_created_with = false;
    reverse.show = show_reverse_dns;
    power.show = show_power;
    power.is_null_unknown = true;   // on the way from one to the other
    Field protection =
        custom(Input("delete_protection", a_bool(),
                     "Let the platform refuse to delete or rebuild it, whoever asks.")
                   .by_default("false")
                   .guards());
    protection.is_created_with = false;
    protection.shown_at = "protection.delete";
    Field upgrade = never_shown(custom(
        Input("upgrade_disk", a_bool(),
              "Let the disk grow with `server_type`. Then there is no way back to a smaller type.")
            .by_default("false")));
    upgrade.is_created_with = false;
    return {
        updatable(Input("name", a_string("prelude.Hostname"),
                        "Its host name; unique among the project's servers.")
                      .required()
                      .unique()),
        std::move(type),
        // The order is that of documentation and of `show`; it has no other meaning.
        std::move(image),
        std::move(image_change),
        std::move(location),
        never_shown(replacing(Input("ssh_keys", set_of(anything()),
                                    "Ids or names of keys that root may come in with. Given at its "
                                    "making, and never to be read back."))),
        // Line ends say nothing to cloud-init.
        never_shown(replacing(Input("user_data", normalized(a_string(), with_line_feeds),
                                    "What cloud-init is to do at the first start, at most 32 KiB. "
                                    "Never to be read back.")
                                  .secret())),
        public_net(),
        networks(),
        firewalls(),
        left_alone(std::move(group)),
        std::move(backups),
        std::move(power),
        std::move(grace),
        std::move(reverse),
        std::move(upgrade),
        std::move(protection),
    };
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
    type.fields = fields();
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
