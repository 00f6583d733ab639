#include "state/sqlite/liveness.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

namespace state {

static std::string folder_of(const std::string& directory) {
    return base::join_path(directory, "runs");
}
static std::string path_of(const std::string& directory, std::string_view run_id) {
    return base::join_path(folder_of(directory), std::string(run_id) + ".lock");
}

static base::Result<base::FileDescriptor>
lock_folder(const std::string& directory, int how, std::string_view busy, std::string_view help) {
    const std::string path = folder_of(directory);
    base::FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return base::system_error("opening " + path, errno);
    if (::flock(folder.get(), how | LOCK_NB) != 0) {
        return base::Error(base::Code::Conflict, std::string(busy)).with_help(std::string(help));
    }
    return folder;
}

base::Result<RunLock> RunLock::take(const std::string& directory, std::string_view run_id) {
    TRY(base::make_directories(folder_of(directory)));
    RunLock lock;
    lock.folder_ = TRY(lock_folder(directory, LOCK_SH, "a backup of the state is being restored",
                                   "try again when that has ended"));
    lock.path_ = path_of(directory, run_id);
    const int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
    lock.file_ = base::FileDescriptor(::open(lock.path_.c_str(), flags, 0600));
    if (!lock.file_) {
        return base::system_error("creating " + lock.path_, errno).with_exit_code(73);
    }
    if (::flock(lock.file_.get(), LOCK_EX) != 0) {
        return base::system_error("locking " + lock.path_, errno);
    }
    return lock;
}

void RunLock::remove_file() { ::unlink(path_.c_str()); }

// Shared, so that two who ask at once do not take each other for the run.
bool is_live(const std::string& directory, std::string_view run_id) {
    const base::FileDescriptor file(
        ::open(path_of(directory, run_id).c_str(), O_RDONLY | O_CLOEXEC));
    return file && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

void forget_dead(const std::string& directory, std::string_view run_id) {
    ::unlink(path_of(directory, run_id).c_str());
}

base::Result<base::FileDescriptor> keep_runs_out(const std::string& directory) {
    TRY(base::make_directories(folder_of(directory)));
    return lock_folder(directory, LOCK_EX, "a run is in progress, and it writes to this state",
                       "wait for its end, or interrupt it; `provisioning run list` shows it");
}

std::string boot_id() {
    auto id = base::read_file("/proc/sys/kernel/random/boot_id", 100);
    if (!id) return "";
    while (!id->empty() && id->back() == '\n') id->pop_back();
    return std::move(id).value();
}

base::Time boot_time(base::Time now) {
    timespec since{};
    if (::clock_gettime(CLOCK_BOOTTIME, &since) != 0) return now;
    return now - std::chrono::seconds(since.tv_sec);
}

}
