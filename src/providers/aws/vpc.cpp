#include "embedded/providers.hpp"
#include "providers/aws/formats.hpp"
#include "providers/aws/types.hpp"
#include "providers/rest/describe.hpp"

namespace providers::aws {
namespace {

using namespace rest;

base::Result<void> validate(const value::Value& inputs) {
    TRY(check_range(inputs, "cidr_block", 16, 28));
    return check_tags(inputs);
}

// An attribute that has a look and an operation of its own: {"EnableDnsSupport": {"Value": true}}.
Field attribute(std::string name, std::string member, std::string doc, const char* otherwise) {
    Field out = by_action(Input(name, a_bool(), std::move(doc)).by_default(otherwise),
                          "ModifyVpcAttribute." + name);
    out.member = std::move(member) + ".Value";
    out.is_created_with = false;
    return out;
}

Type describe_vpc() {
    Type type = describe(
        {.path = "/ec2/vpc",
         .noun = "VPC",
         .id = "VpcId",
         .describe = "DescribeVpcs",
         .items = "Vpcs",
         .ids = "VpcIds",
         .further = {{"DescribeVpcAttribute", "Attribute", "enableDnsSupport", "EnableDnsSupport"},
                     {"DescribeVpcAttribute", "Attribute", "enableDnsHostnames",
                      "EnableDnsHostnames"}},
         .create = "CreateVpc",
         .created = "Vpc",
         .tagged_as = "vpc",
         .remove = "DeleteVpc"},
        "aws.Vpc", "A network of one's own in a region.", embedded::aws_vpc_ncl);
    RestType& rest = type.rest;
    Field range = replacing(Input("cidr_block", normalized(a_string(), canonical_network),
                                  "Its range of IPv4 addresses, a /16 to a /28.")
                                .required());
    range.member = "CidrBlock";
    Field tenancy = replacing(Input("instance_tenancy", one_of({"default", "dedicated"}),
                                    "Whether its instances share hosts with those of others.")
                                  .by_default("'default"));
    tenancy.member = "InstanceTenancy";
    rest.fields = {
        std::move(range),
        std::move(tenancy),
        attribute("enable_dns_support", "EnableDnsSupport",
                  "Whether names are resolved in it, at the second address of its range.", "true"),
        attribute("enable_dns_hostnames", "EnableDnsHostnames",
                  "Whether instances with a public address get a name.", "false"),
    };
    rest.results = {
        shown(Output("owner_id", value::ValueType::String, "The account that has it."), "OwnerId")};
    rest.validate = validate;
    rest.progress = [](const json::Value& vpc) { return state_at(vpc, "State", {"pending"}); };
    rest = complete(std::move(rest));
    return type;
}

}

const Type& vpc_type() {
    static const Type kType = describe_vpc();
    return kType;
}

}
