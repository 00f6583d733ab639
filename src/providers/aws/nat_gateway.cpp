#include "embedded/providers.hpp"
#include "providers/aws/formats.hpp"
#include "providers/aws/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

namespace providers::aws {
namespace {

using namespace rest;
using value::Value;

std::string_view address_of(const json::Value& gateway, std::string_view member) {
    const json::Value* all = gateway.find("NatGatewayAddresses");
    if (all == nullptr || !all->is_array() || all->as_array()->empty()) return {};
    return all->as_array()->front().string_or(member, "");
}

base::Result<void> validate(const Value& inputs) {
    TRY(check_id(inputs, "subnet_id", "subnet"));
    TRY(check_id(inputs, "allocation_id", "eipalloc"));
    const bool is_public = text_of(inputs, "connectivity") != "private";
    const bool has_address = !field_of(inputs, "allocation_id").is_null();
    if (is_public == has_address) return check_tags(inputs);
    return wrong("allocation_id",
                 is_public ? "a public NAT gateway needs `allocation_id`"
                           : "a private NAT gateway has no `allocation_id`",
                 is_public ? "give it an elastic IP: `allocation_id = address.id`" : "");
}

Type describe_gateway() {
    Type type = describe(
        {.path = "/ec2/nat-gateway",
         .noun = "NAT gateway",
         .id = "NatGatewayId",
         .describe = "DescribeNatGateways",
         .items = "NatGateways",
         .ids = "NatGatewayIds",
         // It is shown for an hour after it has gone.
         .is_gone =
             [](const json::Value& gateway) { return gateway.string_or("State", "") == "deleted"; },
         .create = "CreateNatGateway",
         .created = "NatGateway",
         .tagged_as = "natgateway",
         .remove = "DeleteNatGateway"},
        "aws.NatGateway",
        "Lets what is in private subnets out, and nobody in. A route has to lead to "
        "it.",
        embedded::aws_nat_gateway_ncl);
    RestType& rest = type.rest;
    Field subnet =
        replacing(Input("subnet_id", a_string(), "The subnet that it is in, a public one.")
                      .required()
                      .attaches_to({{"aws.Subnet", "id"}}));
    subnet.member = "SubnetId";
    Field address = replacing(Input("allocation_id", a_string(),
                                    "The elastic IP that a public one appears with: its `id`.")
                                  .attaches_to({{"aws.ElasticIp", "id"}})
                                  .alone());
    address.member = "AllocationId";
    address.show = [](const json::Value& gateway) {
        const std::string_view id = address_of(gateway, "AllocationId");
        return id.empty() ? Value() : Value(id);
    };
    Field connectivity = replacing(Input("connectivity", one_of({"public", "private"}),
                                         "Whether it leads to the internet, or to other networks.")
                                       .by_default("'public"));
    connectivity.member = "ConnectivityType";
    rest.fields = {std::move(subnet), std::move(address), std::move(connectivity)};
    rest.results = {
        shown(Output("private_ip", value::ValueType::String, "Its address in the subnet.").fresh(),
              [](const json::Value& gateway) { return Value(address_of(gateway, "PrivateIp")); })};
    rest.validate = validate;
    rest.progress = [](const json::Value& gateway) {
        return state_at(gateway, "State", {"pending", "deleting"}, {"failed"});
    };
    rest = complete(std::move(rest));
    return type;
}

}

const Type& nat_gateway_type() {
    static const Type kType = describe_gateway();
    return kType;
}

}
