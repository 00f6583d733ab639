#include "base/process/running_program.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace base {
namespace {

using std::chrono::milliseconds;

// kGrace: a program that is asked to stop may write its state first; longer than this, an
// interrupt feels ignored. kDrain: a grandchild may hold the pipe open for ever, and what it says
// later is not waited for.
constexpr milliseconds kGrace{2000};   // between terminating and killing
constexpr milliseconds kDrain{200};    // for output of a program that has ended
constexpr std::size_t kKeptErrors = 4096;

Result<std::pair<FileDescriptor, FileDescriptor>> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return system_error("making a pipe", errno);
    return std::pair(FileDescriptor(ends[0]), FileDescriptor(ends[1]));
}

void keep_start(std::string& text, std::string_view more, std::size_t limit) {
    if (text.size() < limit) text += more.substr(0, limit - text.size());
}

void keep_end(std::string& text, std::string_view more, std::size_t limit) {
    text += more;
    // Cut when it is twice as long: each byte is moved once at most, on average.
    if (text.size() > 2 * limit) text.erase(0, text.size() - limit);
}

// What is in the pipe; "" closes it: nobody writes any more.
std::string_view read_some(FileDescriptor& pipe, std::span<char> buffer) {
    const ssize_t size = ::read(pipe.get(), buffer.data(), buffer.size());
    if (size > 0) return {buffer.data(), static_cast<std::size_t>(size)};
    if (size == 0 || errno != EINTR) pipe.close();
    return {};
}

}

Result<RunningProgram> RunningProgram::start(const RunOptions& options) {
    const bool is_collected = options.spawn.output < 0;
    std::pair<FileDescriptor, FileDescriptor> output;
    if (is_collected) output = TRY(make_pipe());
    auto errors = TRY(make_pipe());
    SpawnOptions child = options.spawn;
    if (is_collected) child.output = output.second.get();
    child.errors = errors.second.get();
    const pid_t pid = TRY(spawn(child));
    // A descriptor of the process (pidfd) becomes readable when it ends. SIGCHLD would need a
    // handler that all of the program agrees on. Until we reap the child its number stays taken, so
    // it is this one that is opened.
    FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!process) {
        const int failure = errno;
        ::kill(-pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        return system_error("watching a child", failure);
    }
    return RunningProgram(pid, std::move(process), std::move(output.first), std::move(errors.first),
                          options);
}

RunningProgram::RunningProgram(pid_t pid, FileDescriptor process, FileDescriptor output,
                               FileDescriptor errors, const RunOptions& options)
    : pid_(pid), process_(std::move(process)), output_(std::move(output)),
      errors_(std::move(errors)), max_output_(options.max_output),
      deadline_(Steady::now() + options.timeout) {}

std::array<pollfd, RunningProgram::kDescriptors> RunningProgram::descriptors() const {
    const auto wait_for = [](const FileDescriptor& file) {
        return pollfd{.fd = file ? file.get() : -1, .events = POLLIN, .revents = 0};
    };
    // Once it has ended, only what is left in the pipes is of interest.
    return {wait_for(output_), wait_for(errors_),
            ended_ ? pollfd{.fd = -1, .events = 0, .revents = 0} : wait_for(process_)};
}

RunningProgram::Steady::time_point RunningProgram::next_moment() const {
    return ended_ ? *ended_ + kDrain : deadline_;
}

bool RunningProgram::step(std::span<const pollfd, kDescriptors> told) {
    std::array<char, 16384> buffer;
    if (told[0].revents != 0 && output_) {
        keep_start(ran_.output, read_some(output_, buffer), max_output_);
    }
    if (told[1].revents != 0 && errors_) {
        keep_end(ran_.errors, read_some(errors_, buffer), kKeptErrors);
    }
    const Steady::time_point now = Steady::now();
    if (told[2].revents != 0 && !ended_) ended_ = now;
    if (!ended_) {
        keep_time(now);
        return false;
    }
    if ((output_ || errors_) && now < *ended_ + kDrain) return false;
    if (is_terminated_) {
        // Its own children. Safe, because the child is not reaped yet: neither its number nor its
        // group's can be somebody else's.
        ::kill(-pid_, SIGKILL);
        if (ran_.end == Ran::End::Exited) ran_.end = Ran::End::TimedOut;
    }
    reap();
    return true;
}

void RunningProgram::keep_time(Steady::time_point now) {
    if (now < deadline_) return;
    // The whole group: a shell's children are meant too.
    ::kill(-pid_, is_terminated_ ? SIGKILL : SIGTERM);
    deadline_ = is_terminated_ ? Steady::time_point::max() : now + kGrace;
    is_terminated_ = true;
}

void RunningProgram::kill_for_writing() {
    if (ended_) return;
    ::kill(-pid_, SIGKILL);
    ran_.end = Ran::End::TooMuch;
}

void RunningProgram::reap() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    if (ran_.end != Ran::End::Exited) return;
    if (WIFSIGNALED(status)) {
        ran_.end = Ran::End::Signalled;
        ran_.code = WTERMSIG(status);
    } else {
        ran_.code = WEXITSTATUS(status);
    }
}

Result<Ran> run(const RunOptions& options) {
    constexpr milliseconds kStopSeen{100};
    RunningProgram program = TRY(RunningProgram::start(options));
    for (;;) {
        if (options.stop.stop_requested()) {
            // Not killed: what it changes is looked for later. It is not reaped either; our own end
            // hands it to init.
            Ran left;
            left.end = Ran::End::LeftRunning;
            return left;
        }
        auto waiting = program.descriptors();
        const auto until = program.next_moment() - RunningProgram::Steady::now();
        const auto wait =
            std::clamp(std::chrono::ceil<milliseconds>(until), milliseconds(0), kStopSeen);
        ::poll(waiting.data(), waiting.size(), static_cast<int>(wait.count()));
        if (program.step(waiting)) return program.take_result();
        struct stat file{};
        if (options.max_output_file != 0 && options.spawn.output >= 0 &&
            ::fstat(options.spawn.output, &file) == 0 &&
            static_cast<std::size_t>(file.st_size) > options.max_output_file) {
            program.kill_for_writing();
        }
    }
}

}
