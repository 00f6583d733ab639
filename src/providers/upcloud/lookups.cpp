#include "embedded/providers.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"
#include "providers/upcloud/types.hpp"

// What a program may ask of UpCloud's catalogue, and of its account.
namespace providers::upcloud {
namespace {

using namespace rest;
using value::Value;
using value::ValueType;

DataSourceType look_up(std::string name, std::string noun, std::string collection,
                       std::string list) {
    DataSourceType type;
    type.schema.name = std::move(name);
    type.noun = std::move(noun);
    type.collection = std::move(collection);
    type.list = std::move(list);
    type.id_type = ValueType::String;
    return type;
}

bool has_title(const json::Value& object, const Value& inputs) {
    return object.string_or("title", "") == text_of(inputs, "title");
}
bool has_name(const json::Value& object, const Value& inputs) {
    return object.string_or("name", "") == text_of(inputs, "name");
}
bool has_id(const json::Value& object, const Value& inputs) {
    return object.string_or("id", "") == text_of(inputs, "name");
}

DataSourceType stored_template() {
    DataSourceType type =
        look_up("upcloud.Template", "template", "/storage/template", "storages.storage");
    type.schema.doc = "A template that there is: one of UpCloud's, or of the account. It is looked "
                      "up by each plan; nothing is made.";
    type.schema.example = embedded::upcloud_template_ncl;
    type.schema.inputs = {
        Input("title", a_string(), "\"Debian GNU/Linux 12 (Bookworm)\".").required()};
    type.results = {
        {.output = Output("size", ValueType::Number, "GiB that a disk needs.")},
        {.output = Output("access", ValueType::String, "\"public\" or \"private\".")},
        {.output = Output("template_type", ValueType::Dyn, "\"native\" or \"cloud-init\".")},
    };
    type.id = "uuid";
    type.fits = has_title;
    return complete_data_source(std::move(type));
}

DataSourceType plan() {
    DataSourceType type = look_up("upcloud.Plan", "plan", "/plan", "plans.plan");
    type.schema.doc = "A plan of servers that there is. It is looked up by each plan; nothing is "
                      "made.";
    type.schema.example = embedded::upcloud_plan_ncl;
    type.schema.inputs = {Input("name", a_string(), "\"1xCPU-1GB\".").required()};
    type.results = {
        {.output = Output("core_number", ValueType::Number, "Cores.")},
        {.output = Output("memory_amount", ValueType::Number, "MiB.")},
        {.output = Output("storage_size", ValueType::Number, "GiB that it comes with.")},
        {.output = Output("storage_tier", ValueType::String, "Of those.")},
        {.output = Output("public_traffic_out", ValueType::Number, "GiB of a month.")},
    };
    type.id = "name";
    type.fits = has_name;
    return complete_data_source(std::move(type));
}

DataSourceType zone() {
    DataSourceType type = look_up("upcloud.Zone", "zone", "/zone", "zones.zone");
    type.schema.doc = "A place that there is. It is looked up by each plan; nothing is made.";
    type.schema.example = embedded::upcloud_zone_ncl;
    type.schema.inputs = {Input("name", a_string(), "\"fi-hel1\".").required()};
    type.results = {
        {.output = Output("description", ValueType::String, "In the vendor's words.")},
        {.output = Output("public", ValueType::Bool, "Whether all accounts may use it."),
         .show =
             [](const json::Value& zone) {
                 return Value(zone.string_or("public", "yes") == "yes");
             }},
    };
    type.fits = has_id;
    return complete_data_source(std::move(type));
}

DataSourceType account() {
    DataSourceType type = look_up("upcloud.Account", "account", "/account", "account");
    type.schema.doc = "The account that a connection leads to, and what it may have at the most. "
                      "It is looked up by each plan; nothing is made.";
    type.schema.example = embedded::upcloud_account_ncl;
    type.results = {
        {.output = Output("username", ValueType::String, "Of the credential.")},
        {.output = Output("credits", ValueType::Number, "In cents.")},
        {.output = Output("limits", ValueType::Record, "By what they limit: `limits.cores`."),
         .shown_at = "resource_limits"},
    };
    type.id = "username";
    return complete_data_source(std::move(type));
}

}

std::span<const DataSourceType* const> data_source_types() {
    static const DataSourceType kAccount = account();
    static const DataSourceType kPlan = plan();
    static const DataSourceType kTemplate = stored_template();
    static const DataSourceType kZone = zone();
    static const DataSourceType* const kTypes[] = {&kAccount, &kPlan, &kTemplate, &kZone};
    return kTypes;
}

}
