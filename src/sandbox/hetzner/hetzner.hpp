#pragma once

#include "base/result.hpp"
#include "sandbox/cloud.hpp"

#include <memory>

// The Hetzner Cloud API, version 1, as it is since October 2026.
namespace sandbox::hetzner {

base::Result<std::unique_ptr<Cloud>> make(CloudOptions options);

}
