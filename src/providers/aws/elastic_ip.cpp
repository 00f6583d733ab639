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
    TRY(check_id(inputs, "instance_id", "i"));
    return check_tags(inputs);
}

std::optional<Call> leave(const json::Value& address) {
    const std::string_view association = address.string_or("AssociationId", "");
    if (association.empty()) return std::nullopt;
    return operation_call(elastic_ip_type().object, address.string_or("AllocationId", ""),
                          "DisassociateAddress", {{"AssociationId", association}});
}

std::optional<Call> next(const UpdateContext& update) {
    const std::string& wanted = text_of(update.wanted(), "instance_id");
    const std::string_view now = update.object.string_or("InstanceId", "");
    const bool is_left_alone = wanted.empty() && !is_taken_away(update.wanted(), "instance_id");
    if (wanted == now || is_left_alone) return std::nullopt;
    if (wanted.empty()) return leave(update.object);
    // In one step from another instance: the address is never nobody's.
    return operation_call(elastic_ip_type().object, update.key, "AssociateAddress",
                          {{"InstanceId", wanted}, {"AllowReassociation", true}});
}

Type describe_address() {
    Type type = describe({.path = "/ec2/elastic-ip",
                          .noun = "elastic IP",
                          .id = "AllocationId",
                          .describe = "DescribeAddresses",
                          .items = "Addresses",
                          .ids = "AllocationIds",
                          .create = "AllocateAddress",
                          .create_with = {{"Domain", "vpc"}},
                          .created = "",
                          .shows_created = false,
                          .tagged_as = "elastic-ip",
                          .remove = "ReleaseAddress"},
                         "aws.ElasticIp", "A public IPv4 address that stays.",
                         embedded::aws_elastic_ip_ncl);
    RestType& rest = type.rest;
    Field instance = custom(Input("instance_id", a_string(),
                                  "The instance that has it. If not given, whoever has it is left "
                                  "alone."));
    instance.is_created_with = false;
    instance.is_left_alone = true;
    instance.show = [](const json::Value& address) {
        const std::string_view id = address.string_or("InstanceId", "");
        return id.empty() ? Value() : Value(id);
    };
    rest.fields = {std::move(instance)};
    rest.results = {
        shown(Output("public_ip", value::ValueType::String, "The address.").fresh(), "PublicIp")};
    rest.validate = validate;
    rest.next = next;
    rest.before_delete = leave;
    rest = complete(std::move(rest));
    return type;
}

}

const Type& elastic_ip_type() {
    static const Type kType = describe_address();
    return kType;
}

}
