#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace provider {

struct Host;

// Small files of a provider beneath the state's folder, for what may hold secrets: sealed with the
// workspace's key, each for its own path. Whole or not at all, mode 0600; not synced. Any thread.
base::Result<void> write_sealed(const Host& host, const std::string& path, std::string_view text);

struct KeptText {
    std::string text;
    bool is_sealed = false;
};
// Also what lies there in the clear: of a host without a key, or written by a program's own hand.
// NotFound, Exhausted; DataLoss when it does not open.
base::Result<KeptText> read_sealed(const Host& host, const std::string& path,
                                   std::size_t max_bytes);

}
