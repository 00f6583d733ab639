#pragma once

#include "providers/kit/rest_type.hpp"

#include <optional>

// What a hetzner.Server does beyond its fields; its description is in server_type.cpp.
namespace providers::hetzner {

// The calls that bring a server nearer to what is wanted, one after the other.
std::optional<kit::Call> next_server_call(const kit::Moment& moment);
void complete_server_body(const infra::Value& inputs, json::Object& body);

infra::Value show_server_networks(const json::Value& server);
infra::Value show_server_firewalls(const json::Value& server);
infra::Value show_public_net(const json::Value& server);
infra::Value show_power(const json::Value& server);
bool are_same_networks(const infra::Value& wanted, const infra::Value& shown);
bool are_same_ids(const infra::Value& wanted, const infra::Value& shown);
bool is_same_public_net(const infra::Value& wanted, const infra::Value& shown);

}
