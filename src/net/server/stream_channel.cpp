#include "net/server/stream_channel.hpp"

#include <fmt/core.h>

#include <utility>

namespace net {
namespace {

constexpr std::size_t kMaxPending = std::size_t{256} << 10;   // beyond, the writer waits

}

bool StreamChannel::write(std::string_view bytes) {
    {
        std::unique_lock lock(mutex_);
        // The writer is held up here by a slow peer: memory is bounded by what is pending.
        room_.wait(lock, stop_, [&] { return is_closed_ || pending_.size() < kMaxPending; });
        if (is_closed_ || stop_.stop_requested()) return false;
        if (bytes.empty()) return true;   // as a chunk it would be the end
        if (is_chunked_) pending_ += fmt::format("{:x}\r\n", bytes.size());
        pending_ += bytes;
        if (is_chunked_) pending_ += "\r\n";
        // Woken once for all that is written until it is taken.
        if (!std::exchange(is_idle_, false)) return true;
    }
    wake_();
    return true;
}

std::string StreamChannel::take() {
    std::string bytes;
    {
        const std::lock_guard lock(mutex_);
        bytes = std::exchange(pending_, {});
        is_idle_ = bytes.empty();
    }
    room_.notify_all();
    return bytes;
}

void StreamChannel::finish() {
    const std::lock_guard lock(mutex_);
    if (is_chunked_) pending_ += "0\r\n\r\n";
}

void StreamChannel::close() {
    {
        const std::lock_guard lock(mutex_);
        is_closed_ = true;
    }
    room_.notify_all();
}

}
