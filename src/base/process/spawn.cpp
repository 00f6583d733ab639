#include "base/process/spawn.hpp"

#include "base/process/environment.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace base {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

// kGrace: a program that is asked to stop may write its state first; longer than this, an
// interrupt feels ignored. kDrain: a grandchild may hold the pipe open for ever, and what it says
// later is not waited for.
constexpr milliseconds kGrace{2000};   // between terminating and killing
constexpr milliseconds kDrain{200};    // for output of a child that has ended
constexpr std::size_t kKeptErrors = 4096;

// What a program needs to run at all, and nothing that may be a secret.
constexpr std::array<std::string_view, 12> kLittle{"PATH",   "HOME",     "USER", "LOGNAME",
                                                   "SHELL",  "LANG",     "TZ",   "TMPDIR",
                                                   "LC_ALL", "LC_CTYPE", "TERM", "XDG_RUNTIME_DIR"};

std::string_view name_of(std::string_view line) { return line.substr(0, line.find('=')); }

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
    out.push_back(nullptr);
    return out;
}

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

// A running child and the pipes from it.
class Watch {
public:
    Watch(pid_t pid, FileDescriptor process, FileDescriptor output, FileDescriptor errors,
          const RunOptions& options)
        : pid_(pid), process_(std::move(process)), output_(std::move(output)),
          errors_(std::move(errors)), options_(options) {}

    Result<Ran> wait() {
        const Steady::time_point deadline = Steady::now() + options_.timeout;
        bool timed_out = false;
        Steady::time_point kill_at = Steady::time_point::max();
        while (!has_ended()) {
            if (options_.stop.stop_requested()) {
                // Not killed: what it changes is looked for later. It is not reaped either; our
                // own end hands it to init.
                ran_.end = Ran::End::LeftRunning;
                return std::move(ran_);
            }
            const Steady::time_point now = Steady::now();
            if (!timed_out && now >= deadline) {
                timed_out = true;
                kill_at = now + kGrace;
                // The whole group: a shell's children are meant too. With the sign, as kill(2) has
                // it.
                ::kill(-pid_, SIGTERM);
            }
            if (now >= kill_at) {
                ::kill(-pid_, SIGKILL);
                kill_at = Steady::time_point::max();
            }
            step(milliseconds(100));
        }
        const Steady::time_point drained = Steady::now() + kDrain;
        while ((output_ || errors_) && Steady::now() < drained) step(milliseconds(20));
        if (timed_out) {
            // Safe, because the child is not reaped yet: neither its number nor its group's can be
            // somebody else's.
            ::kill(-pid_, SIGKILL);   // its own children; the group's number is still taken
            ran_.end = Ran::End::TimedOut;
        }
        reap();
        // A descriptor of the process (pidfd) becomes readable when it ends. SIGCHLD would need a
        // handler that all of the program agrees on, and waitpid() in a loop would have no
        // descriptor to wait for.
        return std::move(ran_);
    }

private:
    bool has_ended() const {
        pollfd process{.fd = process_.get(), .events = POLLIN, .revents = 0};
        return ::poll(&process, 1, 0) > 0;
    }

    void step(milliseconds wait) {
        std::array<pollfd, 3> waiting{{
            {.fd = output_ ? output_.get() : -1, .events = POLLIN, .revents = 0},
            {.fd = errors_ ? errors_.get() : -1, .events = POLLIN, .revents = 0},
            {.fd = process_.get(), .events = POLLIN, .revents = 0},
        }};
        // Without pipes left only the end of the process is of interest.
        const nfds_t count = ended_ ? 2 : 3;
        if (::poll(waiting.data(), count, static_cast<int>(wait.count())) <= 0) return;
        if (waiting[2].revents != 0) ended_ = true;
        std::array<char, 16384> buffer;
        if (waiting[0].revents != 0) {
            const ssize_t size = ::read(output_.get(), buffer.data(), buffer.size());
            if (size > 0) {
                keep_start(ran_.output, {buffer.data(), static_cast<std::size_t>(size)},
                           options_.max_output);
            } else if (size == 0 || errno != EINTR) {
                output_.close();
            }
        }
        if (waiting[1].revents != 0) {
            const ssize_t size = ::read(errors_.get(), buffer.data(), buffer.size());
            if (size > 0) {
                keep_end(ran_.errors, {buffer.data(), static_cast<std::size_t>(size)}, kKeptErrors);
            } else if (size == 0 || errno != EINTR) {
                errors_.close();
            }
        }
    }

    void reap() {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        if (ran_.end == Ran::End::TimedOut) return;
        if (WIFSIGNALED(status)) {
            ran_.end = Ran::End::Signalled;
            ran_.code = WTERMSIG(status);
        } else {
            ran_.code = WEXITSTATUS(status);
        }
    }

    pid_t pid_;
    FileDescriptor process_;
    FileDescriptor output_;
    FileDescriptor errors_;
    const RunOptions& options_;
    bool ended_ = false;
    Ran ran_;
};

}

std::vector<std::string> child_environment(Inherit inherit,
                                           const std::map<std::string, std::string>& own,
                                           const std::string& executable) {
    auto out = environment_variables();
    if (inherit == Inherit::Little) {
        std::erase_if(out, [](const auto& variable) {
            return std::find(kLittle.begin(), kLittle.end(), variable.first) == kLittle.end();
        });
    }
    for (const auto& [name, text] : own) out[name] = text;
    std::string& path = out["PATH"];
    // A service manager may start us with no PATH at all.
    if (path.empty()) path = "/usr/local/bin:/usr/bin:/bin";
    // At the end: `provisioning` in a script finds this program, and nothing else changes its
    // meaning.
    if (!executable.empty()) path += ":" + std::string(parent_path(executable));
    std::vector<std::string> lines;
    for (const auto& [name, text] : out) lines.push_back(name + "=" + text);
    return lines;
}

