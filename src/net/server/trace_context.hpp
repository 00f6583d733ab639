#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace net {

// Which trace a request belongs to, and its own place there (W3C Trace RequestContext, level 1).
struct TraceContext {
    std::string trace_id;    // 32 hexadecimal digits
    std::string parent_id;   // 16: the caller's span; empty: the trace begins here
    std::string span_id;     // 16: what is done for this request
    bool is_sampled = false;

    // The header for requests that are made on behalf of this one.
    std::string traceparent() const;
};

TraceContext new_trace();
// The trace that a `traceparent` continues, with a span of its own. Nothing when the header is not
// of the form: then its sender's trace is not ours to guess at.
std::optional<TraceContext> continue_trace(std::string_view traceparent);

}
