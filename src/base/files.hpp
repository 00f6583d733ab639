#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <poll.h>
#include <sys/stat.h>
#include <sys/types.h>

namespace base {

// Files as an operating system has them: calls of POSIX, with their results and errno. What is
// made of them for everyone is in fs.hpp. Any thread.
class Files {
public:
    virtual ~Files() = default;

    virtual int open(const std::string& path, int flags, unsigned mode = 0) = 0;
    virtual int close(int fd) = 0;
    virtual ssize_t read(int fd, void* bytes, std::size_t size) = 0;
    virtual ssize_t write(int fd, const void* bytes, std::size_t size) = 0;
    virtual int poll(pollfd* wanted, unsigned count, int milliseconds) = 0;
    virtual int fstat(int fd, struct stat& facts) = 0;
    virtual int fchmod(int fd, unsigned mode) = 0;
    virtual int fsync(int fd) = 0;
    virtual int ftruncate(int fd, off_t size) = 0;
    virtual int flock(int fd, int operation) = 0;

    virtual int stat(const std::string& path, struct stat& facts) = 0;
    virtual int lstat(const std::string& path, struct stat& facts) = 0;
    virtual int link(const std::string& from, const std::string& to) = 0;
    virtual int rename(const std::string& from, const std::string& to) = 0;
    virtual int unlink(const std::string& path) = 0;
    virtual int mkdir(const std::string& path, unsigned mode) = 0;
    virtual int rmdir(const std::string& path) = 0;
    virtual int list(const std::string& path, std::vector<std::string>& names) = 0;   // any order
    virtual int realpath(const std::string& path, std::string& real) = 0;
};

// Of the operating system in use.
Files& files();

}
