#pragma once

#include "providers/rest/rest_type.hpp"

#include <optional>
#include <string>
#include <vector>

// What a hetzner.Server is and does; its description is in server_type.cpp.
namespace providers::hetzner {

std::vector<rest::Field> server_fields();                         // server_fields.cpp
base::Result<void> validate_server(const value::Value& inputs);   // server_checks.cpp
// The calls that bring a server nearer to what is wanted, one after the other.
std::optional<rest::Call> next_server_call(const rest::UpdateContext& update);
// Of those, the ones that need the server to be off, and those about its power and addresses; in
// server_rest.cpp.
std::optional<rest::Call> next_resting_call(const rest::UpdateContext& update);
base::Result<std::optional<rest::Call>> release_addresses(const json::Value& server,
                                                          const value::Value& inputs,
                                                          const rest::RestType::Ask& ask);
std::optional<rest::Call> next_power_call(const rest::UpdateContext& update);
std::optional<rest::Call> turn_on_again(const rest::UpdateContext& update);
std::optional<rest::Call> next_name_call(const rest::UpdateContext& update);
// Whether the addresses of a server can be exchanged as wanted while it stays.
bool can_exchange_addresses(const value::Value& before, const provider::ObservedResource& now,
                            const value::Value& wanted);
// Whether one of its own comes instead of one that the program gave it by its id.
bool loses_given_address(const value::Value& before, const value::Value& wanted);
// Of "2001:db8::/64", "2001:db8::1"; of an address, itself.
std::string first_of_network(std::string_view network);
// Where an address or a server's network lists it in its `dns_ptr`; "" if it does not.
std::string reverse_name_of(const json::Value& object, std::string_view ip);
rest::Call server_action(const json::Value& server, const char* name,
                         json::Value body = json::Object{}, const std::string& suffix = {});
// "server:4711" of the servers that a change of something else changes too: their `server`.
std::vector<std::string> servers_changed(const provider::Intent& intent);
void complete_server_body(const value::Value& inputs, json::Object& body);

value::Value show_server_networks(const json::Value& server);
value::Value show_server_firewalls(const json::Value& server);
value::Value show_public_net(const json::Value& server);
value::Value show_power(const json::Value& server);
bool are_same_networks(const value::Value& wanted, const value::Value& shown);
bool are_same_ids(const value::Value& wanted, const value::Value& shown);
value::Value show_reverse_dns(const json::Value& server);
value::Value show_image(const json::Value& server);
// Without the addresses that nobody has given it by their ids.
value::Value trim_public_net(const value::Value& shown, const value::Value& prior,
                             const value::Value& wanted);
bool is_same_public_net(const value::Value& wanted, const value::Value& shown);

}
