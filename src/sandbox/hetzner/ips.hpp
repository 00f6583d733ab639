#pragma once

#include "base/result.hpp"
#include "sandbox/kit/project.hpp"

#include <optional>
#include <string>
#include <string_view>

// What primary and floating IPs share, and what servers do with them.
namespace sandbox::hetzner {

// Of ranges that belong to nobody; never given out twice.
std::string next_address(Project& project, std::string_view type);
// A list with the vendor's default entry for IPv4, empty for IPv6.
json::Value default_dns_ptr(std::string_view type, std::string_view ip);
// Null resets. 422 when the address is not one of the thing's.
base::Result<void> set_dns_ptr(Record& record, const json::Value& body);

struct NewPrimaryIp {
    std::string name;   // empty: made from the id
    std::string type;   // "ipv4"
    std::string location;
    bool auto_delete = false;
    json::Value labels = json::Object{};
};
std::int64_t make_primary_ip(Project& project, const NewPrimaryIp& wanted);
void assign_primary_ip(Project& project, std::int64_t id, std::int64_t server);
void unassign_primary_ip(Project& project, std::int64_t id);
// 422 unless it exists, is free, of the type and at the place; `field` is that of the request.
base::Result<void> require_usable_primary_ip(const Project& project, std::int64_t id,
                                             std::string_view type, std::string_view location);

void assign_floating_ip(Project& project, std::int64_t id, std::int64_t server);
void unassign_floating_ip(Project& project, std::int64_t id);

// The location's object for a record that holds its name.
json::Value location_of(const Project& project, const Record& record);

}
