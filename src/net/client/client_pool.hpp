#pragma once

#include "base/guarded.hpp"
#include "net/client/client.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace net {

// A client that owns its transport.
std::shared_ptr<Client> make_client(std::unique_ptr<Transport> transport,
                                    ClientOptions options = {});

// The clients of one provider. All of its connections that go the same way share one, and with it
// the transport, its open connections, and what is known of rate limits. A client lives as long as
// somebody holds it. Any thread.
class ClientPool {
public:
    using MakeTransport = std::function<std::unique_ptr<Transport>()>;

    // `way` names what the transport is made of (proxy, certificates).
    std::shared_ptr<Client> client(const std::string& way, const MakeTransport& make,
                                   ClientOptions options = {});

private:
    base::Guarded<std::map<std::string, std::weak_ptr<Client>>> clients_;
};

}
