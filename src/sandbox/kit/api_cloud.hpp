#pragma once

#include "base/result.hpp"
#include "sandbox/cloud.hpp"
#include "sandbox/kit/api.hpp"

#include <memory>

namespace sandbox {

// The cloud behind an API: the way of a request (rate limit, token, route, body, handler, journal),
// what takes time, and the projects, one for each token.
base::Result<std::unique_ptr<Cloud>> make_api_cloud(std::unique_ptr<const Api> api,
                                                    CloudOptions options);

}
