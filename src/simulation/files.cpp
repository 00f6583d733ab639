#include "simulation/files.hpp"

#include "base/fs.hpp"
#include "base/real_system.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>

namespace simulation {
namespace {

// Beyond all that a process has of the real system.
constexpr int kFirst = 1'000'000;

void describe(const Inode& inode, struct stat& facts) {
    facts = {};
    facts.st_ino = inode.number;
    facts.st_nlink = 1;
    facts.st_mode = (inode.is_folder ? S_IFDIR : S_IFREG) | inode.mode;
    facts.st_size = static_cast<off_t>(inode.data.size());
}

}

int DiskFiles::fail(int error) const {
    errno = error;
    return error == 0 ? 0 : -1;
}

int DiskFiles::may(DiskAct act, const std::string& path) const { return disk_.may(act, path); }

DiskFiles::Open* DiskFiles::find(int fd) {
    const auto found = open_.find(fd);
    return found == open_.end() ? nullptr : &found->second;
}

int DiskFiles::open(const std::string& given, int flags, unsigned mode) {
    const std::string path = base::normal_path(given);
    auto inode = disk_.find(path);
    const bool makes = inode == nullptr && (flags & O_CREAT) != 0;
    if (const int error = may(makes ? DiskAct::Change : DiskAct::Look, path)) return fail(error);
    if (inode != nullptr && (flags & O_CREAT) != 0 && (flags & O_EXCL) != 0) return fail(EEXIST);
    if (inode == nullptr && !makes) return fail(ENOENT);
    if (makes) {
        if (const int error = disk_.make(path, false, mode, inode)) return fail(error);
    }
    if (!inode->is_folder && (flags & O_DIRECTORY) != 0) return fail(ENOTDIR);
    if ((flags & O_TRUNC) != 0) inode->truncate(0);
    const int fd = kFirst + numbered_++;
    open_[fd] = {.inode = inode, .path = path, .appends = (flags & O_APPEND) != 0};
    return fd;
}

int DiskFiles::close(int fd) {
    if (fd < kFirst) return base::real_files().close(fd);
    Open* open = find(fd);
    if (open == nullptr) return fail(EBADF);
    open->inode->flocks.erase(fd);
    open_.erase(fd);
    return 0;
}

ssize_t DiskFiles::read(int fd, void* bytes, std::size_t size) {
    if (fd < kFirst) return base::real_files().read(fd, bytes, size);
    Open* open = find(fd);
    if (open == nullptr) return fail(EBADF);
    if (const int error = may(DiskAct::Read, open->path)) return fail(error);
    const std::string& data = open->inode->data;
    const std::size_t got = std::min(size, data.size() - std::min(open->offset, data.size()));
    if (got > 0) std::memcpy(bytes, data.data() + open->offset, got);
    open->offset += got;
    return static_cast<ssize_t>(got);
}

ssize_t DiskFiles::write(int fd, const void* bytes, std::size_t size) {
    if (fd < kFirst) return base::real_files().write(fd, bytes, size);
    Open* open = find(fd);
    if (open == nullptr) return fail(EBADF);
    if (const int error = may(DiskAct::Write, open->path)) return fail(error);
    if (open->appends) open->offset = open->inode->data.size();
    if (disk_.on_write) disk_.on_write(open->path, {static_cast<const char*>(bytes), size});
    open->inode->write(static_cast<std::int64_t>(open->offset),
                       {static_cast<const char*>(bytes), size});
    open->offset += size;
    return static_cast<ssize_t>(size);
}

int DiskFiles::poll(pollfd* wanted, unsigned count, int milliseconds) {
    if (count != 1 || wanted->fd < kFirst) {
        return base::real_files().poll(wanted, count, milliseconds);
    }
    wanted->revents = wanted->events;
    return 1;
}

int DiskFiles::fstat(int fd, struct stat& facts) {
    if (fd < kFirst) return base::real_files().fstat(fd, facts);
    const Open* open = find(fd);
    if (open == nullptr) return fail(EBADF);
    describe(*open->inode, facts);
    return 0;
}

int DiskFiles::fchmod(int fd, unsigned mode) {
    Open* open = find(fd);
    if (open == nullptr) return fail(EBADF);
    if (const int error = may(DiskAct::Change, open->path)) return fail(error);
    open->inode->mode = mode;
    return 0;
}

int DiskFiles::fsync(int fd) {
    Open* open = find(fd);
    if (open == nullptr) return fail(EBADF);
    if (const int error = may(DiskAct::Sync, open->path)) return fail(error);
    if (open->inode->is_folder) {
        disk_.sync_names();
    } else {
        Disk::sync(*open->inode);
    }
    return 0;
}

int DiskFiles::ftruncate(int fd, off_t size) {
    Open* open = find(fd);
    if (open == nullptr) return fail(EBADF);
    if (const int error = may(DiskAct::Write, open->path)) return fail(error);
    open->inode->truncate(static_cast<std::size_t>(size));
    return 0;
}

// Never waiting: nothing here asks for that but for a file that nobody else knows of.
int DiskFiles::flock(int fd, int operation) {
    Open* open = find(fd);
    if (open == nullptr) return fail(EBADF);
    if (const int error = may(DiskAct::Look, open->path)) return fail(error);
    auto& locks = open->inode->flocks;
    if ((operation & LOCK_UN) != 0) {
        locks.erase(fd);
        return 0;
    }
    const bool exclusive = (operation & LOCK_EX) != 0;
    for (const auto& [other, is_exclusive] : locks) {
        if (other != fd && (exclusive || is_exclusive)) return fail(EWOULDBLOCK);
    }
    locks[fd] = exclusive;
    return 0;
}

int DiskFiles::stat(const std::string& given, struct stat& facts) {
    const std::string path = base::normal_path(given);
    if (const int error = may(DiskAct::Look, path)) return fail(error);
    const auto inode = disk_.find(path);
    if (inode == nullptr) return fail(ENOENT);
    describe(*inode, facts);
    return 0;
}

int DiskFiles::link(const std::string& from, const std::string& to) {
    if (const int error = may(DiskAct::Change, to)) return fail(error);
    return fail(disk_.link(base::normal_path(from), base::normal_path(to)));
}

int DiskFiles::rename(const std::string& from, const std::string& to) {
    if (const int error = may(DiskAct::Change, to)) return fail(error);
    return fail(disk_.rename(base::normal_path(from), base::normal_path(to)));
}

int DiskFiles::unlink(const std::string& path) {
    if (const int error = may(DiskAct::Change, path)) return fail(error);
    return fail(disk_.remove(base::normal_path(path), false));
}

int DiskFiles::mkdir(const std::string& path, unsigned mode) {
    if (const int error = may(DiskAct::Change, path)) return fail(error);
    std::shared_ptr<Inode> made;
    return fail(disk_.make(base::normal_path(path), true, mode, made));
}

int DiskFiles::rmdir(const std::string& path) {
    if (const int error = may(DiskAct::Change, path)) return fail(error);
    return fail(disk_.remove(base::normal_path(path), true));
}

int DiskFiles::list(const std::string& given, std::vector<std::string>& names) {
    const std::string path = base::normal_path(given);
    if (const int error = may(DiskAct::Look, path)) return fail(error);
    const auto inode = disk_.find(path);
    if (inode == nullptr) return fail(ENOENT);
    if (!inode->is_folder) return fail(ENOTDIR);
    names = disk_.list(path);
    return 0;
}

// There are no links.
int DiskFiles::realpath(const std::string& given, std::string& real) {
    real = base::normal_path(given);
    if (const int error = may(DiskAct::Look, real)) return fail(error);
    return disk_.find(real) != nullptr ? 0 : fail(ENOENT);
}

}
