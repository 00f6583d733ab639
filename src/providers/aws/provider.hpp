#pragma once

#include "net/client/transport.hpp"
#include "provider/provider.hpp"

#include <functional>
#include <memory>

namespace net {
struct TransportOptions;
}

namespace providers::aws {

// Amazon Web Services.
const provider::Provider& provider();

// The same over transports of one's own, for tests.
using MakeTransport = std::function<std::unique_ptr<net::Transport>(net::TransportOptions)>;
std::unique_ptr<provider::Provider> make_provider(MakeTransport make_transport);

}
