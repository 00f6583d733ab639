#pragma once

#include "base/result.hpp"
#include "sandbox/kit/api_call.hpp"

#include <string_view>

namespace sandbox::hetzner {

inline constexpr std::chrono::milliseconds kStart{3000};

json::Value view_server(const Project& project, const Record& server);
base::Result<Reply> create_server(ApiCall& call);

// The server of the call's {id}, unless an action holds it.
base::Result<const Record*> require_free_server(ApiCall& call);
void set_status(Project& project, std::int64_t server, std::string_view status);
bool has_interface(const Record& server);
bool is_off(const Record& server);

// 422 unless there is one and it has room; `server` is not counted.
base::Result<void> require_placement(const Project& project, std::int64_t group,
                                     std::int64_t server);
void join_group(Project& project, std::int64_t group, std::int64_t server);
void leave_group(Project& project, std::int64_t server);

}
