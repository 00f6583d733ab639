#include "providers/local/workspace.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <climits>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace providers::local {
namespace {

constexpr int kAlways = O_CLOEXEC | O_NONBLOCK;
constexpr int kMaxParents = 256;
constexpr const char* kMarksAttribute = "user.provisioning.intent";
constexpr const char* kImpliedAttribute = "user.provisioning.implied";

// Whether a relative path climbs out by its spelling.
bool climbs(std::string_view path) {
    const std::string normal = base::normal_path(path);
    return normal == ".." || normal.starts_with("../");
}

int open_inside(int root, const char* path, int flags) {
    open_how how{};
    how.flags = static_cast<unsigned>(flags);
    // Links on the way may lead anywhere inside, and nowhere out; the kernel sees to it in one
    // step.
    how.resolve = RESOLVE_BENEATH;
    const long fd = ::syscall(SYS_openat2, root, path, &how, sizeof how);
    // Old kernels and sandboxes: what is lost is only the guard against links on the way.
    if (fd < 0 && errno == ENOSYS) return ::openat(root, path, flags);
    return static_cast<int>(fd);
}

// The path with the links of what there is of it followed.
std::string real_place(const std::string& path) {
    std::string there = path;
    std::string rest;
    for (;;) {
        if (auto real = base::real_path(there); real.ok()) {
            return rest.empty() ? *real : base::join_path(*real, rest);
        }
        const std::string parent(base::parent_path(there));
        if (parent == there || parent == ".") return path;
        const std::string name(base::file_name(there));
        rest = rest.empty() ? name : base::join_path(name, rest);
        there = parent;
    }
}

}