Result<std::string> find_program(std::string_view command,
                                 const std::vector<std::string>& environment,
                                 const std::string& executable) {
    if (command.find('/') != std::string_view::npos) return std::string(command);
    if (command == "provisioning" && !executable.empty()) return executable;
    std::string_view path;
    for (const std::string& line : environment) {
        if (name_of(line) == "PATH") path = std::string_view(line).substr(5);
    }
    for (const std::string_view folder : split(path, ':')) {
        // An empty part of PATH is the current folder, as POSIX has it.
        std::string file = join_path(folder.empty() ? "." : folder, command);
        struct stat info{};
        if (::stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
            ::access(file.c_str(), X_OK) == 0) {
            return file;
        }
    }
    return not_found("there is no program \"" + std::string(command) + "\" in PATH (" +
                     std::string(path) + ")");
}

Result<pid_t> spawn(const SpawnOptions& options) {
    // Not fork(): in a process of many threads the child may only make async-signal-safe calls
    // until it is another program, and copying the page tables of a large evaluation is slow.
    // glibc's posix_spawn() does it with CLONE_VFORK.
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    // Signals that we block or ignore (SIGPIPE, SIGINT of the run) would be inherited, and the
    // child's own children would be deaf to Ctrl-C.
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    // Out of our group, so that Ctrl-C at the terminal reaches us alone and we decide what becomes
    // of the child.
    flags |= options.new_session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setflags(&attributes, static_cast<short>(flags));
    posix_spawnattr_setpgroup(&attributes, 0);

    if (!options.directory.empty()) {
        posix_spawn_file_actions_addchdir_np(&actions, options.directory.c_str());
    }
    const auto attach = [&](int from, int to, int mode) {
        if (from >= 0) {
            posix_spawn_file_actions_adddup2(&actions, from, to);
        } else {
            posix_spawn_file_actions_addopen(&actions, to, "/dev/null", mode, 0);
        }
    };
    attach(options.input, 0, O_RDONLY);
    attach(options.output, 1, O_WRONLY);
    attach(options.errors, 2, O_WRONLY);
    if (options.kept >= 0) posix_spawn_file_actions_adddup2(&actions, options.kept, 3);
    // Everything else is closed. O_CLOEXEC alone would rely on each library's discipline, and a
    // lock or a database that a child keeps open outlives us.
    posix_spawn_file_actions_addclosefrom_np(&actions, options.kept >= 0 ? 4 : 3);

    pid_t pid = 0;
    const std::vector<char*> arguments = pointers(options.arguments);
    const std::vector<char*> environment = pointers(options.environment);
    const int failure = ::posix_spawn(&pid, options.program.c_str(), &actions, &attributes,
                                      arguments.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (failure == 0) return pid;
    // posix_spawn() says ENOENT for a missing folder as for a missing program.
    if (failure == ENOENT && !options.directory.empty() && !is_directory(options.directory)) {
        return not_found("the directory \"" + options.directory + "\" does not exist");
    }
    return system_error("starting \"" + options.program + "\"", failure);
}

Result<Ran> run(const RunOptions& options) {
    const bool is_collected = options.spawn.output < 0;
    std::pair<FileDescriptor, FileDescriptor> output;
    if (is_collected) output = TRY(make_pipe());
    auto errors = TRY(make_pipe());
    SpawnOptions child = options.spawn;
    if (is_collected) child.output = output.second.get();
    child.errors = errors.second.get();
    const pid_t pid = TRY(spawn(child));
    output.second.close();
    errors.second.close();
    // Until we reap the child its number stays taken, so it is this one that is opened.
    FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!process) {
        const int failure = errno;
        ::kill(-pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        return system_error("watching a child", failure);
    }
    return Watch(pid, std::move(process), std::move(output.first), std::move(errors.first), options)
        .wait();
}

std::uint64_t start_time_of(pid_t pid) {
    // proc(5): field 22 is the start time; 1 and 2 are before the state.
    constexpr std::size_t kField = 20;   // of those after the name, which ends with the last ')'
    const auto text = read_file("/proc/" + std::to_string(pid) + "/stat", 4096);
    if (!text.ok()) return 0;
    // The name may have spaces and brackets of its own, thus the last ')'.
    const std::size_t name_end = text->rfind(')');
    if (name_end == std::string::npos) return 0;
    const std::string rest = text->substr(std::min(text->size(), name_end + 2));
    const std::vector<std::string_view> fields = split(rest, ' ');
    // A zombie has ended; nothing it does matters any more.
    if (fields.size() < kField || fields[0] == "Z" || fields[0] == "X") return 0;
    return std::strtoull(std::string(fields[kField - 1]).c_str(), nullptr, 10);
}

std::string boot_id() {
    const auto text = read_file("/proc/sys/kernel/random/boot_id", 256);
    return text.ok() ? std::string(trim(*text)) : "";
}

std::string last_lines(std::string_view text, std::size_t lines, std::size_t bytes) {
    while (text.ends_with('\n')) text.remove_suffix(1);
    if (text.size() > bytes) {
        text.remove_prefix(text.size() - bytes);
        const std::size_t next = text.find('\n');
        if (next != std::string_view::npos) text.remove_prefix(next + 1);
    }
    std::size_t at = text.size();
    for (std::size_t i = 0; i < lines; ++i) {
        if (at == 0) return std::string(text);
        const std::size_t found = text.rfind('\n', at - 1);
        if (found == std::string_view::npos) return std::string(text);
        at = found;
    }
    return std::string(text.substr(at + 1));
}

}
