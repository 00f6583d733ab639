#include "embedded/providers.hpp"
#include "providers/aws/formats.hpp"
#include "providers/aws/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace providers::aws {
namespace {

using namespace rest;
using value::Value;

struct Target {
    const char* input;
    const char* member;
    const char* prefix;   // of ids
};
constexpr std::array kTargets{
    Target{"gateway_id", "GatewayId", "igw"},
    Target{"nat_gateway_id", "NatGatewayId", "nat"},
    Target{"network_interface_id", "NetworkInterfaceId", "eni"},
    Target{"vpc_peering_connection_id", "VpcPeeringConnectionId", "pcx"},
    Target{"transit_gateway_id", "TransitGatewayId", "tgw"},
};

const json::Array& list_in(const json::Value& object, std::string_view name) {
    static const json::Array kNone;
    const json::Value* list = object.find(name);
    return list != nullptr && list->is_array() ? *list->as_array() : kNone;
}

// Those that somebody has made: not the VPC's own, and not those of endpoints and gateways.
Value show_routes(const json::Value& table) {
    Value::Array out;
    for (const json::Value& route : list_in(table, "Routes")) {
        if (route.string_or("Origin", "CreateRoute") != "CreateRoute") continue;
        std::string_view to = route.string_or("DestinationCidrBlock", "");
        if (to.empty()) to = route.string_or("DestinationIpv6CidrBlock", "");
        if (to.empty()) continue;
        Value shown = Value::Record{{"destination", Value(to)}};
        for (const Target& target : kTargets) {
            const std::string_view id = route.string_or(target.member, "");
            if (!id.empty()) shown.set(target.input, Value(id));
        }
        out.push_back(std::move(shown));
    }
    return out;
}

// By destination: where it leads, as an operation takes it.
std::map<std::string, json::Object> routes_in(const Value& routes) {
    std::map<std::string, json::Object> out;
    const Value::Array* all = routes.as_array();
    if (all == nullptr) return out;
    for (const Value& route : *all) {
        json::Object& to = out[canonical_network(text_of(route, "destination"))];
        for (const Target& target : kTargets) {
            const std::string& id = text_of(route, target.input);
            if (!id.empty()) to.set(target.member, id);
        }
    }
    return out;
}

bool are_same_routes(const Value& wanted, const Value& shown) {
    return !wanted.has_unknown() && routes_in(wanted) == routes_in(shown);
}

// Subnets, and by what they are joined to it.
std::map<std::string, std::string> associations_of(const json::Value& table) {
    std::map<std::string, std::string> out;
    for (const json::Value& one : list_in(table, "Associations")) {
        const std::string_view subnet = one.string_or("SubnetId", "");
        const json::Value* state = one.find("AssociationState", "State");
        const bool has_gone = state != nullptr && state->is_string() &&
                              state->as_string()->starts_with("disassociat");
        if (subnet.empty() || has_gone) continue;
        out.emplace(subnet, one.string_or("RouteTableAssociationId", ""));
    }
    return out;
}

Value show_subnets(const json::Value& table) {
    Value::Array out;
    for (const auto& [subnet, association] : associations_of(table)) out.emplace_back(subnet);
    return out;
}

std::vector<std::string> subnets_in(const Value& list) {
    std::vector<std::string> out;
    if (const Value::Array* all = list.as_array()) {
        for (const Value& one : *all) {
            if (const std::string* text = one.as_string()) out.push_back(*text);
        }
    }
    std::ranges::sort(out);
    return out;
}

bool are_same_subnets(const Value& wanted, const Value& shown) {
    return !wanted.has_unknown() && subnets_in(wanted) == subnets_in(shown);
}

Call route_call(const UpdateContext& update, const char* operation, const std::string& to,
                json::Object parameters) {
    const bool is_v6 = to.find(':') != std::string::npos;
    parameters.set(is_v6 ? "DestinationIpv6CidrBlock" : "DestinationCidrBlock", to);
    return operation_call(route_table_type().object, update.key, operation, std::move(parameters),
                          to);
}

// Before anything is taken away, what is wanted is there.
std::optional<Call> next_route(const UpdateContext& update) {
    const auto wanted = routes_in(field_of(update.wanted(), "routes"));
    const auto now = routes_in(field_of(update.shown, "routes"));
    for (const auto& [to, target] : wanted) {
        const auto there = now.find(to);
        if (there == now.end()) return route_call(update, "CreateRoute", to, target);
        if (there->second != target) return route_call(update, "ReplaceRoute", to, target);
    }
    for (const auto& [to, target] : now) {
        if (!wanted.contains(to)) return route_call(update, "DeleteRoute", to, {});
    }
    return std::nullopt;
}

Call leave(const std::string& table, const std::string& subnet, const std::string& association) {
    return operation_call(route_table_type().object, table, "DisassociateRouteTable",
                          {{"AssociationId", association}}, subnet);
}

std::optional<Call> next(const UpdateContext& update) {
    if (auto call = next_route(update)) return call;
    const Value& list = field_of(update.wanted(), "subnet_ids");
    if (list.is_null() && !is_taken_away(update.wanted(), "subnet_ids")) return std::nullopt;
    const auto now = associations_of(update.object);
    const std::vector<std::string> wanted = subnets_in(list);
    for (const auto& [subnet, association] : now) {
        if (!std::ranges::binary_search(wanted, subnet))
            return leave(std::string(update.key), subnet, association);
    }
    for (const std::string& subnet : wanted) {
        if (now.contains(subnet)) continue;
        return operation_call(route_table_type().object, update.key, "AssociateRouteTable",
                              {{"SubnetId", subnet}}, subnet);
    }
    return std::nullopt;
}

std::optional<Call> before_delete(const json::Value& table) {
    for (const auto& [subnet, association] : associations_of(table)) {
        return leave(std::string(table.string_or("RouteTableId", "")), subnet, association);
    }
    return std::nullopt;
}

base::Result<void> check_route(const Value& route) {
    const std::string& to = text_of(route, "destination");
    if (!to.empty()) TRY(check_network("routes", to));
    int targets = 0;
    for (const Target& target : kTargets) {
        if (!field_of(route, target.input).is_null()) ++targets;
    }
    if (targets == 1) return {};
    return wrong("routes",
                 targets == 0 ? "`routes`: a route leads nowhere"
                              : "`routes`: a route leads to several targets",
                 "give it one of `gateway_id`, `nat_gateway_id`, `network_interface_id`, "
                 "`vpc_peering_connection_id` and `transit_gateway_id`");
}

base::Result<void> validate(const Value& inputs) {
    TRY(check_id(inputs, "vpc_id", "vpc"));
    std::map<std::string, int> times;
    for (const Value& route : items_of(inputs, "routes")) {
        if (route.as_record() == nullptr) continue;
        TRY(check_route(route));
        const std::string to = canonical_network(text_of(route, "destination"));
        if (!to.empty() && ++times[to] > 1) {
            return wrong("routes", "`routes`: two routes have the destination " + to, "");
        }
    }
    return check_tags(inputs);
}

Field routes_field() {
    std::vector<provider::InputField> members = {
        Input("destination", a_string(), "A network: \"0.0.0.0/0\" is all of IPv4.").required()};
    for (const Target& target : kTargets) {
        members.push_back(Input(target.input, a_string(), "Where it leads to."));
    }
    Field out = custom(Input("routes", set_of(record_of(std::move(members))),
                             "Its routes, beside that of the VPC's own range. All others go."));
    out.is_created_with = false;
    out.show = show_routes;
    out.same = are_same_routes;
    return out;
}

Type describe_table() {
    Type type = describe({.path = "/ec2/route-table",
                          .noun = "route table",
                          .id = "RouteTableId",
                          .describe = "DescribeRouteTables",
                          .items = "RouteTables",
                          .ids = "RouteTableIds",
                          .create = "CreateRouteTable",
                          .created = "RouteTable",
                          .tagged_as = "route-table",
                          .remove = "DeleteRouteTable"},
                         "aws.RouteTable", "Where packets go that leave the subnets joined to it.",
                         embedded::aws_route_table_ncl);
    RestType& rest = type.rest;
    Field vpc = replacing(Input("vpc_id", a_string(), "The VPC that it is for.")
                              .required()
                              .attaches_to({{"aws.Vpc", "id"}}));
    vpc.member = "VpcId";
    Field subnets = custom(Input("subnet_ids", set_of(a_string()),
                                 "The subnets that go by it; a subnet has one. If not given, those "
                                 "that it has are left alone."));
    subnets.is_created_with = false;
    subnets.is_left_alone = true;
    subnets.show = show_subnets;
    subnets.same = are_same_subnets;
    rest.fields = {std::move(vpc), routes_field(), std::move(subnets)};
    rest.validate = validate;
    rest.next = next;
    rest.before_delete = before_delete;
    rest = complete(std::move(rest));
    return type;
}

}

const Type& route_table_type() {
    static const Type kType = describe_table();
    return kType;
}

}
