#pragma once

#include "net/client/transport.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace net {

// One attempt of a call, for logs and people. Has neither header values nor bodies.
struct TraceEvent {
    std::string method;
    std::string url;   // secret query values masked
    unsigned attempt = 1;
    int status = 0;           // 0: no answer
    std::string error;        // why there is none
    std::string request_id;   // by which the service's operators find it, if the answer has one
    std::uint64_t request_body_bytes = 0;
    std::uint64_t response_body_bytes = 0;   // 0 without a whole answer
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

// As a line of JSON, at a time of "2026-02-01T10:00:00.000Z":
//   {"time":…,"method":"GET","url":…,"status":200,"ms":85.2,"attempt":1,"repeated":false,
//    "waited_ms":0,"request_id":…,"request_body_bytes":0,"response_body_bytes":12,
//    "protocol":"HTTP/2","reused":true}
// Without an answer, status is null, and there are "error" and "delivery" ("not sent", "unknown").
std::string trace_line(const TraceEvent& event, std::string_view time);

// The trace of this process: debug lines in its log and, once a file is named, lines of JSON at its
// end. Any thread.
Trace& program_trace();
// "-" is standard error. To be called before any other thread begins; what the file then cannot
// take is lost.
base::Result<void> trace_to(const std::string& file);

// The URL with *** for the values of these query fields, and of those that are secret by their
// usual meaning (token, password, signature …).
std::string mask_url(std::string_view url, std::span<const std::string> secret_fields);

}
