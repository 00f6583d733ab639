#pragma once

#include "infra/provider.hpp"
#include "net/client/transport.hpp"

#include <memory>

namespace providers::hetzner {

// The Hetzner Cloud.
const infra::Provider& provider();

// A connection over a transport of one's own, for tests.
base::Result<std::unique_ptr<infra::Connection>>
connect_over(std::unique_ptr<net::Transport> transport, const infra::Value& settings,
             const infra::Host& host);

}
