#pragma once

#include "net/server/parameters.hpp"
#include "net/server/trace_context.hpp"

#include <chrono>
#include <stop_token>
#include <string>

namespace net {

// What a handler is told beside the request itself.
struct RequestContext {
    // When the answer should be there; `stop` is requested then.
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
    // Requested when the server stops, the deadline has passed, or, while an answer streams, when
    // the peer has gone. A handler that waits for anything waits for this too.
    std::stop_token stop;
    std::string peer;   // "127.0.0.1:40312"
    TraceContext trace;
    Parameters parameters;   // of the route's path
};

}
