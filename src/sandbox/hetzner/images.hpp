#pragma once

#include "sandbox/hetzner/tenant.hpp"

namespace sandbox::hetzner {

// Of the vendor or the project; null when there is none.
const json::Value* image_of(const Tenant& tenant, std::int64_t id);
json::Value view_image(const Tenant& tenant, std::int64_t id);   // null when there is none

}
