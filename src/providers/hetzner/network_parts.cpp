#include "embedded/providers.hpp"
#include "providers/hetzner/formats.hpp"
#include "providers/hetzner/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>

// Subnets and routes. They are types of their own and not fields of the network, although the API
// has no ids for them: servers have to wait for a subnet, and a route leads to the address of a
// server that is known only when the server is attached, which a field of the network could never
// await.
namespace providers::hetzner {
namespace {

using namespace rest;
using value::Value;
using value::ValueType;

// Of those with the same name within it there is one.
provider::InputField network_input(const char* name) {
    return Input("network", an_integer(), "The id of its network.")
        .required()
        .replaces()
        .belongs_to({{.type = "hetzner.Network", .output = "id"}})
        .alone({name});
}

const json::Array& list_in(const json::Value& network, std::string_view name) {
    static const json::Array kNone;
    const json::Value* list = network.find(name);
    return list != nullptr && list->is_array() ? *list->as_array() : kNone;
}

std::vector<SubObject> subnets_of(const json::Value& network) {
    std::vector<SubObject> out;
    for (const json::Value& subnet : list_in(network, "subnets")) {
        SubObject part;
        part.name = subnet.string_or("ip_range", "");
        part.inputs.set("network", member_of(network, "id"));
        for (const char* field : {"ip_range", "type", "network_zone", "vswitch_id"}) {
            const json::Value* value = subnet.find(field);
            // Null members are left out, as an input that was not given is: `vswitch_id: null` is
            // no difference.
            if (value != nullptr && !value->is_null()) part.inputs.set(field, from_json(*value));
        }
        part.outputs.set("network_id", member_of(network, "id"));
        part.outputs.set("gateway", subnet.string_or("gateway", ""));
        out.push_back(std::move(part));
    }
    return out;
}

// All subnets of a network share its id: what is attached to it is in the one that its address is
// of. An address that is not known may be.
bool is_in_subnet(const Value& subnet, const Value& outputs) {
    const std::string network = id_text(subnet.find("network"));
    const std::string& known = text_of(field_of(outputs, "private_ips"), network);
    const auto address = ipv4_of(known.empty() ? text_of(outputs, "address") : known);
    const std::string& range = text_of(subnet, "ip_range");
    const std::size_t slash = range.find('/');
    const auto base = ipv4_of(range.substr(0, slash));
    if (!address || !base || slash == std::string::npos) return true;
    const int bits = std::atoi(range.c_str() + slash + 1);
    const std::uint32_t mask = bits <= 0 ? 0 : ~std::uint32_t{0} << (32 - std::min(bits, 32));
    return (*address & mask) == (*base & mask);
}

base::Result<void> validate_subnet(const Value& inputs) {
    constexpr int kSmallest = 30;
    TRY(check_private_range(inputs, "ip_range", kSmallest));
    const bool is_vswitch = text_of(inputs, "type") == "vswitch";
    if (is_vswitch == is_set(inputs, "vswitch_id")) return {};
    return base::invalid_argument(is_vswitch ? "a subnet of the type vswitch needs a `vswitch_id`"
                                             : "`vswitch_id` is for subnets of the type vswitch");
}

Call add_subnet(const Value& inputs) {
    json::Object body;
    for (const char* field : {"type", "ip_range", "network_zone", "vswitch_id"}) {
        if (is_set(inputs, field)) body.set(field, to_json(*inputs.find(field)));
    }
    return parent_action("add_subnet", std::move(body));
}

Call remove_subnet(const Value& inputs) {
    return parent_action("delete_subnet", json::Object{{"ip_range", text_of(inputs, "ip_range")}});
}

SubResourceType describe_subnet() {
    SubResourceType part;
    provider::ResourceType& type = part.schema;
    type.name = "hetzner.Subnet";
    type.doc =
        "A range of a network that servers get addresses of. Nothing of it can be changed in "
        "place. What is attached to it is detached before it is deleted, and attached again where "
        "the program still wants that. Let servers refer to `network_id` here, so that they wait "
        "for it.";
    type.inputs = {
        network_input("ip_range"),
        Input("ip_range", a_string(), "Within the network's, at least a /30: \"10.0.1.0/24\".")
            .required()
            .replaces(),
        Input("network_zone", one_of({"eu-central", "us-east", "us-west", "ap-southeast"}),
              "Where servers can have it; the same for all subnets of a network.")
            .required()
            .replaces(),
        Input("type", one_of({"cloud", "server", "vswitch"}), "What can be in it.")
            .by_default("'cloud")
            .replaces(),
        Input("vswitch_id", an_integer(), "The vSwitch that it is connected with, for that type.")
            .replaces(),
    };
    type.outputs = {
        Output("network_id", ValueType::Number,
               "The network's id, known when the subnet is there: what servers should refer to.")
            .fresh(),
        Output("gateway", ValueType::String, "The address that leads out of it."),
    };
    type.example = embedded::hetzner_subnet_ncl;
    part.references = {{.path = "network", .to = &network_type}};
    part.parent = &network_type();
    part.parent_input = "network";
    part.noun = "subnet";
    part.objects_in = subnets_of;
    part.name_of = [](const Value& inputs) { return text_of(inputs, "ip_range"); };
    part.validate = validate_subnet;
    part.add = add_subnet;
    part.remove = remove_subnet;
    return complete_sub_resource(std::move(part));
}

std::string route_name(const Value& inputs) {
    return text_of(inputs, "destination") + "=" + text_of(inputs, "gateway");
}

std::vector<SubObject> routes_of(const json::Value& network) {
    std::vector<SubObject> out;
    for (const json::Value& route : list_in(network, "routes")) {
        SubObject part;
        part.inputs.set("network", member_of(network, "id"));
        part.inputs.set("destination", route.string_or("destination", ""));
        part.inputs.set("gateway", route.string_or("gateway", ""));
        part.name = route_name(part.inputs);
        part.outputs = Value(Value::Record{});
        out.push_back(std::move(part));
    }
    return out;
}

base::Result<void> validate_route(const Value& inputs) {
    const std::string& gateway = text_of(inputs, "gateway");
    if (!gateway.empty() && !ipv4_of(gateway)) {
        return about("gateway",
                     base::invalid_argument("`gateway`: \"" + gateway + "\" is no address")
                         .with_help("write that of a server in the network"));
    }
    // All else goes there too.
    if (text_of(inputs, "destination") == "0.0.0.0/0") return {};
    constexpr int kSmallest = 32;
    return check_private_range(inputs, "destination", kSmallest);
}

json::Object route_body(const Value& inputs) {
    return {{"destination", text_of(inputs, "destination")},
            {"gateway", text_of(inputs, "gateway")}};
}

SubResourceType describe_route() {
    SubResourceType part;
    provider::ResourceType& type = part.schema;
    type.name = "hetzner.Route";
    type.doc =
        "Where a network sends what is for other networks: to one of its servers. Nothing of "
        "it can be changed in place.";
    type.inputs = {
        network_input("destination"),
        Input("destination", a_string(),
              "A private range that no subnet has, or \"0.0.0.0/0\" for all else.")
            .required()
            .replaces(),
        Input("gateway", a_string(), "The address of a server in the network.")
            .required()
            .replaces(),
    };
    type.example = embedded::hetzner_route_ncl;
    part.references = {{.path = "network", .to = &network_type}};
    part.parent = &network_type();
    part.parent_input = "network";
    part.noun = "route";
    part.objects_in = routes_of;
    part.name_of = route_name;
    part.validate = validate_route;
    part.add = [](const Value& inputs) { return parent_action("add_route", route_body(inputs)); };
    part.remove = [](const Value& inputs) {
        return parent_action("delete_route", route_body(inputs));
    };
    return complete_sub_resource(std::move(part));
}

}

std::vector<provider::Attachment::Target> networks_and_subnets() {
    return {{.type = "hetzner.Network", .output = "id"},
            {.type = "hetzner.Subnet", .output = "network_id", .is_it = is_in_subnet}};
}

const SubResourceType& subnet_type() {
    static const SubResourceType kType = describe_subnet();
    return kType;
}

const SubResourceType& route_type() {
    static const SubResourceType kType = describe_route();
    return kType;
}

}
