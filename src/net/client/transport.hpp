#pragma once

#include "base/result.hpp"
#include "net/http/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>

namespace net {

// What is known about a request that has no usable answer. What may have been sent must not be sent
// again unless doing it twice is the same as doing it once.
enum class Delivery : unsigned char {
    NotSent,    // certainly no byte of it: nothing happened there
    Unknown,    // sent, in part or whole, and no complete answer came: it may have been done
    Answered,   // an answer came
};

std::string_view name_of(Delivery delivery);

// Hangs on the errors of transports and of the client, as their detail.
struct RequestFailure final : base::ErrorDetail {
    RequestFailure(Delivery how_far, bool transient, int answered_status)
        : delivery(how_far), is_transient(transient), status(answered_status) {}
    std::string json() const override;   // {"delivery": "unknown"}

    Delivery delivery;
    bool is_transient;   // the same again may go well
    int status;          // of an answer that broke off, or 0
    bool is_budget_spent = false;
    std::chrono::nanoseconds pause{0};   // before it is asked again
};

base::Error call_error(base::Code code, std::string message, Delivery delivery,
                       bool is_transient = false, int status = 0);
// Unknown for an error that does not say.
Delivery delivery_of(const base::Error& error);
bool is_transient(const base::Error& error);
// Whether nothing was done because the rate limit leaves no turn now, or because the service is to
// be left alone for a while, and the caller asked not to wait. It will be in time if it is asked
// again.
base::Error budget_spent(std::string message, int status = 0,
                         std::chrono::nanoseconds pause = std::chrono::nanoseconds(0));
bool is_budget_spent(const base::Error& error);
// How long it is to be left alone; 0 where the rate limit knows by itself.
std::chrono::nanoseconds pause_of(const base::Error& error);
int status_of(const base::Error& error);   // of the answer it is about, or 0

struct ExchangeOptions {
    std::chrono::nanoseconds timeout{std::chrono::minutes{1}};   // for all of it
    std::stop_token stop;                                        // breaks it off at once
    std::size_t max_response_bytes = std::size_t{64} << 20;
    bool secret_body = false;   // neither request nor answer body is to be kept anywhere
    // Whether it may be sent again when its answer is lost. What may not shares no connection.
    bool is_repeatable = true;
};

struct ExchangeInfo {
    bool connection_reused = false;
    std::uint64_t bytes_sent = 0;   // heads and bodies, before encryption
    std::uint64_t bytes_received = 0;
    std::string_view protocol;   // "HTTP/1.1", "HTTP/2", or empty; static
};

// One attempt and what came of it. Every status is a success; an error is a RequestFailure.
struct Exchange {
    base::Result<Response> result;
    ExchangeInfo info;
};

// Sends one request, once, and waits for its answer. Any thread, many at once. Redirects are not
// followed. The request's target is a whole URL.
class Transport {
public:
    virtual ~Transport() = default;
    virtual Exchange exchange(const Request& request, const ExchangeOptions& options) = 0;
};

}
