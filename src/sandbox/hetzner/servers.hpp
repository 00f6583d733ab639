#pragma once

#include "base/result.hpp"
#include "sandbox/hetzner/call.hpp"

#include <string_view>

namespace sandbox::hetzner {

inline constexpr std::chrono::milliseconds kStart{3000};

json::Value view_server(const Tenant& tenant, const Record& server);
base::Result<Reply> create_server(Call& call);

// The server of the call's {id}, unless an action holds it.
base::Result<const Record*> require_free_server(Call& call);
void set_status(Tenant& tenant, std::int64_t server, std::string_view status);
bool has_interface(const Record& server);
bool is_off(const Record& server);

// 422 unless there is one and it has room; `server` is not counted.
base::Result<void> require_placement(const Tenant& tenant, std::int64_t group, std::int64_t server);
void join_group(Tenant& tenant, std::int64_t group, std::int64_t server);
void leave_group(Tenant& tenant, std::int64_t server);

}
