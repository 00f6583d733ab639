#include "base/files.hpp"

#include "base/real_system.hpp"
#include "base/system.hpp"

#include <cerrno>
#include <cstdlib>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace base {
namespace {

class RealFiles final : public Files {
public:
    int open(const std::string& path, int flags, unsigned mode) override {
        return ::open(path.c_str(), flags, mode);
    }
    int close(int fd) override { return ::close(fd); }
    ssize_t read(int fd, void* bytes, std::size_t size) override { return ::read(fd, bytes, size); }
    ssize_t write(int fd, const void* bytes, std::size_t size) override {
        return ::write(fd, bytes, size);
    }
    int poll(pollfd* wanted, unsigned count, int milliseconds) override {
        return ::poll(wanted, count, milliseconds);
    }
    int fstat(int fd, struct stat& facts) override { return ::fstat(fd, &facts); }
    int fchmod(int fd, unsigned mode) override { return ::fchmod(fd, mode); }
    int fsync(int fd) override { return ::fsync(fd); }
    int ftruncate(int fd, off_t size) override { return ::ftruncate(fd, size); }
    int flock(int fd, int operation) override { return ::flock(fd, operation); }

    int stat(const std::string& path, struct stat& facts) override {
        return ::stat(path.c_str(), &facts);
    }
    int lstat(const std::string& path, struct stat& facts) override {
        return ::lstat(path.c_str(), &facts);
    }
    int link(const std::string& from, const std::string& to) override {
        return ::link(from.c_str(), to.c_str());
    }
    int rename(const std::string& from, const std::string& to) override {
        return ::rename(from.c_str(), to.c_str());
    }
    int unlink(const std::string& path) override { return ::unlink(path.c_str()); }
    int mkdir(const std::string& path, unsigned mode) override {
        return ::mkdir(path.c_str(), mode);
    }
    int rmdir(const std::string& path) override { return ::rmdir(path.c_str()); }
    int list(const std::string& path, std::vector<std::string>& names) override;
    int realpath(const std::string& path, std::string& real) override;
};

int RealFiles::list(const std::string& path, std::vector<std::string>& names) {
    DIR* folder = ::opendir(path.c_str());
    if (folder == nullptr) return -1;
    // readdir() returns null at the end and on an error; only errno tells which.
    errno = 0;
    while (const dirent* entry = ::readdir(folder)) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") names.emplace_back(name);
        errno = 0;
    }
    const int failed = errno;
    ::closedir(folder);
    errno = failed;
    return failed == 0 ? 0 : -1;
}

int RealFiles::realpath(const std::string& path, std::string& real) {
    char* found = ::realpath(path.c_str(), nullptr);
    if (found == nullptr) return -1;
    real = found;
    std::free(found);
    return 0;
}

constinit RealFiles the_files;

}

Files& real_files() { return the_files; }

Files& files() { return operating_system().files(); }

}
