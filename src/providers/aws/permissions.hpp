#pragma once

#include "value/value.hpp"
#include "json/value.hpp"

#include <map>
#include <string>

// Rules of a security group, by meaning: each is taken apart into what it lets through from one
// source, so that it does not matter how they are grouped, ordered or spelt.
namespace providers::aws {

// One source, or destination, of one protocol and range of ports. A group has each once.
struct Permission {
    std::string protocol;   // as the service has it: "tcp", "-1", "50"
    std::int64_t from = -1;
    std::int64_t to = -1;
    std::string member;   // of the service's document: "IpRanges"
    std::string peer;     // "10.0.0.0/8", "sg-…", "pl-…"

    auto operator<=>(const Permission&) const = default;
};

using Permissions = std::map<Permission, std::string>;   // with their descriptions

// Of the inputs `ingress` and `egress`.
Permissions permissions_in(const value::Value& rules);
// Of the service's "IpPermissions".
Permissions permissions_shown(const json::Value& group, std::string_view member);
value::Value rules_of(const Permissions& permissions);
// As operations take them.
json::Array documents_of(const Permissions& permissions);

}
