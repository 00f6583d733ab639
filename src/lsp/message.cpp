#include "lsp/message.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"

#include <cerrno>
#include <charconv>

#include <poll.h>
#include <unistd.h>

namespace lsp {

// False at the end.
base::Result<bool> Wire::fill() {
    char bytes[64 * 1024];
    for (;;) {
        const ssize_t count = ::read(in_, bytes, sizeof bytes);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return base::Error(base::Code::Unavailable, "cannot read from the editor");
        buffer_.append(bytes, static_cast<std::size_t>(count));
        return count > 0;
    }
}

static std::optional<std::size_t> length_of(std::string_view header) {
    for (const std::string_view line : base::split_lines(header)) {
        constexpr std::string_view kName = "content-length:";
        if (base::to_lower_ascii(line.substr(0, kName.size())) != kName) continue;
        const std::string_view digits = base::trim(line.substr(kName.size()));
        std::size_t length = 0;
        const auto end = std::from_chars(digits.begin(), digits.end(), length);
        if (end.ec == std::errc() && end.ptr == digits.end()) return length;
    }
    return std::nullopt;
}

base::Result<std::optional<json::Value>> Wire::read() {
    constexpr std::string_view kEnd = "\r\n\r\n";
    std::size_t end = 0;
    while ((end = buffer_.find(kEnd)) == buffer_.npos) {
        if (buffer_.size() > kMaxHeader) {
            return base::Error(base::Code::InvalidArgument, "a message without a header");
        }
        if (!TRY(fill())) return std::optional<json::Value>();
    }
    const auto length = length_of(std::string_view(buffer_).substr(0, end));
    if (!length || *length > kMaxContent) {
        return base::Error(base::Code::InvalidArgument,
                           length ? "a message that is too large" : "a message without a length");
    }
    const std::size_t begin = end + kEnd.size();
    while (buffer_.size() < begin + *length) {
        if (!TRY(fill())) return std::optional<json::Value>();
    }
    auto message = json::parse(std::string_view(buffer_).substr(begin, *length));
    buffer_.erase(0, begin + *length);
    // Where it ends is known all the same: the next one can be read.
    return std::optional(message ? std::move(*message) : json::Value());
}

bool Wire::has_more() const {
    if (!buffer_.empty()) return true;
    pollfd waiting{in_, POLLIN, 0};
    return ::poll(&waiting, 1, 0) > 0;
}

bool Wire::wait_beside(int other) const {
    if (!buffer_.empty() || other < 0) return false;
    pollfd waiting[2]{{in_, POLLIN, 0}, {other, POLLIN, 0}};
    // The editor goes first. An interrupted wait is as if it had something.
    return ::poll(waiting, 2, -1) > 0 && waiting[0].revents == 0;
}

base::Result<void> Wire::write(const json::Value& message) {
    const std::string text = json::to_text(message);
    return base::write_all(out_,
                           "Content-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text);
}

}
