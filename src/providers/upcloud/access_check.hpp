#pragma once

#include "base/result.hpp"
#include "provider/provider.hpp"
#include "providers/rest/api.hpp"

namespace providers::upcloud {

// Which account a credential is of, and what it may; nothing is changed.
base::Result<provider::AccessReport> check_access(const rest::Api& api,
                                                  const rest::CallScope& scope);

}
