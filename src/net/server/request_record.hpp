#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace net {

// What is kept of a request once its answer has gone out, for a log. Never headers, bodies, or the
// query, where secrets may be.
struct RequestRecord {
    std::string method;        // empty: it could not be read
    std::string path;          // as it was sent, at most 1,024 bytes of it
    int status = 0;            // 0: nothing was sent
    std::uint64_t bytes = 0;   // that were sent
    std::chrono::nanoseconds duration{0};
    std::string trace_id;
    std::string peer;
};

// Called by the server's thread, so that it must be quick.
using RequestLog = std::function<void(const RequestRecord&)>;

// Writes a line into the program's log.
void log_request(const RequestRecord& record);

}
