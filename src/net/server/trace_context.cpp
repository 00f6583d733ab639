#include "net/server/trace_context.hpp"

#include "base/ids.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace net {
namespace {

constexpr std::size_t kTraceBytes = 16;
constexpr std::size_t kSpanBytes = 8;
constexpr std::size_t kSize = 55;   // "00-", 32 digits, "-", 16 digits, "-", 2 digits

bool is_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');   // upper case is not allowed
    });
}

bool is_id(std::string_view text) {
    return is_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

int value_of(char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; }

}

std::string TraceContext::traceparent() const {
    return fmt::format("00-{}-{}-{}", trace_id, span_id, is_sampled ? "01" : "00");
}

TraceContext new_trace() {
    return {.trace_id = base::random_token(kTraceBytes),
            .parent_id = {},
            .span_id = base::random_token(kSpanBytes)};
}

// W3C Trace Context, "traceparent": fixed places, small letters, ids that are not all zeros.
std::optional<TraceContext> continue_trace(std::string_view traceparent) {
    if (traceparent.size() < kSize) return std::nullopt;
    const std::string_view version = traceparent.substr(0, 2);
    const std::string_view trace = traceparent.substr(3, 2 * kTraceBytes);
    const std::string_view parent = traceparent.substr(36, 2 * kSpanBytes);
    const std::string_view flags = traceparent.substr(53, 2);
    if (traceparent[2] != '-' || traceparent[35] != '-' || traceparent[52] != '-') {
        return std::nullopt;
    }
    if (!is_hex(version) || version == "ff" || !is_hex(flags)) return std::nullopt;
    // A version that we do not know may have more fields behind these; ours may not.
    const bool has_more = traceparent.size() > kSize;
    if (has_more && (version == "00" || traceparent[kSize] != '-')) return std::nullopt;
    if (!is_id(trace) || !is_id(parent)) return std::nullopt;
    return TraceContext{.trace_id = std::string(trace),
                        .parent_id = std::string(parent),
                        .span_id = base::random_token(kSpanBytes),
                        .is_sampled = (value_of(flags[1]) & 1) != 0};
}

}
