#include "providers/hetzner/server.hpp"
#include "providers/hetzner/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

// What a program may say of a hetzner.Server, field by field.
namespace providers::hetzner {

using namespace rest;
using value::Value;

// Its name, or its id where it has none.
Value show_image(const json::Value& server) {
    const json::Value* name = at_path(server, "image.name");
    if (name != nullptr && name->is_string()) return from_json(*name);
    const json::Value* id = at_path(server, "image.id");
    return id != nullptr ? Value(id_text(id)) : Value();
}

namespace {

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

Field type_field() {
    Field out = custom(Input("server_type", a_string(),
                             "\"cx23\", \"cax11\" … A change turns the server off (see "
                             "`shutdown_grace`), changes it, and turns it on again. It needs the "
                             "same architecture, and a disk that is "
                             "not smaller.")
                           .required()
                           .costs(provider::Cost::PoweredOff));
    out.shown_at = "server_type.name";
    return out;
}

Field image() {
    Field out = custom(Input("image", a_string(),
                             "What is on its disk: a name, \"debian-12\", or the id of a snapshot "
                             "as a text. What a change does, `image_change` says.")
                           .required());
    out.show = show_image;
    out.may_be_recorded = may_be_image;
    out.is_null_unknown = true;   // one that was deleted since
    return out;
}

Field location() {
    Field out = replacing(
        Input("location", a_string(), "\"fsn1\", \"hel1\" …; else the platform chooses."));
    out.shown_at = "location.name";
    out.chosen = "located_in";
    return out;
}

Field placement_group() {
    Field out = custom(Input("placement_group", an_integer(),
                             "The id of a hetzner.PlacementGroup. A change turns the server off "
                             "and on again.")
                           .attaches_to({{.type = "hetzner.PlacementGroup", .output = "id"}})
                           .costs(provider::Cost::PoweredOff));
    out.shown_at = "placement_group.id";
    return left_alone(std::move(out));
}

// What a server is not made with: the API knows calls of their own for it, which come after.
Field set_later(provider::InputField input) {
    Field out = custom(std::move(input));
    out.is_created_with = false;
    return out;
}

Field backups() {
    Field out = set_later(
        Input("backups", a_bool(),
              "Daily backups, for a fifth more of the price. Turning it off deletes them.")
            .by_default("false"));
    // The platform shows the hours in which it makes them, and none where they are off.
    out.show = [](const json::Value& server) {
        const json::Value* window = server.find("backup_window");
        return Value(window != nullptr && !window->is_null());
    };
    return out;
}

Field power() {
    Field out = set_later(Input("power", one_of({"running", "off"}),
                                "Whether it runs. To turn it off, its system is asked to stop; see "
                                "`shutdown_grace`.")
                              .by_default("'running"));
    out.show = show_power;
    out.is_null_unknown = true;   // on the way from one to the other
    return out;
}

Field reverse_dns() {
    Field out = set_later(
        Input("reverse_dns", a_string(),
              "The name that its IPv4 address and the first of its IPv6 network lead back to. Not "
              "looked after if left out."));
    out.show = show_reverse_dns;
    return left_alone(std::move(out));
}

Field server_protection() {
    // Beside `delete` there is `rebuild`, which the platform wants to be the same.
    Field out = set_later(Input("delete_protection", a_bool(),
                                "Let the platform refuse to delete or rebuild it, whoever asks.")
                              .by_default("false")
                              .guards());
    out.shown_at = "protection.delete";
    return out;
}

// How changes are made, and nothing of the server itself: only the record has them.
Field image_change() {
    return never_shown(set_later(
        Input(
            "image_change", one_of({"Replace", "Rebuild"}),
            "What a change of `image` does: make a new server, or overwrite the disk of this one, "
            "which keeps its id, addresses, volumes, keys and user data. Either way all that is "
            "on the disk is lost.")
            .by_default("'Replace")));
}

Field shutdown_grace() {
    return never_shown(set_later(
        Input("shutdown_grace", some_seconds(),
              "How many seconds its system has to stop when it is turned off, before the power is "
              "cut. 0: cut at once.")
            .by_default("30")));
}

Field upgrade_disk() {
    return never_shown(set_later(
        Input("upgrade_disk", a_bool(),
              "Let the disk grow with `server_type`. Then there is no way back to a smaller type.")
            .by_default("false")));
}

}

std::vector<Field> server_fields() {
    // The order is that of documentation and of `show`; it has no other meaning.
    return {
        updatable(Input("name", a_string("prelude.Hostname"),
                        "Its host name; unique among the project's servers.")
                      .required()
                      .unique()),
        type_field(),
        image(),
        image_change(),
        location(),
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
        placement_group(),
        backups(),
        power(),
        shutdown_grace(),
        reverse_dns(),
        upgrade_disk(),
        server_protection(),
    };
}

}
