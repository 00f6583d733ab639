#include "base/check.hpp"
#include "net/server/answer.hpp"
#include "net/server/route_table.hpp"
#include "net/server/trace_context.hpp"
#include "json/error.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace {

net::RouteTable make() {
    net::RouteTable table;
    for (const char* pattern : {"/", "/a", "/a/{id:integer}", "/a/{name}", "/a/b/{x}/{y:integer}",
                                "/{first}/b", "/{first}/{second}/{third}"}) {
        CHECK(table.add("GET", pattern).ok());
    }
    return table;
}

}

// The path of a request, a header, and an event: a path finds a route whose parameters are fit for
// a handler, or none; what continues a trace is of the form that is sent on; an event ends once.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const net::RouteTable table = make();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const net::RouteMatch match = table.match("GET", net::path_of(text));
    for (const auto& value : match.parameters.values()) {
        CHECK(!value.text.empty() && value.text.size() <= net::kMaxParameterBytes);
        CHECK(json::find_invalid_utf8(value.text) == value.text.size());
        CHECK(std::none_of(value.text.begin(), value.text.end(),
                           [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
        CHECK(!value.number || *value.number >= 0);
    }
    if (const auto trace = net::continue_trace(text)) {
        CHECK(net::continue_trace(trace->traceparent())->trace_id == trace->trace_id);
    }
    const std::string event =
        net::format_event({.data = std::string(text), .type = std::string(text), .id = {}});
    CHECK(event.find("\n\n") == event.size() - 2 && !event.contains('\r'));
    return 0;
}
