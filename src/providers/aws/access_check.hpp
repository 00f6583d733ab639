#pragma once

#include "provider/provider.hpp"
#include "providers/rest/api.hpp"

namespace providers::aws {

// Whose the keys are, and which operations of EC2 they may do: the service tells that of a request
// with `DryRun`, which does nothing.
base::Result<provider::AccessReport> check_access(const rest::Api& api,
                                                  const rest::CallScope& scope);

}
