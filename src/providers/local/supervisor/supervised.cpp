#include "providers/local/supervisor/supervised.hpp"

#include "base/process/spawn.hpp"
#include "providers/local/workspace.hpp"

#include <cerrno>
#include <csignal>
#include <vector>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace providers::local {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
    out.push_back(nullptr);
    return out;
}

// After fork: becomes the program, or tells the number of the error.
// Between fork and exec only calls that are safe after a signal: the other threads' locks may be
// held for ever here (signal-safety(7)).
[[noreturn]] void become(const Spec& spec, char* const* arguments, char* const* environment,
                         pid_t supervisor, int output, int failure) {
    // A session and group of its own, so that one signal reaches it with its children.
    ::setsid();
    // The kernel kills it should the supervisor die; a process nobody looks after is worse than
    // none.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != supervisor) ::_exit(127);   // it died before the line above
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, 0);
    ::dup2(output, 1);
    ::dup2(output, 2);
    int error = 0;
    if (!spec.directory.empty() && ::chdir(spec.directory.c_str()) != 0) error = errno;
    if (error == 0) {
        // All descriptors close with exec, those of libraries too. Not right now: `failure` is
        // still needed.
        ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
        ::execve(arguments[0], arguments, environment);
        error = errno;
    }
    [[maybe_unused]] const ssize_t written = ::write(failure, &error, sizeof error);
    ::_exit(127);
}

}

base::Result<void> Supervised::start(const Spec& spec) {
    int output[2];
    int failure[2];
    if (::pipe2(output, O_CLOEXEC) != 0) return base::system_error("making a pipe", errno);
    output_ = base::FileDescriptor(output[0]);
    const base::FileDescriptor output_end(output[1]);
    if (::pipe2(failure, O_CLOEXEC) != 0) return base::system_error("making a pipe", errno);
    const base::FileDescriptor failure_read(failure[0]);
    base::FileDescriptor failure_end(failure[1]);
    ::fcntl(output_.get(), F_SETFL, O_NONBLOCK);

    const std::vector<char*> arguments = pointers(spec.command);
    const std::vector<char*> environment = pointers(spec.environment);
    const pid_t supervisor = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) return base::system_error("starting a process", errno);
    if (pid == 0) {
        become(spec, arguments.data(), environment.data(), supervisor, output_end.get(),
               failure_end.get());
    }
    // The pipe closes by exec: to read nothing is to know that it became the program.
    failure_end.close();
    int error = 0;
    ssize_t size = 0;
    while ((size = ::read(failure_read.get(), &error, sizeof error)) < 0 && errno == EINTR) {
    }
    if (size > 0) {
        ::waitpid(pid, nullptr, 0);
        if (!spec.directory.empty() && !base::is_directory(spec.directory)) {
            return path_error("entering", spec.directory, error);
        }
        return path_error("starting", spec.command[0], error);
    }
    pid_ = pid;
    start_time_ = base::start_time_of(pid);
    return {};
}

void Supervised::signal_group(int signal) const {
    if (pid_ != 0) ::kill(-pid_, signal);
}

void Supervised::kill_rest_and_reap(int& status) {
    // Before it is reaped: until then its group cannot be another's.
    ::kill(-pid_, SIGKILL);
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    start_time_ = 0;
}

std::string Supervised::read_output() {
    std::string out;
    if (!output_) return out;
    out.resize(65536);
    const ssize_t size = ::read(output_.get(), out.data(), out.size());
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) output_.close();
    out.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return out;
}

}
