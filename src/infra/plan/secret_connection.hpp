#pragma once

#include "infra/provider.hpp"
#include "infra/secrets.hpp"

#include <memory>

namespace infra {

// A connection that hands the secrets themselves to the one within, and takes references back: on
// this side of it nobody sees a secret. `secrets` outlives it.
std::unique_ptr<Connection> with_secrets(std::unique_ptr<Connection> within,
                                         const Secrets& secrets);

}
