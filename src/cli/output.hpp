#pragma once

#include "base/result.hpp"

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>

namespace cli {

// A buffered writer over a descriptor. When the reader has gone it swallows what follows: a closed
// pipe never stops the work. Not for several threads.
class Output {
public:
    explicit Output(int fd, std::size_t buffer_bytes = std::size_t{64} << 10U);
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    ~Output();

    // For people: whatever could steer a terminal, other than our own styles, becomes a visible
    // escape (base::shown_text). No view has to think of it.
    void write(std::string_view text);
    // JSON, in a pipe as it is; on a terminal with what would steer it in JSON's own escapes.
    void json(std::string_view text);
    // As it is: for programs to read, and for what moves the cursor.
    void raw(std::string_view bytes);
    // A person reads it on a terminal: lines are broken between words.
    void set_terminal() { is_terminal_ = true; }
    // From now on all is for programs to read (--json).
    void set_for_programs() { is_for_programs_ = true; }
    template <typename... T>
    void print(fmt::format_string<T...> format, T&&... values) {
        write(fmt::format(format, std::forward<T>(values)...));
    }
    template <typename... T>
    void line(fmt::format_string<T...> format, T&&... values) {
        write(fmt::format(format, std::forward<T>(values)...) + "\n");
    }
    void flush();

    int fd() const { return fd_; }
    bool reader_gone() const { return reader_gone_; }
    // The first failure that was not a reader gone (a full disk, for one).
    base::Result<void> finish();

private:
    int fd_;
    std::size_t buffer_bytes_;
    std::string buffer_;
    bool reader_gone_ = false;
    bool is_for_programs_ = false;
    bool is_terminal_ = false;
    int failure_ = 0;
};

}
