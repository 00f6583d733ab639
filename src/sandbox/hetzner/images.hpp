#pragma once

#include "sandbox/kit/project.hpp"

namespace sandbox::hetzner {

// Of the vendor or the project; null when there is none.
const json::Value* image_of(const Project& project, std::int64_t id);
json::Value view_image(const Project& project, std::int64_t id);   // null when there is none

}