Workspace::Workspace(provider::Host host) : host_(std::move(host)) {
    const auto current = base::current_directory();
    // Absolute from here on: the program does not change its folder, a supervisor does.
    for (std::string* path : {&host_.workspace_dir, &host_.state_dir, &host_.executable}) {
        if (current.ok() && !path->empty()) *path = base::join_path(*current, *path);
    }
    if (!host_.state_dir.empty()) real_state_ = real_place(base::normal_path(host_.state_dir));
    root_ =
        base::FileDescriptor(::open(host_.workspace_dir.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root_) root_error_ = errno;
}

std::string Workspace::absolute(std::string_view path) const {
    return base::normal_path(base::join_path(host_.workspace_dir, path));
}

std::string Workspace::state_path(std::string_view name) const {
    return base::join_path(host_.state_dir, name);
}

base::Result<void> Workspace::check_place(std::string_view path) const {
    if (host_.state_dir.empty() || path.empty()) return {};
    const std::string whole = absolute(path);
    // The last component is never followed.
    const std::string place =
        base::join_path(real_place(std::string(base::parent_path(whole))), base::file_name(whole));
    if (place != real_state_ && !place.starts_with(real_state_ + "/")) return {};
    return base::invalid_argument(
        fmt::format("\"{}\" is within {}, where the state of the workspace lies", path,
                    base::file_name(real_state_)));
}

Workspace::Opened Workspace::open(const std::string& path, int flags) const {
    return open_raw(path, flags | O_NOFOLLOW);
}

Workspace::Opened Workspace::open_way(const std::string& path) const {
    return open_raw(path, O_RDONLY | O_DIRECTORY);
}

Workspace::Opened Workspace::open_raw(const std::string& path, int flags) const {
    Opened out;
    if (path.find('\0') != std::string::npos) {
        out.error = EINVAL;
        return out;
    }
    if (root_error_ != 0) {
        out.error = root_error_;
        return out;
    }
    // Outside is where the program says so itself, by an absolute path or by `..`.
    const bool outside = path.starts_with('/') || climbs(path);
    const int fd = outside ? ::openat(root_.get(), path.c_str(), flags | kAlways)
                           : open_inside(root_.get(), path.c_str(), flags | kAlways);
    if (fd >= 0) {
        out.fd = base::FileDescriptor(fd);
    } else {
        out.error = errno;
    }
    return out;
}

base::Result<base::FileDescriptor> Workspace::open_folder(const std::string& path, Parents parents,
                                                          int depth) const {
    Opened opened = open_way(path);
    if (opened.error == 0) return std::move(opened.fd);
    if (opened.error != ENOENT || parents == Parents::Required || depth > kMaxParents) {
        return path_error("opening", path, opened.error);
    }
    const std::string above(base::parent_path(path));
    const std::string name(base::file_name(path));
    const base::FileDescriptor folder = TRY(open_folder(above, parents, depth + 1));
    if (::mkdirat(folder.get(), name.c_str(), kImpliedMode) != 0) {
        if (errno != EEXIST) return path_error("making the folder", path, errno);
        // Not marked: it is not ours alone, and may have been there.
        opened = open_way(path);   // another thread was faster, or it is no folder
    } else {
        opened = open_way(path);
        if (opened.error == 0) mark_implied(opened.fd.get());
    }
    if (opened.error != 0) return path_error("opening", path, opened.error);
    return std::move(opened.fd);
}

base::Result<Workspace::ParentFolder> Workspace::place_of(const std::string& path,
                                                          Parents parents) const {
    const std::string normal = base::normal_path(path);
    const std::string name(base::file_name(normal));
    if (path.empty() || name.empty() || name == "." || name == ".." || path.ends_with('/')) {
        return base::invalid_argument("\"" + path + "\" does not name a file in a folder");
    }
    ParentFolder place;
    place.folder = TRY(open_folder(std::string(base::parent_path(normal)), parents, 0));
    place.name = name;
    place.path = path;
    return place;
}

void Workspace::remove_implied_parents(const std::string& path) const {
    std::string folder(base::parent_path(base::normal_path(path)));
    for (int depth = 0; depth < kMaxParents && folder != "." && folder != "/"; ++depth) {
        // Ours, by its mark, and empty: anything else ends the way up.
        const Opened opened = open(folder, O_RDONLY | O_DIRECTORY);
        if (opened.error != 0 || !is_implied(opened.fd.get())) return;
        const std::string above(base::parent_path(folder));
        const Opened parent = open_way(above);
        if (parent.error != 0) return;
        const std::string name(base::file_name(folder));
        if (::unlinkat(parent.fd.get(), name.c_str(), AT_REMOVEDIR) != 0) return;
        folder = above;
    }
}

base::Error path_error(std::string_view what, std::string_view path, int errno_value) {
    const std::string shown = "\"" + std::string(path) + "\"";
    switch (errno_value) {
        case EXDEV:
            return base::Error(base::Code::PermissionDenied,
                               shown + " leads out of the workspace through a symbolic link")
                .with_help("write the path absolutely if that is where it should be");
        case ELOOP:
            return base::Error(base::Code::FailedPrecondition, shown + " is a symbolic link")
                .with_help("use the path that it points at, or remove the link");
        case ENOTDIR:
            return base::Error(base::Code::FailedPrecondition,
                               std::string(what) + " " + shown +
                                   ": a file is in the way, where a folder is needed")
                .with_help("move it away");
        case EISDIR: return base::Error(base::Code::FailedPrecondition, shown + " is a directory");
        default: return base::system_error(std::string(what) + " " + shown, errno_value);
    }
}

Marks read_marks(int fd) {
    char buffer[512];
    const ssize_t size = ::fgetxattr(fd, kMarksAttribute, buffer, sizeof buffer);
    if (size <= 0) return {};
    const std::string_view text(buffer, static_cast<std::size_t>(size));
    const std::size_t space = text.find(' ');
    Marks marks;
    marks.token = std::string(text.substr(0, space));
    if (space != std::string_view::npos) marks.sha256 = std::string(text.substr(space + 1));
    return marks;
}

void write_marks(int fd, const Marks& marks) {
    const std::string text = marks.token + " " + marks.sha256;
    // Where the file system has no attributes this fails, and there is no mark: that is known to
    // `find`.
    ::fsetxattr(fd, kMarksAttribute, text.data(), text.size(), 0);
}

bool is_implied(int fd) {
    char value = 0;
    return ::fgetxattr(fd, kImpliedAttribute, &value, 1) == 1;
}

void mark_implied(int fd) { ::fsetxattr(fd, kImpliedAttribute, "1", 1, 0); }

void clear_implied(int fd) { ::fremovexattr(fd, kImpliedAttribute); }

}
