#pragma once

#include "base/result.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace net {

// What lies between a connection's bytes and HTTP's, TLS for one. It turns bytes into bytes, and
// neither reads, writes nor waits: that stays with the server, with its limits on time. One thread.
class ConnectionLayer {
public:
    virtual ~ConnectionLayer() = default;

    // Bytes of the peer. Gives what they say, which may be nothing yet; what has to go back for
    // them (a handshake) is in take_output().
    virtual base::Result<std::string> receive(std::string_view bytes) = 0;
    // Bytes of ours, for take_output() in the peer's form.
    virtual base::Result<void> send(std::string_view bytes) = 0;
    // What is to be sent, since the last time.
    virtual std::string take_output() = 0;
};

// Makes the layer of a new connection. Called by the server's thread.
using LayerFactory = std::function<std::unique_ptr<ConnectionLayer>()>;

}
