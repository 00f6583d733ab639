#include "base/base64.hpp"
#include "embedded/providers.hpp"
#include "providers/aws/formats.hpp"
#include "providers/aws/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace providers::aws {
namespace {

using namespace rest;
using value::Value;

std::string state_of(const json::Value& instance) {
    const json::Value* name = instance.find("State", "Name");
    return name != nullptr && name->is_string() ? *name->as_string() : "";
}

std::vector<std::string> groups_in(const Value& list) {
    std::vector<std::string> out;
    if (const Value::Array* all = list.as_array()) {
        for (const Value& one : *all) {
            if (const std::string* text = one.as_string()) out.push_back(*text);
        }
    }
    std::ranges::sort(out);
    return out;
}

Value show_groups(const json::Value& instance) {
    Value::Array out;
    const json::Value* groups = instance.find("SecurityGroups");
    if (groups == nullptr || !groups->is_array()) return out;
    for (const json::Value& one : *groups->as_array())
        out.emplace_back(one.string_or("GroupId", ""));
    return out;
}

bool are_same_groups(const Value& wanted, const Value& shown) {
    return !wanted.has_unknown() && groups_in(wanted) == groups_in(shown);
}

Call act(const UpdateContext& update, const char* operation, json::Object parameters = {},
         std::string_view word = {}) {
    return operation_call(instance_type().object, update.key, operation, std::move(parameters),
                          word);
}

// By what the instance is now, whatever an earlier run has done: its type changes while it is
// stopped, and whether it runs is looked at last.
std::optional<Call> next(const UpdateContext& update) {
    const Value& groups = field_of(update.wanted(), "security_group_ids");
    if (!groups.is_null() &&
        !are_same_groups(groups, field_of(update.shown, "security_group_ids"))) {
        return act(update, "ModifyInstanceAttribute", {{"Groups", to_json(groups)}}, "groups");
    }
    const bool is_stopped = state_of(update.object) == "stopped";
    const std::string& type = text_of(update.wanted(), "instance_type");
    if (type != text_of(update.shown, "instance_type")) {
        if (!is_stopped) return act(update, "StopInstances");
        return act(update, "ModifyInstanceAttribute",
                   {{"InstanceType", json::Object{{"Value", type}}}}, "type");
    }
    const bool is_to_run = flag_of(update.wanted(), "running");
    if (is_to_run && is_stopped) return act(update, "StartInstances");
    if (!is_to_run && !is_stopped) return act(update, "StopInstances");
    return std::nullopt;
}

void complete_body(const Value& inputs, json::Object& body) {
    const std::string& script = text_of(inputs, "user_data");
    if (!script.empty()) body.set("UserData", base::encode_base64(script));
}

base::Result<void> validate(const Value& inputs) {
    TRY(check_id(inputs, "image_id", "ami"));
    TRY(check_id(inputs, "subnet_id", "subnet"));
    for (const Value& group : items_of(inputs, "security_group_ids")) {
        if (group.as_string() == nullptr) continue;
        const Value one = Value::Record{{"security_group_ids", group}};
        TRY(check_id(one, "security_group_ids", "sg"));
    }
    const std::string& type = text_of(inputs, "instance_type");
    if (!type.empty() && type.find('.') == std::string::npos) {
        return wrong("instance_type", fmt::format("`instance_type`: \"{}\" is no type", type),
                     "types are named as \"t3.micro\"");
    }
    constexpr std::size_t kMostScript = 16384;
    if (text_of(inputs, "user_data").size() > kMostScript) {
        return wrong("user_data", fmt::format("`user_data` has more than {} bytes", kMostScript),
                     "");
    }
    return check_tags(inputs);
}

Field sent_as(Field field, const char* member) {
    field.member = member;
    return field;
}

std::vector<Field> fields() {
    Field groups =
        sent_as(custom(Input("security_group_ids", set_of(a_string()),
                             "The groups that it is in; the VPC's own one if not given.")),
                "SecurityGroupIds");
    groups.is_left_alone = true;
    groups.show = show_groups;
    groups.same = are_same_groups;
    Field zone = sent_as(replacing(Input("private_ip", a_string(),
                                         "Its address in the subnet; chosen by the platform if not "
                                         "given.")),
                         "PrivateIpAddress");
    zone.chosen = "private_address";
    Field script = sent_as(replacing(Input("user_data", a_string(),
                                           "What it is given to run at its first start. The "
                                           "platform does not show it.")),
                           "UserData");
    script.is_never_shown = true;
    Field running = custom(Input("running", a_bool(), "Whether it is to run.").by_default("true"));
    running.is_created_with = false;
    running.show = [](const json::Value& instance) {
        const std::string state = state_of(instance);
        return Value(state == "running" || state == "pending");
    };
    return {
        sent_as(
            replacing(
                Input("image_id", a_string(), "The image (AMI) that it starts from.").required()),
            "ImageId"),
        sent_as(custom(Input("instance_type", a_string(),
                             "As \"t3.micro\". A change stops the instance and starts it again.")
                           .required()
                           .costs(provider::Cost::PoweredOff)),
                "InstanceType"),
        sent_as(replacing(Input("subnet_id", a_string(), "The subnet that it is in.")
                              .required()
                              .attaches_to({{"aws.Subnet", "id"}})),
                "SubnetId"),
        sent_as(
            replacing(Input("key_name", a_string(), "The name of the key pair that it is given.")),
            "KeyName"),
        std::move(groups),
        std::move(zone),
        std::move(script),
        std::move(running),
    };
}

Type describe_instance() {
    Type type = describe(
        {.path = "/ec2/instance",
         .noun = "instance",
         .id = "InstanceId",
         .describe = "DescribeInstances",
         .items = "Reservations.Instances",
         .ids = "InstanceIds",
         // It is shown for an hour after it has gone.
         .is_gone = [](const json::Value& instance) { return state_of(instance) == "terminated"; },
         .create = "RunInstances",
         .create_with = {{"MinCount", 1}, {"MaxCount", 1}},
         .created = "Instances",
         .tagged_as = "instance",
         .remove = "TerminateInstances"},
        "aws.Instance", "A virtual machine of EC2.", embedded::aws_instance_ncl);
    RestType& rest = type.rest;
    rest.fields = fields();
    rest.results = {
        shown(Output("private_address", value::ValueType::String, "In the subnet.")
                  .changes_with({"private_ip", "subnet_id"}),
              "PrivateIpAddress"),
        shown(Output("public_address", value::ValueType::String, "Null where it has none.")
                  .changes_with({"running", "instance_type", "subnet_id"}),
              "PublicIpAddress"),
        shown(Output("zone", value::ValueType::String, "The availability zone that it is in.")
                  .changes_with({"subnet_id"}),
              "Placement.AvailabilityZone")};
    rest.validate = validate;
    rest.next = next;
    rest.complete_body = complete_body;
    rest.progress = [](const json::Value& instance) {
        return state_at(instance, "State.Name", {"pending", "stopping", "shutting-down"});
    };
    rest = complete(std::move(rest));
    return type;
}

}

const Type& instance_type() {
    static const Type kType = describe_instance();
    return kType;
}

}
