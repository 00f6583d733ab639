#pragma once

#include "sandbox/cloud.hpp"

#include <memory>

namespace sandbox {
class Api;
}

// An imitation of UpCloud's API 1.3. What it is like is in README.md.
namespace sandbox::upcloud {

std::unique_ptr<const Api> make_api();
base::Result<std::unique_ptr<Cloud>> make(CloudOptions options);

}
