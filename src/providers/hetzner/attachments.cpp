#include "embedded/providers.hpp"
#include "providers/hetzner/formats.hpp"
#include "providers/hetzner/server.hpp"
#include "providers/hetzner/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

// Attachments as resources of their own, for where the two that they join need to know each other.
namespace providers::hetzner {
namespace {

using namespace rest;
using value::Value;
using value::ValueType;

std::vector<SubObject> networks_of(const json::Value& server) {
    std::vector<SubObject> out;
    const Value networks = show_server_networks(server);
    // The server shows them, not the network; so the attachment is a part of its server.
    for (const Value& net : *networks.as_array()) {
        SubObject part;
        part.name = id_text(net.find("network"));
        part.inputs = net;
        // That there is none was seen.
        if (part.inputs.find("alias_ips") == nullptr) part.inputs.set("alias_ips", Value());
        part.inputs.set("server", member_of(server, "id"));
        part.outputs.set("address", field_of(net, "ip"));
        out.push_back(std::move(part));
    }
    return out;
}

json::Value aliases_of(const Value& inputs) {
    if (!is_set(inputs, "alias_ips")) return json::Array{};
    // Null and [] are the same wish.
    return to_json(*inputs.find("alias_ips"));
}

Call attach_network(const Value& inputs) {
    json::Object body{{"network", id_number(id_text(inputs.find("network")))}};
    if (is_set(inputs, "ip")) body.set("ip", text_of(inputs, "ip"));
    if (!items_of(inputs, "alias_ips").empty()) body.set("alias_ips", aliases_of(inputs));
    return parent_action("attach_to_network", std::move(body));
}

Call detach_network(const Value& inputs) {
    return parent_action("detach_from_network",
                         json::Object{{"network", id_number(id_text(inputs.find("network")))}});
}

Call change_aliases(const Value& inputs, const SubObject&) {
    return parent_action("change_alias_ips",
                         json::Object{{"network", id_number(id_text(inputs.find("network")))},
                                      {"alias_ips", aliases_of(inputs)}});
}

// Takes out of what is shown what nobody asked for: the address that the platform chose would look
// like a difference to a program that names none, and replace the attachment in every plan.
void spell_network(Value& shown, const Value& known) {
    Value::Record* members = shown.as_record();
    if (members == nullptr) return;
    std::erase_if(*members, [&](const Value::Member& member) {
        return member.first == "ip" && !is_set(known, "ip");
    });
    if (!is_set(shown, "alias_ips") && is_set(known, "alias_ips") &&
        items_of(known, "alias_ips").empty()) {
        shown.set("alias_ips", Value::Array{});
    }
}

SubResourceType describe_network_attachment() {
    SubResourceType part;
    provider::ResourceType& type = part.schema;
    type.name = "hetzner.NetworkAttachment";
    type.doc = "A server in a network, for servers whose own `networks` are left out.";
    // The same attachment may be written in a server's `networks`: an input that is left out is
    // left alone there, and who declares both is told.
    type.relations = {networks_of_server("server", "network")};
    type.inputs = {
        Input("server", an_integer(), "The id of the server.").required().replaces(),
        Input("network", an_integer(), "The id of the network: `network_id` of a hetzner.Subnet.")
            .required()
            .replaces()
            .attaches_to(networks_and_subnets())
            .alone_at([](const std::string& network, const Value& beside, const Value&) {
                return place_of_attachment(id_text(beside.find("server")), network);
            }),
        Input("ip", a_string(), "Its address there; else the platform chooses one.")
            .replaces()
            .alone({"network"}),
        Input("alias_ips", array_of(a_string()), "More addresses there.").alone({"network"}),
    };
    type.outputs = {
        Output("address", ValueType::String, "Its address there."),
    };
    type.example = embedded::hetzner_network_attachment_ncl;
    part.references = {{.path = "server", .to = &server_type},
                       {.path = "network", .to = &network_type}};
    part.validate = [](const Value& inputs) {
        return check_count(inputs, "alias_ips", kMostAliases);
    };
    part.parent = &server_type();
    part.parent_input = "server";
    part.noun = "attachment to the network";
    part.is_shared = true;
    part.objects_in = networks_of;
    part.name_of = [](const Value& inputs) { return id_text(inputs.find("network")); };
    part.normalize = spell_network;
    part.add = attach_network;
    part.remove = detach_network;
    part.change = change_aliases;
    return complete_sub_resource(std::move(part));
}

// A volume is at one server at most: none or one part.
std::vector<SubObject> servers_of(const json::Value& volume) {
    const std::string server = id_text(volume.find("server"));
    if (server.empty()) return {};
    SubObject part;
    part.name = server;
    part.inputs.set("volume", member_of(volume, "id"));
    part.inputs.set("server", member_of(volume, "server"));
    part.outputs.set("linux_device", volume.string_or("linux_device", ""));
    return {std::move(part)};
}

Call attach_volume(const Value& inputs) {
    json::Object body{{"server", id_number(id_text(inputs.find("server")))}};
    if (flag_of(inputs, "automount")) body.set("automount", true);
    return parent_action("attach", std::move(body));
}

SubResourceType describe_volume_attachment() {
    SubResourceType part;
    provider::ResourceType& type = part.schema;
    type.name = "hetzner.VolumeAttachment";
    type.doc = "A volume at a server, for volumes whose own `server` is left out: where the server "
               "has to know of the volume, for its `user_data`.";
    type.relations = {server_of_volume("volume", "server")};
    type.inputs = {
        Input("volume", an_integer(), "The id of the volume.")
            .required()
            .replaces()
            .belongs_to({{.type = "hetzner.Volume", .output = "id"}})
            .alone_at([](const std::string& volume, const Value&, const Value&) {
                return place_of_volume(volume);
            }),
        Input("server", an_integer(), "The id of the server.").required().replaces(),
        Input("automount", a_bool(), "Mount it at the server.").by_default("false").write_only(),
    };
    type.outputs = {
        Output("linux_device", ValueType::String, "Where the server finds it."),
    };
    type.example = embedded::hetzner_volume_attachment_ncl;
    part.references = {{.path = "volume", .to = &volume_type},
                       {.path = "server", .to = &server_type}};
    part.parent = &volume_type();
    part.parent_input = "volume";
    part.noun = "attachment to the server";
    part.is_shared = true;
    part.objects_in = servers_of;
    part.changes = servers_changed;
    part.name_of = [](const Value& inputs) { return id_text(inputs.find("server")); };
    part.add = attach_volume;
    part.remove = [](const Value&) { return parent_action("detach", {}); };
    return complete_sub_resource(std::move(part));
}

}

std::string place_of_attachment(const std::string& server, const std::string& network) {
    return server.empty() ? std::string() : "server " + server + " in network " + network;
}

std::string place_of_volume(const std::string& volume) {
    return volume.empty() ? std::string() : "server of volume " + volume;
}

const SubResourceType& network_attachment_type() {
    static const SubResourceType kType = describe_network_attachment();
    return kType;
}

const SubResourceType& volume_attachment_type() {
    static const SubResourceType kType = describe_volume_attachment();
    return kType;
}

}
