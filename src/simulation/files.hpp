#pragma once

#include "base/files.hpp"
#include "simulation/disk.hpp"
#include "simulation/process.hpp"
#include "store/database_files.hpp"

#include <functional>
#include <map>
#include <memory>

namespace simulation {

// The calls of POSIX on a disk. Descriptors of the real system, which have small numbers, are left
// to it.
class DiskFiles final : public base::Files {
public:
    explicit DiskFiles(Disk& disk) : disk_(disk) {}

    int open(const std::string& path, int flags, unsigned mode) override;
    int close(int fd) override;
    ssize_t read(int fd, void* bytes, std::size_t size) override;
    ssize_t write(int fd, const void* bytes, std::size_t size) override;
    int poll(pollfd* wanted, unsigned count, int milliseconds) override;
    int fstat(int fd, struct stat& facts) override;
    int fchmod(int fd, unsigned mode) override;
    int fsync(int fd) override;
    int ftruncate(int fd, off_t size) override;
    int flock(int fd, int operation) override;

    int stat(const std::string& path, struct stat& facts) override;
    int lstat(const std::string& path, struct stat& facts) override { return stat(path, facts); }
    int link(const std::string& from, const std::string& to) override;
    int rename(const std::string& from, const std::string& to) override;
    int unlink(const std::string& path) override;
    int mkdir(const std::string& path, unsigned mode) override;
    int rmdir(const std::string& path) override;
    int list(const std::string& path, std::vector<std::string>& names) override;
    int realpath(const std::string& path, std::string& real) override;

private:
    struct Open {
        std::shared_ptr<Inode> inode;
        std::string path;
        std::size_t offset = 0;
        bool appends = false;
    };
    Open* find(int fd);
    int fail(int error) const;
    int may(DiskAct act, const std::string& path) const;

    Disk& disk_;
    std::map<int, Open> open_;
    int numbered_ = 0;
};

// The same disk for SQLite.
class DiskDatabaseFiles final : public store::DatabaseFiles {
public:
    explicit DiskDatabaseFiles(Disk& disk) : disk_(disk) {}

    store::FileOutcome open(const std::string& path, const Opening& opening,
                            std::unique_ptr<store::DatabaseFile>& file) override;
    store::FileOutcome remove(const std::string& path, bool sync) override;
    bool exists(const std::string& path) override;

private:
    Disk& disk_;
};

}
