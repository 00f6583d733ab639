#pragma once

#include "base/result.hpp"
#include "sandbox/kit/project.hpp"

namespace sandbox::hetzner {

inline constexpr std::chrono::milliseconds kFirewallLag{2000};

// By the server's id. It is pending on the server until the lag is over.
void apply_firewall(Project& project, std::int64_t firewall, std::int64_t server);
void remove_firewall(Project& project, std::int64_t firewall, std::int64_t server);
// After the lag, selectors of all firewalls are matched with the labels of the server.
void sync_selectors_later(Project& project, std::int64_t server);
// When a server goes: from every list.
void forget_server_in_firewalls(Project& project, std::int64_t server);

// The rules in the form they are kept in; 422 names the rule.
base::Result<json::Array> read_rules(const json::Value& request);

}
