#include "sandbox/control/loopback.hpp"

#include "net/client/curl_transport.hpp"

#include <fmt/core.h>

namespace sandbox {
namespace {

constexpr std::chrono::seconds kPatience{30};

}

base::Result<json::Value> ask_loopback(const LoopbackRequest& request) {
    net::CurlTransport transport;
    net::Exchange exchange = transport.exchange(
        {.method = request.method,
         .target = fmt::format("http://127.0.0.1:{}{}", request.port, request.target),
         .headers = {{"Authorization", "Bearer " + request.token},
                     {"Content-Type", "application/json"}},
         .body = request.body},
        {.timeout = kPatience});
    if (!exchange.result.ok()) {
        return std::move(exchange.result)
            .error()
            .with_context(fmt::format("asking the sandbox on port {}", request.port));
    }
    // Read before the status is looked at: errors are JSON as well.
    const json::Value value = TRY(json::parse(exchange.result->body));
    if (exchange.result->status / 100 == 2) return value;
    return base::invalid_argument(std::string(value.string_or("error", "the sandbox refuses")));
}

}
