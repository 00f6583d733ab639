#pragma once

#include "providers/kit/rest_type.hpp"

#include <optional>
#include <string>
#include <vector>

// What a hetzner.Server does beyond its fields; its description is in server_type.cpp.
namespace providers::hetzner {

// The calls that bring a server nearer to what is wanted, one after the other.
std::optional<kit::Call> next_server_call(const kit::Moment& moment);
// Of those, the ones that need the server to be off, and those about its power and addresses; in
// server_rest.cpp.
std::optional<kit::Call> next_resting_call(const kit::Moment& moment);
std::optional<kit::Call> next_power_call(const kit::Moment& moment);
std::optional<kit::Call> next_name_call(const kit::Moment& moment);
// Whether the addresses of a server can be exchanged as wanted while it stays.
bool can_exchange_addresses(const infra::Value& before, const infra::Value& shown,
                            const infra::Value& wanted);
// Of "2001:db8::/64", "2001:db8::1"; of an address, itself.
std::string first_of_network(std::string_view network);
// Where an address or a server's network lists it in its `dns_ptr`; "" if it does not.
std::string reverse_name_of(const json::Value& object, std::string_view ip);
kit::Call server_action(const json::Value& server, const char* name,
                        json::Value body = json::Object{}, const std::string& suffix = {});
// "server:4711" of the servers that a change of something else changes too: their `server`.
std::vector<std::string> servers_changed(const infra::Intent& intent);
void complete_server_body(const infra::Value& inputs, json::Object& body);

infra::Value show_server_networks(const json::Value& server);
infra::Value show_server_firewalls(const json::Value& server);
infra::Value show_public_net(const json::Value& server);
infra::Value show_power(const json::Value& server);
bool are_same_networks(const infra::Value& wanted, const infra::Value& shown);
bool are_same_ids(const infra::Value& wanted, const infra::Value& shown);
infra::Value show_reverse_dns(const json::Value& server);
infra::Value show_image(const json::Value& server);
bool is_same_public_net(const infra::Value& wanted, const infra::Value& shown);

}
