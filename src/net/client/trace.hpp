#pragma once

#include "net/client/transport.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace net {

// One attempt of a call, for logs and people. Has neither header values nor bodies.
struct TraceEvent {
    std::string method;
    std::string url;   // secret query values masked
    unsigned attempt = 1;
    int status = 0;      // 0: no answer
    std::string error;   // why there is none
    Delivery delivery = Delivery::Answered;
    ExchangeInfo info;
    std::chrono::nanoseconds duration{0};   // of the attempt
    std::chrono::nanoseconds waited{0};     // for the rate limit, before it
    bool is_repeated = false;               // another attempt follows
};

// Told of each attempt right after it, by the thread that made the call; several at once.
class Trace {
public:
    virtual ~Trace() = default;
    virtual void attempt(const TraceEvent& event) = 0;
};

// "GET https://host/path?token=*** 200 in 85 ms (12.3 KiB, HTTP/2, reused, waited 1.2 s, attempt
// 2)"
std::string format_trace(const TraceEvent& event);

// Writes a debug line to the program's log.
class LogTrace final : public Trace {
public:
    void attempt(const TraceEvent& event) override;
};

// The URL with *** for the values of these query fields, and of those that are secret by their
// usual meaning (token, password, signature …).
std::string mask_url(std::string_view url, std::span<const std::string> secret_fields);

}
