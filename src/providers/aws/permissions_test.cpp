#include "providers/aws/permissions.hpp"

#include "providers/aws/types.hpp"
#include "providers/rest/rest_resource.hpp"
#include "value/json.hpp"

#include <gtest/gtest.h>

namespace providers::aws {
namespace {

using value::Value;

Value rules(std::string_view text) { return value::from_json(json::parse(text).value()); }

// The known spellings of the same: none of them is drift.
TEST(AwsPermissions, AreComparedByMeaning) {
    const std::pair<const char*, const char*> same[] = {
        {R"([{"protocol": "tcp", "from_port": 80, "cidr_blocks": ["10.0.0.0/8"]}])",
         R"([{"protocol": "tcp", "from_port": 80, "to_port": 80, "cidr_blocks": ["10.0.0.0/8"]}])"},
        {R"([{"protocol": "tcp", "cidr_blocks": ["10.0.0.0/8"]}])",
         R"([{"protocol": "tcp", "from_port": 0, "to_port": 65535, "cidr_blocks": ["10.0.0.0/8"]}])"},
        {R"([{"protocol": "udp", "from_port": 1, "cidr_blocks": ["1.0.0.0/8", "2.0.0.0/8"]}])",
         R"([{"protocol": "udp", "from_port": 1, "cidr_blocks": ["2.0.0.0/8"]},
             {"protocol": "udp", "from_port": 1, "cidr_blocks": ["1.0.0.0/8"]}])"},
        {R"([{"protocol": "all", "cidr_blocks": ["2001:DB8:0::/32"]}])",
         R"([{"protocol": "all", "cidr_blocks": ["2001:db8::/32"]}])"},
        {R"([{"protocol": "all", "security_groups": ["sg-1"]}, {"protocol": "icmp",
             "cidr_blocks": ["0.0.0.0/0"]}])",
         R"([{"protocol": "icmp", "from_port": -1, "to_port": -1, "cidr_blocks": ["0.0.0.0/0"]},
             {"protocol": "all", "security_groups": ["sg-1"]}])"},
        {"null", "[]"}};
    for (const auto& [a, b] : same)
        EXPECT_EQ(permissions_in(rules(a)), permissions_in(rules(b))) << a;
    EXPECT_NE(permissions_in(rules(R"([{"protocol": "all", "cidr_blocks": ["10.0.0.0/8"]}])")),
              permissions_in(rules(R"([{"protocol": "tcp", "cidr_blocks": ["10.0.0.0/8"]}])")));
}

// As the service shows them, sources of one rule apart or together, and protocols by number.
TEST(AwsPermissions, GoThereAndBack) {
    const Value wanted = rules(R"([
        {"protocol": "tcp", "from_port": 22, "to_port": 23, "description": "d",
         "cidr_blocks": ["10.0.0.0/8", "::/0"], "security_groups": ["sg-1"]},
        {"protocol": "all", "prefix_lists": ["pl-1"]}])");
    const json::Value shown = json::Object{{"IpPermissions", documents_of(permissions_in(wanted))}};
    EXPECT_EQ(permissions_shown(shown, "IpPermissions"), permissions_in(wanted));
    EXPECT_EQ(permissions_in(rules_of(permissions_in(wanted))), permissions_in(wanted));
    const json::Value numbered = json::parse(R"({"IpPermissions": [{"IpProtocol": "6",
        "FromPort": 1, "ToPort": 2, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]})")
                                     .value();
    EXPECT_EQ(permissions_shown(numbered, "IpPermissions").begin()->first.protocol, "tcp");
}

// Every type's checks, told without a connection: the input that is named, or "" where all is well.
TEST(AwsTypes, BadInputsAreTold) {
    struct Case {
        const Type& type;
        const char* inputs;
        const char* input;
    };
    const Case cases[] = {
        {vpc_type(), R"({"cidr_block": "10.0.0.0/16"})", ""},
        {vpc_type(), R"({"cidr_block": "10.0.0.0/8"})", "cidr_block"},
        {vpc_type(), R"({"cidr_block": "10.0.0.1/16"})", "cidr_block"},
        {vpc_type(), R"({"cidr_block": "10.0.0/16"})", "cidr_block"},
        {vpc_type(), R"({"cidr_block": "10.0.0.0/16", "tags": {"aws:x": "y"}})", "tags"},
        {subnet_type(), R"({"vpc_id": "vpc-0123456789abcdef0", "cidr_block": "10.0.0.0/29"})",
         "cidr_block"},
        {subnet_type(), R"({"vpc_id": "backend", "cidr_block": "10.0.0.0/24"})", "vpc_id"},
        {internet_gateway_type(), R"({"vpc_id": "subnet-01234567"})", "vpc_id"},
        {route_table_type(), R"({"routes": [{"destination": "0.0.0.0/0"}]})", "routes"},
        {route_table_type(),
         R"({"routes": [{"destination": "::/0", "gateway_id": "igw-1", "nat_gateway_id": "nat-1"}]})",
         "routes"},
        {route_table_type(),
         R"({"routes": [{"destination": "::/0", "gateway_id": "igw-1"},
                        {"destination": "0::/0", "gateway_id": "igw-1"}]})",
         "routes"},
        {security_group_type(), R"({"name": "sg-web"})", "name"},
        {security_group_type(), R"({"name": "web", "description": "a\nb"})", "description"},
        {security_group_type(), R"({"name": "web", "ingress": [{"protocol": "tcp"}]})", "ingress"},
        {security_group_type(),
         R"({"name": "web", "egress": [{"protocol": "tcp", "from_port": 70000,
             "cidr_blocks": ["0.0.0.0/0"]}]})",
         "egress"},
        {security_group_type(),
         R"({"name": "web", "ingress": [{"protocol": "all", "from_port": 1,
             "cidr_blocks": ["0.0.0.0/0"]}]})",
         "ingress"},
    };
    for (const Case& one : cases) {
        const auto checked = rest::validate(one.type.rest, rules(one.inputs));
        const auto* failure =
            checked.ok() ? nullptr
                         : dynamic_cast<const provider::CallFailure*>(checked.error().detail());
        EXPECT_EQ(failure != nullptr ? failure->input
                  : checked.ok()     ? ""
                                     : "another error",
                  one.input)
            << one.inputs;
    }
}

}
}
