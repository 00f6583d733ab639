#pragma once

#include "providers/rest/rest_type.hpp"

#include <optional>

// What an upcloud.Server does beyond its fields; its description is in server_type.cpp.
namespace providers::upcloud {

base::Result<void> validate_server(const value::Value& inputs);   // server_checks.cpp
void complete_server_body(const value::Value& inputs, json::Object& body);

// The calls that bring a server nearer to what is wanted, one after the other.
std::optional<rest::Call> next_server_call(const rest::UpdateContext& update);
std::optional<rest::Call> start_again(const rest::UpdateContext& update);
base::Result<std::optional<rest::Call>> release_storages(const json::Value& server,
                                                         const value::Value& inputs,
                                                         const rest::RestType::Ask& ask);
rest::Progress server_progress(const json::Value& server);
rest::Call server_call(const json::Value& server, const char* name, std::string method,
                       const std::string& below, json::Value body = {});

// Its interfaces (server_interfaces.cpp).
std::optional<rest::Call> next_interface_call(const rest::UpdateContext& update);
value::Value show_interfaces(const json::Value& server);
bool are_same_interfaces(const value::Value& wanted, const value::Value& shown);
json::Value interfaces_to_json(const value::Value& interfaces);

// Its storages. What is at the first place is its own disk; the rest is attached.
inline constexpr const char* kDiskPlace = "virtio:0";
const json::Value* disk_of(const json::Value& server);
value::Value show_storages(const json::Value& server);
bool are_same_storages(const value::Value& wanted, const value::Value& shown);

}
