#pragma once

#include "base/fs.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace providers::local {

// Appends to a file; when it has grown to its limit it becomes FILE.1, which becomes FILE.2 …, and
// the oldest goes. What cannot be written is dropped: a full disk stops no process.
class LogFile {
public:
    void configure(std::string path, std::int64_t max_bytes, int keep);
    base::Result<void> open();
    void write(std::string_view bytes);
    const std::string& path() const { return path_; }

private:
    void rotate();

    std::string path_;
    std::int64_t max_bytes_ = 0;
    int keep_ = 0;
    base::FileDescriptor file_;
    std::int64_t size_ = 0;
};

}
