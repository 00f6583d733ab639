#include "providers/local/supervisor/supervisor.hpp"

#include "base/fs.hpp"
#include "providers/local/supervisor/machine.hpp"

#include <cerrno>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace providers::local {
namespace {

void tell(std::string_view text) {
    (void)base::write_all(1, text);
    const int nothing = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nothing >= 0) ::dup2(nothing, 1);
    if (nothing > 2) ::close(nothing);
}

// The one that was handed over, locked, as descriptor 3; otherwise one of our own.
base::FileDescriptor open_lock() {
    constexpr int kHandedOver = 3;
    struct stat handed{};
    struct stat here{};
    // That the descriptor is the lock is checked, as any other may have this number.
    if (::fstat(kHandedOver, &handed) == 0 && ::stat("lock", &here) == 0 &&
        handed.st_dev == here.st_dev && handed.st_ino == here.st_ino) {
        ::fcntl(kHandedOver, F_SETFD, FD_CLOEXEC);
        return base::FileDescriptor(kHandedOver);
    }
    return base::FileDescriptor(::open("lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
}

}

int supervise(const std::string& folder) {
    // The caller made a session; leaving its leader behind keeps us from ever getting a terminal.
    const pid_t child = ::fork();
    if (child != 0) ::_exit(child < 0 ? 1 : 0);
    ::umask(022);
    if (::chdir(folder.c_str()) != 0) {
        tell("error: entering \"" + folder + "\": " + ::strerrordesc_np(errno));
        return 1;
    }
    const base::FileDescriptor lock = open_lock();
    if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        tell("error: another supervisor is at work here");
        return 75;
    }
    Supervisor supervisor;
    if (auto opened = supervisor.open(); !opened.ok()) {
        tell("error: " + opened.error().text());
        return 1;
    }
    tell("ready");
    return supervisor.run();
}

}
