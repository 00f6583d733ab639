#pragma once

#include "engine/plan/resource.hpp"

namespace engine {

// The stage: what lies beneath the place of another resource, as their paths tell, follows it,
// whether or not it reads anything of it.
void find_beneath(ResourceTable& table);

}
