#include "providers/local/supervisor/log_file.hpp"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace providers::local {

void LogFile::configure(std::string path, std::int64_t max_bytes, int keep) {
    if (path != path_) file_.close();
    path_ = std::move(path);
    max_bytes_ = max_bytes;
    keep_ = keep;
}

base::Result<void> LogFile::open() {
    if (file_) return {};
    TRY(base::make_directories(std::string(base::parent_path(path_)), 0755));
    file_ = base::FileDescriptor(
        ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file_) return base::system_error("opening the log \"" + path_ + "\"", errno);
    struct stat info{};
    size_ = ::fstat(file_.get(), &info) == 0 ? info.st_size : 0;
    return {};
}

void LogFile::write(std::string_view bytes) {
    if (!file_ && !open().ok()) return;
    if (size_ > 0 && size_ + static_cast<std::int64_t>(bytes.size()) > max_bytes_) {
        rotate();
        if (!file_ && !open().ok()) return;
    }
    if (base::write_all(file_.get(), bytes).ok()) size_ += static_cast<std::int64_t>(bytes.size());
}

// Renamed and not copied: no byte is lost, and a reader that holds the file reads on.
void LogFile::rotate() {
    file_.close();
    if (keep_ == 0) ::unlink(path_.c_str());
    for (int number = keep_; number > 0; --number) {
        const std::string older = path_ + "." + std::to_string(number);
        const std::string newer = number == 1 ? path_ : path_ + "." + std::to_string(number - 1);
        ::rename(newer.c_str(), older.c_str());
    }
    // Where it cannot be moved away it is emptied: a log never grows beyond its limit.
    const base::FileDescriptor emptied(
        ::open(path_.c_str(), O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC));
}

}
