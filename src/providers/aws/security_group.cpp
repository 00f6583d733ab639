#include "embedded/providers.hpp"
#include "providers/aws/formats.hpp"
#include "providers/aws/permissions.hpp"
#include "providers/aws/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace providers::aws {
namespace {

using namespace rest;
using value::Value;

constexpr std::int64_t kMostPort = 65535;

struct Direction {
    const char* input;
    const char* member;
    const char* authorize;
    const char* revoke;
    const char* describe;
};
constexpr Direction kDirections[] = {
    {"ingress", "IpPermissions", "AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress",
     "UpdateSecurityGroupRuleDescriptionsIngress"},
    {"egress", "IpPermissionsEgress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupEgress",
     "UpdateSecurityGroupRuleDescriptionsEgress"}};

bool are_same_rules(const Value& wanted, const Value& shown) {
    return !wanted.has_unknown() && permissions_in(wanted) == permissions_in(shown);
}

// What is let through in addition comes first: in between, nothing is cut off that is wanted.
std::optional<Call> next_of(const UpdateContext& update, const Direction& direction) {
    const Value& rules = field_of(update.wanted(), direction.input);
    const bool is_left_alone = direction.input == std::string_view("egress") && rules.is_null() &&
                               !is_taken_away(update.wanted(), direction.input);
    if (is_left_alone) return std::nullopt;
    const Permissions wanted = permissions_in(rules);
    const Permissions now = permissions_shown(update.object, direction.member);
    Permissions more;
    Permissions other;
    Permissions less;
    for (const auto& [one, description] : wanted) {
        const auto there = now.find(one);
        if (there == now.end()) {
            more.emplace(one, description);
        } else if (there->second != description) {
            other.emplace(one, description);
        }
    }
    for (const auto& [one, description] : now) {
        if (!wanted.contains(one)) less.emplace(one, description);
    }
    const auto call = [&](const char* operation, const Permissions& permissions) {
        return operation_call(security_group_type().object, update.key, operation,
                              {{"IpPermissions", documents_of(permissions)}});
    };
    if (!more.empty()) return call(direction.authorize, more);
    if (!other.empty()) return call(direction.describe, other);
    if (!less.empty()) return call(direction.revoke, less);
    return std::nullopt;
}

std::optional<Call> next(const UpdateContext& update) {
    for (const Direction& direction : kDirections) {
        if (auto call = next_of(update, direction)) return call;
    }
    return std::nullopt;
}

base::Result<void> check_ports(const Value& rule, std::string_view input) {
    const std::string& protocol = text_of(rule, "protocol");
    const std::int64_t* from = field_of(rule, "from_port").as_integer();
    const std::int64_t* to = field_of(rule, "to_port").as_integer();
    if (protocol == "all" && (from != nullptr || to != nullptr)) {
        return wrong(input, fmt::format("`{}`: a rule for all protocols has ports", input),
                     "leave `from_port` and `to_port` out, or name a protocol");
    }
    const bool has_ports = protocol == "tcp" || protocol == "udp";
    if (!has_ports) return {};
    for (const std::int64_t* port : {from, to}) {
        if (port == nullptr || (*port >= 0 && *port <= kMostPort)) continue;
        return wrong(input, fmt::format("`{}`: {} is no port", input, *port),
                     "ports are 0 to 65535");
    }
    if (from == nullptr && to != nullptr) {
        return wrong(input, fmt::format("`{}`: `to_port` without `from_port`", input), "");
    }
    if (from == nullptr || to == nullptr || *from <= *to) return {};
    return wrong(input, fmt::format("`{}`: the ports {} to {} are none", input, *from, *to), "");
}

base::Result<void> check_rule(const Value& rule, std::string_view input) {
    TRY(check_ports(rule, input));
    bool has_peer = rule.has_unknown();
    for (const char* peers : {"cidr_blocks", "security_groups", "prefix_lists"}) {
        has_peer = has_peer || !items_of(rule, peers).empty();
    }
    for (const Value& network : items_of(rule, "cidr_blocks")) {
        if (const std::string* text = network.as_string()) TRY(check_network(input, *text));
    }
    if (has_peer) return {};
    return wrong(input, fmt::format("`{}`: a rule names nobody", input),
                 "give it `cidr_blocks`, `security_groups` or `prefix_lists`");
}

// What the vendor lets names and descriptions have.
base::Result<void> check_text(const Value& inputs, std::string_view input) {
    const std::string& text = text_of(inputs, input);
    constexpr std::size_t kLongest = 255;
    constexpr std::string_view kSigns = " ._-:/()#,@[]+=&;{}!$*";
    const bool is_fit = text.size() <= kLongest && std::ranges::all_of(text, [&](char c) {
                            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                                   (c >= 'A' && c <= 'Z') ||
                                   kSigns.find(c) != std::string_view::npos;
                        });
    if (!is_fit) {
        return wrong(input, fmt::format("`{}`: \"{}\" has what it may not", input, text),
                     "up to 255 letters, digits, blanks and ._-:/()#,@[]+=&;{}!$*");
    }
    if (input == "name" && text.starts_with("sg-")) {
        return wrong(input, "`name` begins with \"sg-\", as ids do", "");
    }
    return {};
}

base::Result<void> validate(const Value& inputs) {
    TRY(check_text(inputs, "name"));
    TRY(check_text(inputs, "description"));
    TRY(check_id(inputs, "vpc_id", "vpc"));
    for (const Direction& direction : kDirections) {
        for (const Value& rule : items_of(inputs, direction.input)) {
            if (rule.as_record() != nullptr) TRY(check_rule(rule, direction.input));
        }
    }
    return check_tags(inputs);
}

Field rules_field(const Direction& direction, std::string doc) {
    std::vector<provider::InputField> members = {
        Input("protocol", one_of({"tcp", "udp", "icmp", "icmpv6", "all"}), "What it is about.")
            .required(),
        Input("from_port", an_integer(), "The first port, or the type of ICMP. All if not given."),
        Input("to_port", an_integer(),
              "The last port, `from_port` if not given; or the code of ICMP, all if not given."),
        Input("cidr_blocks", set_of(a_string()), "Networks of either version."),
        Input("security_groups", set_of(a_string()), "Ids of groups."),
        Input("prefix_lists", set_of(a_string()), "Ids of lists of networks."),
        Input("description", a_string(), "For people."),
    };
    Field out =
        custom(Input(direction.input, set_of(record_of(std::move(members))), std::move(doc)));
    out.is_created_with = false;
    out.same = are_same_rules;
    return out;
}

Type describe_group() {
    Type type =
        describe({.path = "/ec2/security-group",
                  .noun = "security group",
                  .id = "GroupId",
                  .describe = "DescribeSecurityGroups",
                  .items = "SecurityGroups",
                  .ids = "GroupIds",
                  .create = "CreateSecurityGroup",
                  .created = "",
                  .shows_created = false,
                  .tagged_as = "security-group",
                  .remove = "DeleteSecurityGroup"},
                 "aws.SecurityGroup", "What instances and other things in a VPC let in and out.",
                 embedded::aws_security_group_ncl);
    RestType& rest = type.rest;
    Field name = replacing(
        Input("name", a_string(), "Unique within the VPC.").required().unique({"vpc_id"}));
    name.member = "GroupName";
    Field description =
        replacing(Input("description", a_string(), "For people; it cannot be changed.")
                      .by_default("\"made by provisioning\""));
    description.member = "Description";
    Field vpc = replacing(Input("vpc_id", a_string(), "The VPC that it is for.")
                              .required()
                              .attaches_to({{"aws.Vpc", "id"}}));
    vpc.member = "VpcId";
    Field ingress = rules_field(kDirections[0], "What is let in. All other rules go.");
    ingress.show = [](const json::Value& group) {
        return rules_of(permissions_shown(group, "IpPermissions"));
    };
    Field egress = rules_field(kDirections[1],
                               "What is let out. If not given, what is there is left alone: at "
                               "first everything is let out. `[]` lets out nothing.");
    egress.is_left_alone = true;
    egress.show = [](const json::Value& group) {
        return rules_of(permissions_shown(group, "IpPermissionsEgress"));
    };
    rest.fields = {std::move(name), std::move(description), std::move(vpc), std::move(ingress),
                   std::move(egress)};
    rest.validate = validate;
    rest.next = next;
    rest = complete(std::move(rest));
    return type;
}

}

const Type& security_group_type() {
    static const Type kType = describe_group();
    return kType;
}

}
