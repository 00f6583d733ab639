#include "providers/upcloud/types.hpp"

#include "providers/upcloud/conventions.hpp"

#include <array>

namespace providers::upcloud {

rest::RestType wrapped_type(std::string name, std::string noun, std::string one, std::string many) {
    rest::RestType type;
    type.schema.name = std::move(name);
    type.noun = std::move(noun);
    type.id = {{.name = "uuid", .shown_at = {}, .input = {}}};
    type.id_type = value::ValueType::String;
    type.collection = "/" + one;
    type.envelopes = rest::answers_in(one, many + "." + one);
    type.envelopes.create = one;
    type.envelopes.update = one;
    type.tags = {.form = rest::Tagging::Form::List, .reserved = "_"};
    type.is_found_by_name = false;
    return type;
}

rest::RestType bare_type(std::string name, std::string noun, std::string collection) {
    rest::RestType type;
    type.schema.name = std::move(name);
    type.noun = std::move(noun);
    type.id = {{.name = "uuid", .shown_at = {}, .input = {}}};
    type.id_type = value::ValueType::String;
    type.collection = std::move(collection);
    type.update_method = "PATCH";
    type.paging = by_offset();
    type.tags = {.form = rest::Tagging::Form::List, .reserved = "_"};
    return type;
}

std::span<const rest::RestType* const> rest_types() {
    static const std::array kTypes{
        &certificate_type(), &cluster_type(),       &database_type(),     &floating_ip_type(),
        &gateway_type(),     &load_balancer_type(), &network_type(),      &object_storage_type(),
        &router_type(),      &server_type(),        &server_group_type(), &storage_type()};
    return kTypes;
}

std::span<const rest::SubResourceType* const> sub_resource_types() {
    static const std::array kTypes{&firewall_rules_type()};
    return kTypes;
}

}
