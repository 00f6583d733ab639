#include "cli/output.hpp"

#include "base/text.hpp"
#include "cli/terminal.hpp"

#include <cerrno>

#include <unistd.h>

namespace cli {

Output::Output(int fd, std::size_t buffer_bytes) : fd_(fd), buffer_bytes_(buffer_bytes) {}
Output::~Output() { flush(); }

void Output::write(std::string_view text) {
    if (is_for_programs_) return json(text);
    constexpr std::size_t kUsual = 80;
    const std::string shown = base::shown_text(text);
    // Asked each time: a window may be made narrower.
    raw(is_terminal_ ? base::wrap_lines(shown, width_of(fd_, kUsual)) : shown);
}

void Output::json(std::string_view text) {
    if (is_terminal_) return raw(base::shown_json(text));
    raw(text);
}

void Output::raw(std::string_view bytes) {
    // Once the reader is gone, all writing is in vain; it is no failure.
    if (reader_gone_ || failure_ != 0) return;
    buffer_ += bytes;
    if (buffer_.size() >= buffer_bytes_) flush();
}

void Output::flush() {
    std::string_view rest = buffer_;
    while (!rest.empty() && !reader_gone_ && failure_ == 0) {
        const ssize_t written = ::write(fd_, rest.data(), rest.size());
        if (written >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EPIPE) {
            reader_gone_ = true;
            // Kept until finish(): where it is printed there is no way to fail.
        } else if (errno != EINTR && errno != EAGAIN) {
            failure_ = errno;
        }
    }
    buffer_.clear();
}

base::Result<void> Output::finish() {
    flush();
    if (failure_ != 0) {
        // Not CannotWrite: that is said of the state, and the work itself has been done.
        return base::Error(base::Code::FailedPrecondition,
                           base::system_error("cannot write the output", failure_).text());
    }
    return {};
}

}
