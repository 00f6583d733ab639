#pragma once

#include "provider/schema.hpp"

// The types of a small cloud as real ones have them: ids that the platform chooses, names that are
// unique, references that keep what they point at, secrets, and values that are computed at once.
namespace fakes {

inline provider::InputField field(std::string name, provider::FieldType::Kind kind) {
    provider::InputField out;
    out.name = std::move(name);
    out.type.kind = kind;
    return out;
}

inline provider::ResourceType cloud_account() {
    using Kind = provider::FieldType::Kind;
    provider::ResourceType type;
    type.name = "cloud.Account";
    type.doc = "An account at the platform.";
    type.is_connection = true;
    type.inputs = {field("account", Kind::String)};
    return type;
}

inline provider::ResourceType cloud_network() {
    using Kind = provider::FieldType::Kind;
    provider::ResourceType type;
    type.name = "cloud.Network";
    type.doc = "A private network.";
    type.inputs = {field("name", Kind::String), field("range", Kind::String),
                   field("labels", Kind::Dict)};
    type.inputs[0].required = true;
    type.inputs[1].forces_replacement = true;
    type.outputs = {{.name = "id", .type = value::ValueType::String, .doc = {}, .fresh = true},
                    {.name = "gateway", .type = value::ValueType::String, .doc = {}}};
    type.key = "id";
    return type;
}

inline provider::ResourceType cloud_server() {
    using Kind = provider::FieldType::Kind;
    provider::ResourceType type;
    type.name = "cloud.Server";
    type.doc = "A virtual machine.";
    type.inputs = {field("name", Kind::String),     field("size", Kind::String),
                   field("image", Kind::String),    field("network", Kind::Any),
                   field("firewall", Kind::Any),    field("labels", Kind::Dict),
                   field("password", Kind::String), field("user_data", Kind::String)};
    type.inputs[0].required = true;
    type.inputs[2].forces_replacement = true;
    type.inputs[3].forces_replacement = true;
    type.inputs[6].secret = true;
    type.inputs[7].write_only = true;
    type.outputs = {{.name = "id", .type = value::ValueType::String, .doc = {}, .fresh = true},
                    {.name = "address",
                     .type = value::ValueType::String,
                     .doc = {},
                     .fresh = false,
                     .secret = false,
                     .changes_with = {"size"}}};
    type.key = "id";
    return type;
}

inline provider::ResourceType cloud_firewall() {
    using Kind = provider::FieldType::Kind;
    provider::ResourceType type;
    type.name = "cloud.Firewall";
    type.doc = "Rules, known by a name that is unique in the account.";
    type.inputs = {field("name", Kind::String), field("zone", Kind::String),
                   field("rules", Kind::Array)};
    type.inputs[2].type.element = {{.kind = Kind::Any}};
    type.inputs[0].required = true;
    type.inputs[0].forces_replacement = true;
    type.inputs[1].forces_replacement = true;
    type.outputs = {{.name = "link", .type = value::ValueType::String, .doc = {}},
                    {.name = "revision",
                     .type = value::ValueType::Number,
                     .doc = {},
                     .fresh = false,
                     .secret = false,
                     .changes_with = {"rules"}}};
    type.key = "name";
    return type;
}

inline provider::ResourceType cloud_disk() {
    using Kind = provider::FieldType::Kind;
    provider::ResourceType type;
    type.name = "cloud.Disk";
    type.doc = "A disk. It grows in place; a smaller one is another. Attached, it keeps its server "
               "from going away.";
    type.inputs = {field("name", Kind::String), field("size", Kind::Any),
                   field("server", Kind::Any), field("labels", Kind::Dict)};
    type.inputs[0].required = true;
    type.inputs[2].attaches = {.to = {{.type = "cloud.Server", .output = "id"}}, .keeps = true};
    type.outputs = {{.name = "id", .type = value::ValueType::String, .doc = {}, .fresh = true},
                    {.name = "device",
                     .type = value::ValueType::String,
                     .doc = {},
                     .fresh = false,
                     .secret = false,
                     .changes_with = {"server"}}};
    type.key = "id";
    return type;
}

inline provider::ResourceType cloud_fact() {
    provider::ResourceType type;
    type.name = "cloud.Fact";
    type.doc = "A value that is kept in the state only.";
    type.inputs = {field("value", provider::FieldType::Kind::Any)};
    type.outputs = {{.name = "result",
                     .type = value::ValueType::Dyn,
                     .doc = {},
                     .fresh = false,
                     .secret = false,
                     .changes_with = {"value"},
                     .computed_in_plan = true}};
    type.key = "result";
    type.outside_effects = false;
    return type;
}

inline const provider::Schema& cloud_schema() {
    static const provider::Schema schema{.provider = "cloud",
                                         .doc = "A platform that exists in memory only.",
                                         .types = {cloud_account(), cloud_network(), cloud_server(),
                                                   cloud_firewall(), cloud_disk(), cloud_fact()}};
    return schema;
}

}
