#include "providers/aws/types.hpp"

#include "net/http/url.hpp"
#include "providers/rest/wire.hpp"

#include <algorithm>

namespace providers::aws {

std::span<const Type* const> types() {
    static const Type* const kTypes[] = {
        &elastic_ip_type(),
        &instance_type(),
        &internet_gateway_type(),
        &key_pair_type(),
        &nat_gateway_type(),
        &queue_type(),
        &route_table_type(),
        &security_group_type(),
        &subnet_type(),
        &volume_type(),
        &vpc_type(),
    };
    return kTypes;
}

std::span<const ServiceObject* const> service_objects() {
    static const std::vector<const ServiceObject*> kObjects = [] {
        std::vector<const ServiceObject*> out;
        for (const Type* type : types()) out.push_back(&type->object);
        return out;
    }();
    return kObjects;
}

Type describe(ServiceObject object, std::string name, std::string doc, std::string_view example) {
    Type out;
    rest::RestType& rest = out.rest;
    rest.schema.name = std::move(name);
    rest.schema.doc = std::move(doc);
    rest.schema.example = example;
    rest.collection = object.path;
    rest.noun = object.noun;
    rest.id = {rest::IdPart{.name = "id", .shown_at = object.id, .input = {}}};
    rest.id_type = value::ValueType::String;
    rest.envelopes.list = "items";
    rest.tags = {.form = rest::Tagging::Form::List,
                 .member = "Tags",
                 .input = "tags",
                 .key = "Key",
                 .value = "Value"};
    // Names are tags here, and no two things are kept from having the same.
    rest.is_found_by_name = false;
    // Reads are answered by copies, which hear of a change within seconds, and rarely minutes.
    rest.shows_within = std::chrono::minutes(2);
    out.object = std::move(object);
    return out;
}

rest::Call operation_call(const ServiceObject& object, std::string_view key, std::string operation,
                          json::Object parameters, std::string_view word) {
    rest::Call call;
    call.method = "POST";
    call.path = object.path + "/" + net::percent_encode(key) + "/actions/" + operation;
    call.name = std::move(operation);
    if (!word.empty()) call.name.append(".").append(word);
    call.body = std::move(parameters);
    return call;
}

rest::Progress state_at(const json::Value& object, std::string_view path,
                        std::initializer_list<std::string_view> running,
                        std::initializer_list<std::string_view> failed) {
    const json::Value* state = rest::at_path(object, path);
    const std::string text = state != nullptr && state->is_string() ? *state->as_string() : "";
    rest::Progress out;
    out.kind = rest::Progress::Kind::Done;
    if (std::ranges::find(running, text) != running.end()) {
        out.kind = rest::Progress::Kind::Running;
    } else if (std::ranges::find(failed, text) != failed.end()) {
        out.kind = rest::Progress::Kind::Failed;
        out.code = text;
        out.message = "it is in the state \"" + text + "\"";
    }
    return out;
}

}
