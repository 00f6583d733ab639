#pragma once

#include "sandbox/kit/actions.hpp"

namespace sandbox::hetzner {

json::Value view_action(const Project& project, const Record& action);
// Null when there is none.
json::Value view_action(const Project& project, std::int64_t id);

}
