#pragma once

#include "provider/provider.hpp"
#include "providers/rest/api.hpp"

namespace providers::hetzner {

// What the token may do, and what is left of its project's requests. Nothing changes by it: a
// token's right to write shows in how a request to make nothing is refused.
base::Result<provider::AccessReport> check_access(const rest::Api& api,
                                                  const rest::CallScope& scope);

}
