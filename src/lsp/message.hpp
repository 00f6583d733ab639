#pragma once

#include "base/result.hpp"
#include "json/value.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace lsp {

// The base protocol over two descriptors: a header with the length, then JSON. Both are bounded.
class Wire {
public:
    static constexpr std::size_t kMaxHeader = 8 * 1024;
    static constexpr std::size_t kMaxContent = std::size_t{64} << 20U;

    Wire(int in, int out) : in_(in), out_(out) {}

    // The next message, null for what is no JSON; nothing when the other side has gone. An error
    // ends the conversation: where a message begins is not known any more.
    base::Result<std::optional<json::Value>> read();
    // Whether more has come in already.
    bool has_more() const;
    // Waits for more of it, or for the other descriptor (-1: none); whether the other is ready.
    bool wait_beside(int other) const;
    base::Result<void> write(const json::Value& message);

private:
    base::Result<bool> fill();

    int in_;
    int out_;
    std::string buffer_;
};

}
