#include "providers/local/command_files.hpp"

#include "base/fs.hpp"
#include "base/hash.hpp"
#include "provider/sealed_file.hpp"
#include "providers/local/fields.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace providers::local {

std::string CommandFiles::folder(const std::string& id) const {
    return workspace_.state_path("commands/" + id);
}

std::string CommandFiles::file(const std::string& id, const std::string& token,
                               std::string_view end) const {
    // A token may be of any length and have slashes; its digest is a file name.
    const std::string name = base::sha256_hex(token).substr(0, 16);
    return base::join_path(folder(id), name + "." + std::string(end));
}

base::Result<CommandFiles::Holder> CommandFiles::holder(const std::string& id,
                                                        const std::string& token) const {
    const std::string path = file(id, token, "lock");
    const base::FileDescriptor lock(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!lock) {
        if (errno == ENOENT) return Holder::NeverStarted;
        return path_error("opening", path, errno);
    }
    // The lock belongs to the open file, which the command and its children inherit (flock(2)): it
    // is free when the last of them has gone.
    return ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0 ? Holder::Nobody : Holder::Running;
}

base::Result<base::FileDescriptor> CommandFiles::take_lock(const std::string& id,
                                                           const std::string& token) const {
    // Private, as results and outputs may be.
    TRY(base::make_directories(folder(id), 0700));
    const std::string path = file(id, token, "lock");
    base::FileDescriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock) return path_error("opening", path, errno);
    // Of an earlier attempt at this intent, in a run that died: twice at once would be worse than
    // waiting.
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        return base::Error(base::Code::Unavailable,
                           "the command of an earlier attempt is still running");
    }
    // Of the earlier attempt: from now on it would say something wrong.
    ::unlink(file(id, token, "result").c_str());
    return lock;
}

base::Result<void> CommandFiles::leave_free_lock(const std::string& id,
                                                 const std::string& token) const {
    // Empty, so that `find` goes on to the result instead of taking it for never started.
    return base::write_file_atomic(file(id, token, "lock"), "", {.mode = 0600, .sync = false});
}

std::optional<CommandFiles::End> CommandFiles::result(const std::string& id,
                                                      const std::string& token) const {
    const auto note = load(file(id, token, "result"));
    if (!note.ok()) return std::nullopt;
    return End{.exit_code = note->number("exit_code", -1),
               .reason = std::string(note->text("reason"))};
}

base::Result<void> CommandFiles::save_result(const std::string& id, const std::string& token,
                                             const End& end, bool is_sealed) const {
    Note note;
    note.add("exit_code", end.exit_code);
    note.add("reason", end.reason);
    return save(note, file(id, token, "result"), is_sealed);
}

std::string CommandFiles::printed(const std::string& id) const {
    const auto note = load(base::join_path(folder(id), "outputs"));
    return note.ok() ? std::string(note->text("stdout")) : std::string();
}

base::Result<void> CommandFiles::save_printed(const std::string& id, std::string_view output,
                                              bool is_sealed) const {
    // As a shell's `$(…)` has it: what a command prints ends with a new line that nobody wants in a
    // value.
    while (output.ends_with('\n') || output.ends_with('\r')) output.remove_suffix(1);
    Note note;
    note.add("stdout", output);
    return save(note, base::join_path(folder(id), "outputs"), is_sealed);
}

base::Result<void> CommandFiles::save(const Note& note, const std::string& path,
                                      bool is_sealed) const {
    if (!is_sealed) return note.save(path);
    return provider::write_sealed(workspace_.host(), path, note.print());
}

base::Result<Note> CommandFiles::load(const std::string& path) const {
    return Note::parse(TRY(provider::read_sealed(workspace_.host(), path, Note::kMaxBytes)).text);
}

}
