#pragma once

#include "net/client/transport.hpp"
#include "provider/provider.hpp"

#include <functional>
#include <memory>

namespace net {
struct TransportOptions;
}

namespace providers::upcloud {

// UpCloud.
const provider::Provider& provider();

// The same over transports of one's own.
using MakeTransport = std::function<std::unique_ptr<net::Transport>(net::TransportOptions)>;
std::unique_ptr<provider::Provider> make_provider(MakeTransport make_transport);

// A connection over a transport of one's own, for tests.
base::Result<std::unique_ptr<provider::Connection>>
connect_over(std::unique_ptr<net::Transport> transport, const value::Value& settings,
             const provider::Host& host);

}
