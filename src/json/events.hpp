#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace json {

// Half-open range of bytes in the text that is read.
struct Span {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

// What the readers of JSON, YAML and TOML report, in order, well nested, so that a consumer builds
// its own values without a tree between. Views live until the call returns. An error stops the
// reader, which returns it as it is.
//
// Keys of one object may repeat in JSON and YAML: whoever builds decides. TOML refuses them.
class Events {
public:
    virtual ~Events() = default;

    virtual base::Result<void> null(Span span) = 0;
    virtual base::Result<void> boolean(bool value, Span span) = 0;
    // The number in the notation of JSON, with all digits that were written.
    virtual base::Result<void> number(std::string_view text, Span span) = 0;
    virtual base::Result<void> string(std::string_view value, Span span) = 0;
    // The span of a begin is the opening bracket or where a block starts, that of an end the whole.
    virtual base::Result<void> begin_array(Span span) = 0;
    virtual base::Result<void> end_array(Span span) = 0;
    virtual base::Result<void> begin_object(Span span) = 0;
    virtual base::Result<void> key(std::string_view name, Span span) = 0;
    virtual base::Result<void> end_object(Span span) = 0;
};

// Against hostile input. Sizes in bytes.
struct Limits {
    std::size_t max_bytes = std::size_t{1} << 30;
    std::size_t max_depth = 2000;
    // YAML: nodes that aliases may expand to, in all.
    std::size_t max_expanded_nodes = 1'000'000;
    // And the bytes of text in them: a few aliases of a long text are few nodes.
    std::size_t max_expanded_bytes = std::size_t{64} << 20;
};

}
