#include "base/fs.hpp"

#include "base/files.hpp"
#include "base/ids.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace base {

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
        close();
        fd_ = other.release();
    }
    return *this;
}

int FileDescriptor::release() { return std::exchange(fd_, -1); }

void FileDescriptor::close() {
    // EINTR is not repeated: on Linux the descriptor is gone even then, and the number may already
    // be another thread's.
    if (fd_ >= 0) files().close(release());
}

static Error path_error(std::string_view verb, std::string_view path, int errno_value) {
    return system_error("cannot " + std::string(verb) + " " + std::string(path), errno_value);
}

Result<std::string> read_all(int fd, std::string_view what, std::size_t max_bytes) {
    std::string text;
    struct stat facts{};
    if (files().fstat(fd, facts) == 0 && facts.st_size > 0) {
        // One more than the file has: the read that finds the end needs room too, and no second
        // allocation.
        text.reserve(std::min(max_bytes, static_cast<std::size_t>(facts.st_size)) + 1);
    }
    while (true) {
        const std::size_t size = text.size();
        // What fstat() says may be wrong: /proc shows 0, a pipe nothing, and a file may grow
        // meanwhile. So it is read until there is no more.
        const std::size_t room = std::max<std::size_t>(text.capacity() - size, 16384);
        ssize_t got = 0;
        // The memory is not set to zero only to be written over.
        text.resize_and_overwrite(size + room, [&](char* bytes, std::size_t) {
            do {
                got = files().read(fd, bytes + size, room);
            } while (got < 0 && errno == EINTR);
            return size + static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        });
        if (got < 0) return path_error("read", what, errno);
        // After each piece, so an endless /dev/zero is refused too.
        if (text.size() > max_bytes) {
            return Error(Code::Exhausted, std::string(what) + " is larger than the limit of " +
                                              std::to_string(max_bytes) + " bytes");
        }
        if (got == 0) return text;
    }
}

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
    const FileDescriptor file(files().open(path, O_RDONLY | O_CLOEXEC));
    if (!file) return path_error("open", path, errno);
    return read_all(file.get(), path, max_bytes);
}

