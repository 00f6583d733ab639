#include "state/sqlite/file_liveness.hpp"

#include "base/files.hpp"
#include "base/fs.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace state::sqlite {
namespace {

// The first line of a file that has notes: those of older programs have none.
constexpr std::string_view kNotes = "begun:";

class FileClaim final : public Liveness::Claim {
public:
    void forget() override {
        // While it is held: nobody can take it for dead in between, and no file is left behind.
        if (!path.empty()) base::files().unlink(path);
    }

    void note(std::string_view line) override {
        if (!is_whole) return;
        is_whole = base::write_all(file.get(), std::string(line) + '\n').ok();
        // With one missing, the others would tell that it was not begun.
        if (!is_whole) static_cast<void>(base::files().ftruncate(file.get(), 0));
    }

    bool is_whole = false;   // no note is missing
    std::string path;
    base::FileDescriptor file;
    base::FileDescriptor folder;   // shared by all runs, exclusive for a restore
};

class FileLiveness final : public Liveness {
public:
    explicit FileLiveness(std::string directory) : folder_(base::join_path(directory, "runs")) {}

    base::Result<std::unique_ptr<Claim>> claim(std::string_view run_id) override;
    bool is_claimed(std::string_view run_id) override;
    std::optional<std::vector<std::string>> notes(std::string_view run_id) override;
    void forget(std::string_view run_id) override { base::files().unlink(path_of(run_id)); }
    void sweep(const std::function<bool(std::string_view run_id)>& known) override;
    base::Result<std::unique_ptr<Claim>> keep_runs_out() override;

private:
    std::string path_of(std::string_view run_id) const {
        return base::join_path(folder_, std::string(run_id) + ".lock");
    }
    base::Result<base::FileDescriptor> lock_folder(int how, std::string_view busy) const;

    std::string folder_;
};

base::Result<base::FileDescriptor> FileLiveness::lock_folder(int how, std::string_view busy) const {
    // The folder is locked and not a file in it, as files in it come and go.
    base::FileDescriptor folder(base::files().open(folder_, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return base::system_error("opening " + folder_, errno);
    // flock(2), not fcntl(2): it belongs to the open file and not to the process, so that two
    // states in one process see each other's runs, and closing some other descriptor does not let
    // go of it. Never waiting: who holds it is told, and what to do is the caller's.
    if (base::files().flock(folder.get(), how | LOCK_NB) != 0) {
        return base::Error(base::Code::Busy, std::string(busy));
    }
    return folder;
}

base::Result<std::unique_ptr<Liveness::Claim>> FileLiveness::claim(std::string_view run_id) {
    TRY(base::make_directories(folder_, 0700));
    auto claim = std::make_unique<FileClaim>();
    // Shared by all runs, whatever environment they are of; exclusive for a restore, which
    // replaces the database of all.
    claim->folder = TRY(lock_folder(LOCK_SH, "a backup of the state is being restored"));
    claim->path = path_of(run_id);
    // O_EXCL, as ids are random: a file that is there already is not ours. O_CLOEXEC, or a program
    // that a run starts would keep the run alive after its death.
    const int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
    claim->file = base::FileDescriptor(base::files().open(claim->path, flags, 0600));
    if (!claim->file) {
        const auto error = base::system_error("creating " + claim->path, errno);
        return base::Error(base::Code::CannotWrite, std::string(error.message()));
    }
    // Between this and creating it nobody can ask for the file, as no row has its id yet.
    if (base::files().flock(claim->file.get(), LOCK_EX) != 0) {
        return base::system_error("locking " + claim->path, errno);
    }
    claim->is_whole = true;
    claim->note(kNotes);
    return std::unique_ptr<Claim>(std::move(claim));
}

std::optional<std::vector<std::string>> FileLiveness::notes(std::string_view run_id) {
    const auto text = base::read_file(path_of(run_id));
    if (!text.ok() || !text->starts_with(kNotes)) return std::nullopt;
    std::vector<std::string> lines;
    for (const std::string_view line : base::split_lines(*text)) lines.emplace_back(line);
    return lines;
}

// Shared, so that two who ask at once do not take each other for the run.
bool FileLiveness::is_claimed(std::string_view run_id) {
    const base::FileDescriptor file(base::files().open(path_of(run_id), O_RDONLY | O_CLOEXEC));
    // EWOULDBLOCK alone says "held". No run is without its file while it lives, so none means
    // dead.
    return file && base::files().flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

void FileLiveness::sweep(const std::function<bool(std::string_view run_id)>& known) {
    constexpr std::string_view kEnd = ".lock";
    const auto names = base::list_directory(folder_);
    // It is no reason not to begin: what is left takes a line in a folder.
    if (!names.ok()) return;
    for (const std::string_view name : *names) {
        if (!name.ends_with(kEnd)) continue;
        const std::string_view run_id = name.substr(0, name.size() - kEnd.size());
        // A run that has ended holds its file for a moment longer, and takes it away itself.
        if (!known(run_id) && !is_claimed(run_id)) forget(run_id);
    }
}

base::Result<std::unique_ptr<Liveness::Claim>> FileLiveness::keep_runs_out() {
    TRY(base::make_directories(folder_, 0700));
    auto claim = std::make_unique<FileClaim>();
    auto folder = lock_folder(LOCK_EX, "a run is in progress, and it writes to this state");
    if (!folder.ok()) {
        auto error = std::move(folder).error();
        if (error.code() != base::Code::Busy) return error;
        return std::move(error).with_advice({.next = base::Next::WaitForRun});
    }
    claim->folder = std::move(folder).value();
    return std::unique_ptr<Claim>(std::move(claim));
}

}

std::unique_ptr<Liveness> file_liveness(std::string directory) {
    return std::make_unique<FileLiveness>(std::move(directory));
}

}
