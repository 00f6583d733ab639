#include "lang/source_file.hpp"

#include "base/files.hpp"
#include "base/fs.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>

namespace lang {

static constexpr std::size_t kPiece = std::size_t{1} << 20;
static constexpr int kWaitMilliseconds = 20;   // between two looks at the stop token

static base::Error failed(const char* verb, const std::string& path) {
    const int reason = errno;
    return base::system_error(std::string("cannot ") + verb + " " + path, reason);
}

// Opened without blocking, a pipe reads as empty until somebody writes: so it is waited for.
static base::Result<void> wait_for_bytes(int file, const std::string& path,
                                         const std::stop_token& stop) {
    for (;;) {
        if (stop.stop_requested())
            return base::Error(base::Code::Cancelled, "stopped while reading " + path);
        pollfd wanted{.fd = file, .events = POLLIN, .revents = 0};
        const int ready = base::files().poll(&wanted, 1, kWaitMilliseconds);
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR) return failed("read", path);
    }
}

base::Result<std::string> read_source_file(const std::string& path, std::size_t max_bytes,
                                           const std::stop_token& stop) {
    // O_NONBLOCK, so that opening a pipe without a writer does not hang beyond reach of the stop
    // token.
    const base::FileDescriptor file(base::files().open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return failed("open", path);
    struct stat facts{};
    if (base::files().fstat(file.get(), facts) != 0) return failed("read", path);
    std::string text;
    if (facts.st_size > 0)
        text.reserve(std::min(max_bytes, static_cast<std::size_t>(facts.st_size)) + 1);
    for (;;) {
        TRY(wait_for_bytes(file.get(), path, stop));
        const std::size_t size = text.size();
        // Room for what is left of a file of known size, and a byte to see its end by.
        const std::size_t room = std::clamp<std::size_t>(text.capacity() - size, 16384, kPiece);
        ssize_t got = 0;
        text.resize_and_overwrite(size + room, [&](char* bytes, std::size_t) {
            got = base::files().read(file.get(), bytes + size, room);
            return size + static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        });
        if (got < 0 && errno != EINTR && errno != EAGAIN) return failed("read", path);
        if (text.size() > max_bytes) {
            return base::Error(base::Code::Exhausted, path + " is larger than the limit of " +
                                                          std::to_string(max_bytes) + " bytes");
        }
        if (got == 0) return text;
    }
}

}
