#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace base {

// Owns a descriptor; closes it on destruction, ignoring errors (what must be durable is synced
// first).
class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int fd) : fd_(fd) {}
    FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept;
    ~FileDescriptor() { close(); }

    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    int release();
    void close();

private:
    int fd_ = -1;
};

inline constexpr std::size_t kReadLimit = std::size_t{64} << 20;

// The whole file. Exhausted when it is larger than max_bytes; works for pipes and /proc too.
Result<std::string> read_file(const std::string& path, std::size_t max_bytes = kReadLimit);
Result<std::string> read_all(int fd, std::string_view what, std::size_t max_bytes = kReadLimit);
Result<void> write_all(int fd, std::string_view bytes);

struct WriteOptions {
    unsigned mode = 0644;   // exact: the umask is not applied
    bool sync = true;       // file and folder are on disk when the call returns
    bool replace = true;    // false: AlreadyExists when something is at the path
};

// Readers see the old content or the new, never a part: written beside the target, then renamed.
Result<void> write_file_atomic(const std::string& path, std::string_view content,
                               WriteOptions options = {});

// A name beside `path` that nobody uses: ".NAME.RANDOM.tmp".
std::string temporary_name_for(const std::string& path);
Result<std::string> make_temporary_directory(std::string_view prefix);

Result<void> sync_directory(const std::string& path);
Result<void> make_directories(const std::string& path, unsigned mode = 0755);
Result<void> rename_file(const std::string& from, const std::string& to);
Result<void> remove_file(const std::string& path);
// The folder with all in it; does not follow symbolic links; nothing at the path is fine.
Result<void> remove_tree(const std::string& path);
Result<std::vector<std::string>> list_directory(const std::string& path);   // sorted names

enum class FileKind : unsigned char { Missing, Regular, Directory, Symlink, Other };
// Of the path itself, not of what a symbolic link points at. What cannot be looked at is Missing.
FileKind kind_of(const std::string& path);
bool file_exists(const std::string& path);    // follows symbolic links
bool is_directory(const std::string& path);   // follows symbolic links

Result<std::string> current_directory();
// InvalidArgument for a pipe, a device or a socket, which to read may wait for ever. Fine for what
// is not there.
Result<void> expect_file(const std::string& path);
Result<std::string> real_path(const std::string& path);
// Text only: "a/./b//../c" is "a/c"; the empty path is ".".
std::string normal_path(std::string_view path);
std::string join_path(std::string_view folder, std::string_view name);   // an absolute name wins
std::string_view parent_path(std::string_view path);                     // "." when there is none
std::string_view file_name(std::string_view path);

}
