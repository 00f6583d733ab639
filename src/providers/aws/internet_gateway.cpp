#include "embedded/providers.hpp"
#include "providers/aws/formats.hpp"
#include "providers/aws/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

namespace providers::aws {
namespace {

using namespace rest;
using value::Value;

base::Result<void> validate(const Value& inputs) {
    TRY(check_id(inputs, "vpc_id", "vpc"));
    return check_tags(inputs);
}

std::string vpc_of(const json::Value& gateway) {
    const json::Value* all = gateway.find("Attachments");
    if (all == nullptr || !all->is_array()) return {};
    for (const json::Value& one : *all->as_array()) {
        const std::string_view state = one.string_or("State", "");
        if (state != "detached" && state != "detaching")
            return std::string(one.string_or("VpcId", ""));
    }
    return {};
}

std::optional<Call> detach(const json::Value& gateway) {
    std::string vpc = vpc_of(gateway);
    if (vpc.empty()) return std::nullopt;
    return operation_call(internet_gateway_type().object,
                          gateway.string_or("InternetGatewayId", ""), "DetachInternetGateway",
                          {{"VpcId", std::move(vpc)}});
}

std::optional<Call> next(const UpdateContext& update) {
    const std::string& wanted = text_of(update.wanted(), "vpc_id");
    const std::string now = vpc_of(update.object);
    if (wanted == now) return std::nullopt;
    if (!now.empty()) return detach(update.object);
    return operation_call(internet_gateway_type().object, update.key, "AttachInternetGateway",
                          {{"VpcId", wanted}});
}

Type describe_gateway() {
    Type type = describe({.path = "/ec2/internet-gateway",
                          .noun = "internet gateway",
                          .id = "InternetGatewayId",
                          .describe = "DescribeInternetGateways",
                          .items = "InternetGateways",
                          .ids = "InternetGatewayIds",
                          .create = "CreateInternetGateway",
                          .created = "InternetGateway",
                          .tagged_as = "internet-gateway",
                          .remove = "DeleteInternetGateway"},
                         "aws.InternetGateway",
                         "What joins a VPC and the internet. A route has to lead to it.",
                         embedded::aws_internet_gateway_ncl);
    RestType& rest = type.rest;
    Field vpc = custom(Input("vpc_id", a_string(), "The VPC that it is attached to; a VPC has one.")
                           .attaches_to({{"aws.Vpc", "id"}})
                           .alone());
    vpc.is_created_with = false;
    vpc.show = [](const json::Value& gateway) {
        std::string attached = vpc_of(gateway);
        return attached.empty() ? Value() : Value(std::move(attached));
    };
    rest.fields = {std::move(vpc)};
    rest.validate = validate;
    rest.next = next;
    rest.before_delete = detach;
    rest = complete(std::move(rest));
    return type;
}

}

const Type& internet_gateway_type() {
    static const Type kType = describe_gateway();
    return kType;
}

}