Result<void> write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = files().write(fd, bytes.data(), bytes.size());
        // A short write is no error: the rest goes in the next turn.
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return system_error("cannot write", errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

std::string temporary_name_for(const std::string& path) {
    // In the same folder, since a rename does not leave its file system; with a dot, so that `*`
    // does not find it; random, so that two writers never share one.
    return join_path(parent_path(path),
                     "." + std::string(file_name(path)) + "." + random_token(6) + ".tmp");
}

static Result<void> write_temporary(const std::string& path, std::string_view content,
                                    const WriteOptions& options) {
    const FileDescriptor file(
        // Nobody else may read it while it is written; the wanted mode comes when it is complete.
        // O_EXCL also does not follow a link that someone laid there.
        files().open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!file) return path_error("create", path, errno);
    TRY(write_all(file.get(), content));
    // fchmod() and not the mode of open(), which the umask would cut.
    if (files().fchmod(file.get(), options.mode) != 0)
        return system_error("cannot set the mode", errno);
    // Before the rename. Otherwise, after a power failure, the new name may be there with nothing
    // in it: names and contents go to the disk by different ways.
    if (options.sync && files().fsync(file.get()) != 0) return system_error("cannot sync", errno);
    return {};
}

static Result<void> put_in_place(const std::string& temporary, const std::string& path,
                                 const WriteOptions& options) {
    if (options.replace) return rename_file(temporary, path);
    // A hard link, unlike a rename, refuses to replace what is there.
    if (files().link(temporary, path) != 0) return path_error("create", path, errno);
    // Killed in between, a second name is left over: an untidiness that costs nothing.
    return remove_file(temporary);
}

Result<void> write_file_atomic(const std::string& path, std::string_view content,
                               WriteOptions options) {
    const std::string temporary = temporary_name_for(path);
    Result<void> written = write_temporary(temporary, content, options);
    if (written) written = put_in_place(temporary, path, options);
    if (!written) {
        files().unlink(temporary);
        return std::move(written).context("writing " + path);
    }
    // The rename itself is an entry of the folder, and is durable when the folder is.
    if (options.sync) return sync_directory(std::string(parent_path(path)));
    return {};
}

Result<std::string> make_temporary_directory(std::string_view prefix) {
    // A convention of the system, not a setting of ours.
    // The secure call: a program with more rights than its caller is not led to the caller's
    // folder.
    const char* root = ::secure_getenv("TMPDIR");   // NOLINT
    std::string pattern = join_path(root != nullptr && *root != '\0' ? root : "/tmp",
                                    std::string(prefix) + ".XXXXXX");
    if (::mkdtemp(pattern.data()) == nullptr) return path_error("create", pattern, errno);
    return pattern;
}

Result<void> sync_directory(const std::string& path) {
    const FileDescriptor folder(files().open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return path_error("open", path, errno);
    // Some file systems cannot sync a folder and say EINVAL; there is nothing more to do then.
    if (files().fsync(folder.get()) != 0 && errno != EINVAL) return path_error("sync", path, errno);
    return {};
}

static Error in_the_way(const std::string& path) {
    return Error(Code::AlreadyExists,
                 "cannot create the folder " + path + ": a file of that name is in the way")
        .with_help("move it away, or choose another name");
}

Result<void> make_directories(const std::string& path, unsigned mode) {
    if (files().mkdir(path, mode) == 0) return {};
    // Also if another process made it just now.
    if (errno == EEXIST && is_directory(path)) return {};
    if (errno == EEXIST) return in_the_way(path);
    const std::string parent(parent_path(path));
    if (errno == ENOTDIR && kind_of(parent) == FileKind::Regular) return in_the_way(parent);
    if (errno != ENOENT) return path_error("create the folder", path, errno);
    if (parent == path) return path_error("create the folder", path, ENOENT);
    TRY(make_directories(parent, mode));
    if (files().mkdir(path, mode) != 0 && errno != EEXIST) {
        return path_error("create the folder", path, errno);
    }
    return {};
}

Result<void> rename_file(const std::string& from, const std::string& to) {
    if (files().rename(from, to) != 0) {
        return path_error("rename " + from + " to", to, errno);
    }
    return {};
}

Result<void> remove_file(const std::string& path) {
    // ENOENT is an error here: who removes wants to know. remove_tree() lets it pass.
    if (files().unlink(path) != 0) return path_error("remove", path, errno);
    return {};
}

Result<void> remove_tree(const std::string& path) {
    switch (kind_of(path)) {
        case FileKind::Missing: return {};
        case FileKind::Directory: break;
        default: return remove_file(path);
    }
    for (const std::string& name : TRY(list_directory(path))) {
        TRY(remove_tree(join_path(path, name)));
    }
    if (files().rmdir(path) != 0) return path_error("remove", path, errno);
    return {};
}

Result<std::vector<std::string>> list_directory(const std::string& path) {
    std::vector<std::string> names;
    if (files().list(path, names) != 0) return path_error("list", path, errno);
    // Folders list in whatever order the file system keeps. Sorted, all that follows is the same
    // on each machine.
    std::sort(names.begin(), names.end());
    return names;
}

FileKind kind_of(const std::string& path) {
    struct stat facts{};
    // A path that may not be looked at is "missing" to all who ask for the kind; they would fail
    // at it the same way.
    if (files().lstat(path, facts) != 0) return FileKind::Missing;
    if (S_ISREG(facts.st_mode)) return FileKind::Regular;
    if (S_ISDIR(facts.st_mode)) return FileKind::Directory;
    if (S_ISLNK(facts.st_mode)) return FileKind::Symlink;
    return FileKind::Other;
}

Result<void> expect_file(const std::string& path) {
    struct stat facts{};
    if (files().stat(path, facts) != 0) return {};
    if (S_ISREG(facts.st_mode) || S_ISDIR(facts.st_mode)) return {};
    const char* kind = S_ISFIFO(facts.st_mode)   ? "pipe"
                       : S_ISSOCK(facts.st_mode) ? "socket"
                                                 : "device";
    return invalid_argument(path + " is a " + kind + ", and no file");
}

bool file_exists(const std::string& path) {
    struct stat facts{};
    return files().stat(path, facts) == 0;
}

bool is_directory(const std::string& path) {
    struct stat facts{};
    return files().stat(path, facts) == 0 && S_ISDIR(facts.st_mode);
}

Result<std::string> current_directory() {
    char* path = ::getcwd(nullptr, 0);
    if (path == nullptr) return path_error("find", "the current folder", errno);
    std::string copy = path;
    std::free(path);
    return copy;
}

Result<std::string> real_path(const std::string& path) {
    std::string real;
    if (files().realpath(path, real) != 0) return path_error("find", path, errno);
    return real;
}

std::string normal_path(std::string_view path) {
    const bool absolute = path.starts_with('/');
    std::vector<std::string_view> parts;
    for (std::size_t start = 0; start <= path.size();) {
        const std::size_t end = std::min(path.find('/', start), path.size());
        const std::string_view part = path.substr(start, end - start);
        start = end + 1;
        if (part.empty() || part == ".") continue;
        if (part != "..") {
            parts.push_back(part);
            // "a/.." is nothing. Not asked of the disk: with a symbolic link `a` the kernel may see
            // it otherwise, so this is for texts and messages, never to check that something lies
            // inside a folder.
        } else if (!parts.empty() && parts.back() != "..") {
            parts.pop_back();
        } else if (!absolute) {
            // "/.." is "/", but a relative path may begin with "..".
            parts.push_back(part);
        }
    }
    std::string out = absolute ? "/" : "";
    for (const std::string_view part : parts) {
        if (!out.empty() && out.back() != '/') out += '/';
        out += part;
    }
    return out.empty() ? "." : out;
}

std::string join_path(std::string_view folder, std::string_view name) {
    if (name.starts_with('/') || folder.empty() || folder == ".") return std::string(name);
    std::string out(folder);
    if (!out.ends_with('/')) out += '/';
    return out.append(name);
}

std::string_view parent_path(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return ".";
    if (slash == 0) return "/";
    path = path.substr(0, slash);
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    return path;
}

std::string_view file_name(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos || path.size() == 1 ? path : path.substr(slash + 1);
}

}
