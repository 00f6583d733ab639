#include "embedded/providers.hpp"
#include "providers/aws/formats.hpp"
#include "providers/aws/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

#include <algorithm>

namespace providers::aws {
namespace {

using namespace rest;
using value::Value;

// Inputs that one operation changes, and what they are there and in the volume.
struct Modified {
    const char* input;
    const char* member;
};
constexpr Modified kModified[] = {{"size", "Size"},
                                  {"type", "VolumeType"},
                                  {"iops", "Iops"},
                                  {"throughput", "Throughput"}};

// The one that it is attached to; a volume that several may have is none of ours.
const json::Value* attachment_of(const json::Value& volume) {
    const json::Value* all = volume.find("Attachments");
    if (all == nullptr || !all->is_array()) return nullptr;
    for (const json::Value& one : *all->as_array()) {
        const std::string_view state = one.string_or("State", "");
        if (state != "detached") return &one;
    }
    return nullptr;
}

Value shown_of_attachment(const json::Value& volume, std::string_view member) {
    const json::Value* there = attachment_of(volume);
    const std::string_view text = there != nullptr ? there->string_or(member, "") : "";
    return text.empty() ? Value() : Value(text);
}

std::optional<Call> detach(const json::Value& volume) {
    const json::Value* there = attachment_of(volume);
    if (there == nullptr) return std::nullopt;
    // Named, so that one that somebody else has put there meanwhile stays.
    return operation_call(volume_type().object, volume.string_or("VolumeId", ""), "DetachVolume",
                          {{"InstanceId", there->string_or("InstanceId", "")}});
}

std::optional<Call> next_attachment(const UpdateContext& update) {
    const Value& wanted = field_of(update.wanted(), "instance_id");
    const bool is_left_alone = wanted.is_null() && !is_taken_away(update.wanted(), "instance_id");
    if (is_left_alone) return std::nullopt;
    const bool is_there =
        wanted.same_as(field_of(update.shown, "instance_id")) &&
        (wanted.is_null() ||
         field_of(update.wanted(), "device").same_as(field_of(update.shown, "device")));
    if (is_there) return std::nullopt;
    if (attachment_of(update.object) != nullptr) return detach(update.object);
    return operation_call(
        volume_type().object, update.key, "AttachVolume",
        {{"InstanceId", to_json(wanted)}, {"Device", text_of(update.wanted(), "device")}});
}

// All at once: the platform lets a volume be modified once in six hours.
std::optional<Call> next(const UpdateContext& update) {
    json::Object changes;
    for (const Modified& one : kModified) {
        const Value& wanted = field_of(update.wanted(), one.input);
        if (wanted.is_null()) continue;
        if (!wanted.same_as(field_of(update.shown, one.input))) {
            changes.set(one.member, to_json(wanted));
        }
    }
    if (changes.empty()) return next_attachment(update);
    return operation_call(volume_type().object, update.key, "ModifyVolume", std::move(changes));
}

base::Result<void> refine(const provider::Change& change, provider::PlannedChange& planned) {
    const bool changes_size =
        std::ranges::find(planned.changed, std::string("size")) != planned.changed.end();
    if (!changes_size || !change.prior) return {};
    const std::int64_t* now = field_of(change.prior->inputs, "size").as_integer();
    const std::int64_t* wanted = field_of(change.inputs, "size").as_integer();
    // The platform grows a volume and never shrinks it.
    if (now != nullptr && wanted != nullptr && *wanted < *now) force(change, planned, "size");
    return {};
}

base::Result<void> validate(const Value& inputs) {
    const std::string& type = text_of(inputs, "type");
    constexpr std::int64_t kLargest = 16384;
    constexpr std::int64_t kLargestOfIo2 = 65536;
    std::int64_t least = type.starts_with("io") ? 4 : 1;
    std::int64_t most = kLargest;
    if (type == "st1" || type == "sc1") least = 125;
    if (type == "io2") most = kLargestOfIo2;
    if (type == "standard") most = 1024;
    TRY(check_number(inputs, "size", least, most, "GiB"));
    const bool has_iops = type == "gp3" || type.starts_with("io");
    if (!has_iops && !type.empty() && !field_of(inputs, "iops").is_null()) {
        return wrong("iops", "`iops` cannot be chosen for a volume of the type " + type,
                     "gp3, io1 and io2 take it");
    }
    if (type.starts_with("io") && field_of(inputs, "iops").is_null()) {
        return wrong("iops", "a volume of the type " + type + " needs `iops`", "");
    }
    if (type != "gp3" && !type.empty() && !field_of(inputs, "throughput").is_null()) {
        return wrong("throughput", "`throughput` cannot be chosen for a volume of the type " + type,
                     "gp3 takes it");
    }
    TRY(check_number(inputs, "iops", type == "gp3" ? 3000 : 100, type == "io1" ? 64000 : 256000,
                     ""));
    TRY(check_number(inputs, "throughput", 125, 2000, "MiB a second"));
    TRY(check_id(inputs, "snapshot_id", "snap"));
    TRY(check_id(inputs, "instance_id", "i"));
    if (field_of(inputs, "instance_id").is_null() != field_of(inputs, "device").is_null()) {
        return wrong("device", "`instance_id` and `device` of a volume belong together",
                     "give it both, as `device = \"/dev/sdf\"`");
    }
    return check_tags(inputs);
}

Field sent_as(Field field, const char* member) {
    field.member = member;
    return field;
}

// What the platform sets by the type where it is not given.
Field by_type(const char* input, const char* member, const char* output, std::string doc) {
    Field out = sent_as(custom(Input(input, an_integer(), std::move(doc))), member);
    out.chosen = output;
    return out;
}

Field attached(const char* input, std::string_view member, std::string doc) {
    Field out = custom(Input(input, a_string(), std::move(doc)));
    out.is_created_with = false;
    out.is_left_alone = true;
    if (member == "Device") {
        out.show = [](const json::Value& volume) { return shown_of_attachment(volume, "Device"); };
    } else {
        out.show = [](const json::Value& volume) {
            return shown_of_attachment(volume, "InstanceId");
        };
    }
    return out;
}

Type describe_volume() {
    Type type = describe(
        {.path = "/ec2/volume",
         .noun = "volume",
         .id = "VolumeId",
         .describe = "DescribeVolumes",
         .items = "Volumes",
         .ids = "VolumeIds",
         .is_gone =
             [](const json::Value& volume) { return volume.string_or("State", "") == "deleted"; },
         .create = "CreateVolume",
         .created = "",
         .tagged_as = "volume",
         .remove = "DeleteVolume"},
        "aws.Volume", "A disk in an availability zone.", embedded::aws_volume_ncl);
    RestType& rest = type.rest;
    rest.fields = {
        sent_as(
            replacing(Input("availability_zone", a_string(), "As \"eu-central-1a\".").required()),
            "AvailabilityZone"),
        sent_as(custom(Input("size", an_integer(),
                             "GiB. It grows in place; to make it smaller replaces the volume.")
                           .required()),
                "Size"),
        sent_as(custom(Input("type", one_of({"gp3", "gp2", "io1", "io2", "st1", "sc1", "standard"}),
                             "What kind of disk it is.")
                           .by_default("'gp3")),
                "VolumeType"),
        by_type("iops", "Iops", "provisioned_iops",
                "Operations a second; set by the platform if not given."),
        by_type("throughput", "Throughput", "provisioned_throughput",
                "MiB a second, of a gp3; set by the platform if not given."),
        sent_as(
            replacing(Input("encrypted", a_bool(), "Whether it is encrypted.").by_default("true")),
            "Encrypted"),
        attached(
            "instance_id", "InstanceId",
            "The instance that it is attached to. If not given, whoever has it is left alone."),
        attached("device", "Device", "What it is called there, as \"/dev/sdf\"."),
        sent_as(replacing(Input("snapshot_id", a_string(), "The snapshot that it is made of.")),
                "SnapshotId"),
    };
    rest.fields.back().show = [](const json::Value& volume) {
        const std::string_view id = volume.string_or("SnapshotId", "");
        return id.empty() ? Value() : Value(id);
    };
    rest.results = {
        shown(Output("provisioned_iops", value::ValueType::Number, "Operations a second.")
                  .changes_with({"iops", "type", "size"}),
              "Iops"),
        shown(Output("provisioned_throughput", value::ValueType::Number, "MiB a second, of a gp3.")
                  .changes_with({"throughput", "type"}),
              "Throughput")};
    rest.validate = validate;
    rest.refine = refine;
    rest.next = next;
    rest.before_delete = detach;
    rest.progress = [](const json::Value& volume) {
        const json::Value* there = attachment_of(volume);
        if (there != nullptr && there->string_or("State", "").ends_with("ching")) {
            return Progress{.kind = Progress::Kind::Running, .code = {}, .message = {}};
        }
        return state_at(volume, "State", {"creating", "deleting"}, {"error"});
    };
    rest = complete(std::move(rest));
    return type;
}

}

const Type& volume_type() {
    static const Type kType = describe_volume();
    return kType;
}

}
