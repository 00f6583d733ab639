#pragma once

#include "base/fs.hpp"
#include "base/result.hpp"
#include "provider/provider.hpp"

#include <string>
#include <string_view>

namespace providers::local {

// Opens the paths of resources. A relative path is relative to the workspace and stays inside it,
// whatever symbolic links there are on the way; only one that is spelt absolutely, or with "..",
// leads elsewhere. The last component is never followed. Any thread.
class Workspace {
public:
    explicit Workspace(provider::Host host);

    const provider::Host& host() const { return host_; }
    std::string absolute(std::string_view path) const;
    // A folder of this provider's own under the state folder; not made.
    std::string state_path(std::string_view name) const;

    struct Opened {
        base::FileDescriptor fd;
        int error = 0;   // errno; ENOENT also when a parent is missing or is no directory
    };
    // O_CLOEXEC, O_NONBLOCK and O_NOFOLLOW are added.
    Opened open(const std::string& path, int flags) const;
    // A folder on the way to a thing: it may be a symbolic link.
    Opened open_way(const std::string& path) const;

    // InvalidArgument for a path within the folder of the state, by whatever links: what lies there
    // is neither made nor changed by a program.
    base::Result<void> check_place(std::string_view path) const;

    // The folder that a path lies in, open, and the last component.
    struct ParentFolder {
        base::FileDescriptor folder;
        std::string name;
        std::string path;
    };
    enum class Parents { Required, Made };   // Made: with mode 0755, and marked as implied
    base::Result<ParentFolder> place_of(const std::string& path, Parents parents) const;
    // Removes the folders above a removed path that were only made for it and are empty now.
    void remove_implied_parents(const std::string& path) const;

private:
    Opened open_raw(const std::string& path, int flags) const;
    base::Result<base::FileDescriptor> open_folder(const std::string& path, Parents parents,
                                                   int depth) const;

    provider::Host host_;
    std::string real_state_;   // its folder, with links followed
    base::FileDescriptor root_;
    int root_error_ = 0;
};

// What to say when a call for the path failed.
base::Error path_error(std::string_view what, std::string_view path, int errno_value);

// Extended attributes carry the token of the intent that made a thing, and the hash of what was
// written. Not every file system has them: then nothing is stored and the marks are empty.
struct Marks {
    std::string token;
    std::string sha256;
};
Marks read_marks(int fd);
void write_marks(int fd, const Marks& marks);
inline constexpr unsigned kImpliedMode = 0755;
bool is_implied(int fd);
void mark_implied(int fd);
void clear_implied(int fd);

}
