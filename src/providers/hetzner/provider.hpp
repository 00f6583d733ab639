#pragma once

#include "net/client/transport.hpp"
#include "provider/provider.hpp"

#include <memory>

namespace providers::hetzner {

// The Hetzner Cloud.
const provider::Provider& provider();

// A connection over a transport of one's own, for tests.
base::Result<std::unique_ptr<provider::Connection>>
connect_over(std::unique_ptr<net::Transport> transport, const value::Value& settings,
             const provider::Host& host);

}
