#include "embedded/providers.hpp"
#include "providers/aws/formats.hpp"
#include "providers/aws/types.hpp"
#include "providers/rest/describe.hpp"

namespace providers::aws {
namespace {

using namespace rest;

base::Result<void> validate(const value::Value& inputs) {
    TRY(check_id(inputs, "vpc_id", "vpc"));
    TRY(check_range(inputs, "cidr_block", 16, 28));
    return check_tags(inputs);
}

Type describe_subnet() {
    Type type = describe({.path = "/ec2/subnet",
                          .noun = "subnet",
                          .id = "SubnetId",
                          .describe = "DescribeSubnets",
                          .items = "Subnets",
                          .ids = "SubnetIds",
                          .create = "CreateSubnet",
                          .created = "Subnet",
                          .tagged_as = "subnet",
                          .remove = "DeleteSubnet"},
                         "aws.Subnet", "A part of a VPC's range, in one availability zone.",
                         embedded::aws_subnet_ncl);
    RestType& rest = type.rest;
    Field vpc = replacing(Input("vpc_id", a_string(), "The VPC that it is a part of.")
                              .required()
                              .attaches_to({{"aws.Vpc", "id"}}));
    vpc.member = "VpcId";
    Field range = replacing(Input("cidr_block", normalized(a_string(), canonical_network),
                                  "Its range within that of the VPC, a /16 to a /28.")
                                .required());
    range.member = "CidrBlock";
    Field zone = replacing(Input("availability_zone", a_string(),
                                 "As \"eu-central-1a\". Chosen by the platform if not given."));
    zone.member = "AvailabilityZone";
    zone.chosen = "zone";
    Field is_public = by_action(Input("map_public_ip_on_launch", a_bool(),
                                      "Whether instances get a public address at launch.")
                                    .by_default("false"),
                                "ModifySubnetAttribute");
    is_public.member = "MapPublicIpOnLaunch.Value";
    is_public.shown_at = "MapPublicIpOnLaunch";
    is_public.is_created_with = false;
    rest.fields = {std::move(vpc), std::move(range), std::move(zone), std::move(is_public)};
    rest.results = {
        shown(Output("zone", value::ValueType::String, "The availability zone that it is in.")
                  .changes_with({"availability_zone"}),
              "AvailabilityZone"),
        shown(Output("arn", value::ValueType::String, "Its name in policies.").fresh(),
              "SubnetArn")};
    rest.validate = validate;
    rest.progress = [](const json::Value& one) { return state_at(one, "State", {"pending"}); };
    rest = complete(std::move(rest));
    return type;
}

}

const Type& subnet_type() {
    static const Type kType = describe_subnet();
    return kType;
}

}
