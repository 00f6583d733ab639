#include "net/server/trace_context.hpp"

#include <gtest/gtest.h>

namespace net {
namespace {

constexpr std::string_view kTrace = "0af7651916cd43dd8448eb211c80319c";
constexpr std::string_view kParent = "b7ad6b7169203331";

std::string header(std::string_view version, std::string_view rest = {}) {
    return std::string(version) + "-" + std::string(kTrace) + "-" + std::string(kParent) + "-01" +
           std::string(rest);
}

TEST(TraceContext, ContinuesATraceWithASpanOfItsOwn) {
    const auto trace = continue_trace(header("00"));
    ASSERT_TRUE(trace);
    EXPECT_EQ(trace->trace_id, kTrace);
    EXPECT_EQ(trace->parent_id, kParent);
    EXPECT_TRUE(trace->is_sampled);
    EXPECT_EQ(trace->span_id.size(), 16U);
    EXPECT_NE(trace->span_id, kParent);
    EXPECT_EQ(trace->traceparent(), "00-" + std::string(kTrace) + "-" + trace->span_id + "-01");
}

TEST(TraceContext, BeginsOne) {
    const TraceContext trace = new_trace();
    EXPECT_EQ(trace.trace_id.size(), 32U);
    EXPECT_EQ(trace.parent_id, "");
    EXPECT_TRUE(continue_trace(trace.traceparent()));
    EXPECT_NE(new_trace().trace_id, trace.trace_id);
}

TEST(TraceContext, TakesVersionsThatAreYetToCome) {
    EXPECT_TRUE(continue_trace(header("01")));
    EXPECT_TRUE(continue_trace(header("01", "-more")));
    EXPECT_FALSE(continue_trace(header("01", "more")));
}

TEST(TraceContext, RefusesWhatIsNone) {
    const std::string good = header("00");
    for (std::size_t size = 0; size < good.size(); ++size) {
        EXPECT_FALSE(continue_trace(good.substr(0, size))) << size;
    }
    for (std::size_t at = 0; at < good.size(); ++at) {
        std::string bad = good;
        bad[at] = 'X';
        EXPECT_FALSE(continue_trace(bad)) << bad;
    }
    EXPECT_FALSE(continue_trace(header("ff")));
    EXPECT_FALSE(continue_trace(header("00", "-more")));
    EXPECT_FALSE(continue_trace("00-" + std::string(32, '0') + "-" + std::string(kParent) + "-01"));
    EXPECT_FALSE(continue_trace("00-" + std::string(kTrace) + "-" + std::string(16, '0') + "-01"));
}

}
}
