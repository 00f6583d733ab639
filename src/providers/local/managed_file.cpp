#include "providers/local/managed_file.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "providers/local/fields.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utf8proc.h>

namespace providers::local {
namespace {

// To show bytes in a plan they have to be UTF-8 all through.
bool is_text(std::string_view bytes) {
    const auto* data = reinterpret_cast<const utf8proc_uint8_t*>(bytes.data());
    auto left = static_cast<utf8proc_ssize_t>(bytes.size());
    while (left > 0) {
        utf8proc_int32_t point = 0;
        const utf8proc_ssize_t used = utf8proc_iterate(data, left, &point);
        if (used <= 0) return false;
        data += used;
        left -= used;
    }
    return true;
}

base::Error foreign(const std::string& path) {
    return base::Error(base::Code::AlreadyExists,
                       "\"" + path + "\" exists and was not made by this resource")
        .with_help("import it, move it away, or set `overwrite = true` to replace it");
}

base::Error changed_since(const std::string& path, std::string_view verb) {
    return base::Error(base::Code::FailedPrecondition,
                       "\"" + path + "\" was changed by someone else since it was written")
        .with_help("take the change into the program or undo it, or set `overwrite = true` to " +
                   std::string(verb) + " it all the same");
}

// A name beside the target, the same each time: what a kill leaves is taken by the next attempt.
// Hidden, so that neither `*.conf` nor a web server sees half a file.
std::string staging_name(const std::string& name) {
    return "." + base::sha256_hex(name).substr(0, 16) + ".provisioning";
}

// Data reaches the disk before the name does, so that a power cut never shows an empty file that
// would look changed. The folder is not synced: a name that is lost is seen as absent, and made
// again.
base::Result<void> fill(int fd, const WantedFile& wanted, const FileState* replaced) {
    if (auto written = base::write_all(fd, wanted.content); !written.ok()) {
        return std::move(written).context("writing \"" + wanted.path + "\"").error();
    }
    // Only root can give files away, so the check spares everybody else a failure.
    if (replaced != nullptr && (replaced->owner != ::geteuid() || replaced->group != ::getegid()) &&
        ::fchown(fd, replaced->owner, replaced->group) != 0) {
        return path_error("keeping the owner of", wanted.path, errno);
    }
    // Before the mode: a file that its owner may not write takes no marks.
    write_marks(fd, {.token = wanted.token, .sha256 = base::sha256_hex(wanted.content)});
    if (::fchmod(fd, wanted.mode) != 0)
        return path_error("setting the mode of", wanted.path, errno);
    if (::fdatasync(fd) != 0) return path_error("writing", wanted.path, errno);
    return {};
}

// Linking an unnamed file: it appears whole, and only if nothing is there. False: not supported.
// O_TMPFILE: the file has no name until it is whole, so a kill leaves nothing behind at all.
base::Result<bool> link_unnamed(const Workspace::ParentFolder& place, const WantedFile& wanted) {
    const base::FileDescriptor file(
        ::openat(place.folder.get(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
    if (!file) {
        // All the ways in which file systems and older kernels say that they have no such files.
        if (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT || errno == EINVAL) {
            return false;
        }
        return path_error("making", wanted.path, errno);
    }
    TRY(fill(file.get(), wanted, nullptr));
    char link[64];
    // By way of /proc, as linking a descriptor itself takes a capability (open(2), O_TMPFILE).
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", file.get());
    if (::linkat(AT_FDCWD, link, place.folder.get(), place.name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
        return true;
    }
    if (errno == ENOENT || errno == EXDEV) return false;   // no /proc here
    if (errno == EEXIST) return foreign(wanted.path);
    return path_error("making", wanted.path, errno);
}

// Through a named file beside the target. A plain rename replaces; a link does not.
base::Result<void> rename_staged(const Workspace::ParentFolder& place, const WantedFile& wanted,
                                 const FileState* replaced) {
    const std::string staging = staging_name(place.name);
    const int folder = place.folder.get();
    // Left by an attempt that was killed.
    ::unlinkat(folder, staging.c_str(), 0);
    const base::FileDescriptor file(::openat(
        folder, staging.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return path_error("writing beside", wanted.path, errno);
    if (auto filled = fill(file.get(), wanted, replaced); !filled.ok()) {
        ::unlinkat(folder, staging.c_str(), 0);
        return filled;
    }
    int failure = 0;
    if (replaced != nullptr) {
        if (::renameat(folder, staging.c_str(), folder, place.name.c_str()) != 0) failure = errno;
    } else {
        if (::linkat(folder, staging.c_str(), folder, place.name.c_str(), 0) != 0) failure = errno;
        // As a hard link and not by rename: with EEXIST it says that somebody was faster.
        ::unlinkat(folder, staging.c_str(), 0);
    }
    if (failure == 0) return {};
    if (replaced != nullptr) ::unlinkat(folder, staging.c_str(), 0);
    if (failure == EEXIST) return foreign(wanted.path);
    return path_error("writing", wanted.path, failure);
}

bool is_expected(const FileState& state, const std::vector<std::string>& expected) {
    // By the mark if nothing is recorded that could be compared; by content otherwise.
    if (state.is_too_large) return false;
    if (expected.empty()) return !state.sha256.empty() && state.marks.sha256 == state.sha256;
    return std::find(expected.begin(), expected.end(), state.sha256) != expected.end();
}

// Content and mode as wanted: only the mark, and perhaps the mode, have to be written.
base::Result<void> touch_up(const Workspace& workspace, const WantedFile& wanted) {
    const Workspace::Opened file = workspace.open(wanted.path, O_RDONLY);
    if (file.error != 0) return path_error("opening", wanted.path, file.error);
    write_marks(file.fd.get(), {.token = wanted.token, .sha256 = base::sha256_hex(wanted.content)});
    if (::fchmod(file.fd.get(), wanted.mode) != 0) {
        return path_error("setting the mode of", wanted.path, errno);
    }
    return {};
}

}

std::string FileState::shown() const {
    if (is_too_large) return "(more than " + base::format_bytes(kMaxContent) + ", not read)";
    if (!is_text(content)) return "(" + base::format_bytes(content.size()) + " that are no text)";
    return content;
}

base::Result<std::optional<FileState>> look_at_file(const Workspace& workspace,
                                                    const std::string& path) {
    const Workspace::Opened file = workspace.open(path, O_RDONLY);
    if (file.error == ENOENT || file.error == ENOTDIR) return std::optional<FileState>();
    if (file.error != 0) return path_error("reading", path, file.error);
    struct stat info{};
    if (::fstat(file.fd.get(), &info) != 0) return path_error("reading", path, errno);
    // A directory opens for reading; a device or a pipe would too, and never end.
    if (S_ISDIR(info.st_mode)) return path_error("reading", path, EISDIR);
    if (!S_ISREG(info.st_mode)) {
        return base::Error(base::Code::FailedPrecondition, "\"" + path + "\" is no regular file");
    }
    FileState state;
    state.mode = info.st_mode & 07777;
    state.owner = info.st_uid;
    state.group = info.st_gid;
    state.marks = read_marks(file.fd.get());
    state.is_too_large = info.st_size > static_cast<off_t>(kMaxContent);
    // Not read at all: it differs from anything that we can have written.
    if (state.is_too_large) return std::optional(std::move(state));
    auto content = base::read_all(file.fd.get(), path, kMaxContent);
    if (!content.ok()) {
        if (content.error().code() != base::Code::Exhausted) return std::move(content).error();
        state.is_too_large = true;   // it grew meanwhile
        return std::optional(std::move(state));
    }
    state.content = std::move(content).value();
    state.sha256 = base::sha256_hex(state.content);
    return std::optional(std::move(state));
}

base::Result<void> create_file(const Workspace& workspace, const WantedFile& wanted) {
    const std::optional<FileState> there = TRY(look_at_file(workspace, wanted.path));
    if (there) {
        // Our own of an earlier attempt, whose result was not recorded.
        if (!wanted.token.empty() && there->marks.token == wanted.token &&
            there->content == wanted.content && there->mode == wanted.mode) {
            return {};
        }
        if (!wanted.overwrite) return foreign(wanted.path);
        const auto place = TRY(workspace.place_of(wanted.path, Workspace::Parents::Required));
        return rename_staged(place, wanted, &*there);
    }
    // A folder made for it can go again with the last of its files just now.
    for (int attempt = 0;; ++attempt) {
        const auto place = TRY(workspace.place_of(wanted.path, Workspace::Parents::Made));
        auto linked = link_unnamed(place, wanted);
        if (linked.ok() && *linked) return {};
        base::Result<void> made =
            linked.ok() ? rename_staged(place, wanted, nullptr) : std::move(linked).error();
        if (made.ok() || made.error().code() != base::Code::NotFound || attempt == 3) return made;
    }
}

base::Result<void> update_file(const Workspace& workspace, const WantedFile& wanted,
                               const std::vector<std::string>& expected) {
    const std::optional<FileState> there = TRY(look_at_file(workspace, wanted.path));
    if (!there) return create_file(workspace, wanted);
    const bool is_content_wanted = !there->is_too_large && there->content == wanted.content;
    if (is_content_wanted) return touch_up(workspace, wanted);
    if (!wanted.overwrite && !is_expected(*there, expected)) {
        return changed_since(wanted.path, "replace");
    }
    const auto place = TRY(workspace.place_of(wanted.path, Workspace::Parents::Required));
    return rename_staged(place, wanted, &*there);
}

base::Result<void> remove_file(const Workspace& workspace, const std::string& path, bool overwrite,
                               const std::vector<std::string>& expected) {
    const std::optional<FileState> there = TRY(look_at_file(workspace, path));
    if (there) {
        if (!overwrite && !is_expected(*there, expected)) return changed_since(path, "delete");
        const auto place = TRY(workspace.place_of(path, Workspace::Parents::Required));
        // What a killed attempt left goes with it.
        ::unlinkat(place.folder.get(), staging_name(place.name).c_str(), 0);
        if (::unlinkat(place.folder.get(), place.name.c_str(), 0) != 0 && errno != ENOENT) {
            return path_error("deleting", path, errno);
        }
    }
    workspace.remove_implied_parents(path);
    return {};
}

provider::ObservedResource seen_file(const std::string& path, const FileState& state,
                                     const value::Value& recorded_inputs) {
    provider::ObservedResource seen;
    seen.key = path;
    seen.token = state.marks.token;
    seen.inputs.set("path", path);
    seen.inputs.set("mode", mode_text(state.mode, text_of(recorded_inputs, "mode")));
    seen.outputs.set("location", path);
    seen.outputs.set("sha256", state.sha256);
    return seen;
}

base::Result<provider::LookupResult>
find_file(const Workspace& workspace, const provider::Intent& intent, const WantedFile& wanted) {
    using Kind = provider::LookupResult::Kind;
    auto looked = look_at_file(workspace, wanted.path);
    if (!looked.ok()) {
        if (intent.action == provider::Action::Create) {
            // What cannot be looked at (a directory, a device) is in the way and not ours.
            return found(Kind::Foreign, looked.error().text());
        }
        return std::move(looked).error();
    }
    const std::optional<FileState>& there = *looked;
    if (intent.action == provider::Action::Delete) {
        return found(there ? Kind::Absent : Kind::Done);
    }
    if (!there) return found(Kind::Absent);
    const bool is_ours = there->marks.token == intent.token;
    const bool is_wanted =
        there->content == wanted.content && there->mode == wanted.mode && !there->is_too_large;
    // Without marks, what is exactly as wanted where nothing was before is taken for ours.
    const bool is_unmarked =
        there->marks.token.empty() && is_wanted &&
        (intent.action == provider::Action::Update || intent.found_absent_before);
    if (is_ours || is_unmarked)
        return found(provider::LookupResult::Kind::Done,
                     seen_file(wanted.path, *there, intent.inputs));
    if (intent.action == provider::Action::Update) return found(Kind::Absent);
    if (wanted.overwrite) return found(Kind::Absent);
    return found(Kind::Foreign, "\"" + wanted.path + "\" exists and was not made by this resource");
}

base::Result<void> validate_file_inputs(const value::Value& inputs) {
    const std::string& path = text_of(inputs, "path");
    const value::Value* given = inputs.find("path");
    if (given != nullptr && given->as_string() != nullptr) {
        TRY(refuse_tilde(path));
        const std::string_view name = base::file_name(path);
        if (path.empty() || path.ends_with('/') || name == "." || name == "..") {
            return base::invalid_argument("`path` is \"" + path + "\", which names no file");
        }
        if (path.find('\0') != std::string::npos) {
            return base::invalid_argument("`path` has a null character");
        }
    }
    const value::Value* mode = inputs.find("mode");
    if (mode != nullptr && mode->as_string() != nullptr && !parse_mode(*mode->as_string())) {
        return base::invalid_argument("`mode` is \"" + *mode->as_string() +
                                      "\", expected octal permissions such as \"0644\"");
    }
    return {};
}

}
