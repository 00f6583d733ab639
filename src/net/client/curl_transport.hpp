#pragma once

#include "net/client/transport.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace net {

// As URLs ("http://proxy:3128"); empty: none.
struct ProxyOptions {
    std::string http;       // for http:// targets
    std::string https;      // for https:// targets
    std::string no_proxy;   // "localhost,.example.com", "*": hosts that are reached directly
};

struct TransportOptions {
    ProxyOptions proxy;
    std::string ca_file;   // PEM; empty: the system's
    std::string user_agent = "provisioning";
    // With name look-up and TLS. An address that swallows packets is tried again after it.
    std::chrono::milliseconds connect_timeout{std::chrono::seconds{5}};
    std::chrono::seconds max_idle_time{50};   // then a connection is not used again
    std::size_t max_connections_per_host = 16;
    std::size_t max_connections = 128;   // kept open
};

// What curl's own command line takes from the environment: http_proxy, https_proxy, all_proxy,
// no_proxy (each but the first in capitals too) and SSL_CERT_FILE.
using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;
void read_environment(TransportOptions& options, const EnvironmentLookup& lookup);

// HTTP/1.1 and HTTP/2 over libcurl. What may not be repeated goes by HTTP/1.1: a server that ends
// an HTTP/2 connection, or has too much to do, refuses requests that it never looked at, and the
// library does not tell those from the ones that it worked on. The library is loaded at the first
// exchange: then one thread is started that carries the requests of all callers over common
// connections. The destructor breaks off what is under way.
class CurlTransport final : public Transport {
public:
    explicit CurlTransport(TransportOptions options = {});
    ~CurlTransport() override;
    CurlTransport(const CurlTransport&) = delete;
    CurlTransport& operator=(const CurlTransport&) = delete;

    Exchange exchange(const Request& request, const ExchangeOptions& options) override;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}
