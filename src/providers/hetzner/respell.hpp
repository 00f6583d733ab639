#pragma once

#include "provider/provider.hpp"
#include "providers/rest/api.hpp"

namespace providers::hetzner {

// Brings what is recorded and seen of a server into the spelling that is wanted, where both name
// the same: keys and images by their ids or names.
base::Result<void> respell(const rest::Api& api, provider::Change& change,
                           const rest::CallScope& scope);

}
