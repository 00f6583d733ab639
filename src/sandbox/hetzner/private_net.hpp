#pragma once

#include "base/result.hpp"
#include "sandbox/kit/project.hpp"

#include <optional>
#include <string>
#include <vector>

// Servers in networks: an entry of the server's "private_net". It is there, marked "_pending", from
// the request on, so that nobody else gets the address.
namespace sandbox::hetzner {

inline constexpr std::chrono::milliseconds kAttachNetwork{2000};

struct Attachment {
    std::int64_t network = 0;
    std::optional<std::string> ip;         // otherwise the first that is free
    std::optional<std::string> ip_range;   // the subnet it is to come from
    std::vector<std::string> alias_ips;
};

// 409 while the network is being changed, 422 when there is no address to be had.
base::Result<void> reserve_attachment(Project& project, std::int64_t server,
                                      const Attachment& wanted);
// The checks of the same, before there is a server.
base::Result<void> require_attachable_network(const Project& project, std::int64_t network,
                                              std::string_view location);
base::Result<void> require_free_network(const Project& project, std::int64_t network);
// 422 unless each is in a subnet and free for the server.
base::Result<std::vector<std::string>> checked_aliases(const Project& project, std::int64_t network,
                                                       std::int64_t server,
                                                       const std::vector<std::string>& aliases);

void finish_attachment(Project& project, std::int64_t server, std::int64_t network);
// Also of one that is pending.
void detach_network(Project& project, std::int64_t server, std::int64_t network);
bool is_attached(const Record& server, std::int64_t network);

}
