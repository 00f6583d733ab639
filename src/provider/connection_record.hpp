#pragma once

#include "value/value.hpp"

#include <memory>
#include <string>

namespace provider {

// What a resource was made through. It stays with the row, as both may leave the program in one
// edit. `settings` has references to secrets, or secret parts, which are sealed on disk.
struct ConnectionRecord {
    std::string address;    // "connections.hz"; "default" for one from the environment
    std::string provider;   // "hetzner"
    std::string identity;   // Connection::identity(): endpoint and account
    value::Value settings;

    bool same_as(const ConnectionRecord& other) const;
    // For people: "connections.hz (hetzner)".
    std::string label() const { return address + " (" + provider + ")"; }
};
using ConnectionRef = std::shared_ptr<const ConnectionRecord>;

}
