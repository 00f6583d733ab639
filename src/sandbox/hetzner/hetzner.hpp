#pragma once

#include "base/result.hpp"
#include "sandbox/cloud.hpp"

#include <memory>

namespace sandbox {

class Api;

}

// The Hetzner Cloud API, version 1, as it is since October 2026.
namespace sandbox::hetzner {

std::unique_ptr<const Api> make_api();
base::Result<std::unique_ptr<Cloud>> make(CloudOptions options);

}
