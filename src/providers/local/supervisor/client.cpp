#include "providers/local/supervisor/client.hpp"

#include "base/process/spawn.hpp"
#include "base/text.hpp"
#include "providers/local/workspace.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace providers::local {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kLaunch{10000};
constexpr milliseconds kStep{10};
constexpr milliseconds kLockStep{1};
constexpr int kLockAttempts = 50;
constexpr std::size_t kMaxAnswer = 64 * 1024;

bool wait_readable(int fd, Clock::time_point deadline, const std::stop_token& stop) {
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
        if (left.count() <= 0 || stop.stop_requested()) return false;
        pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
        const auto step = std::min(left, milliseconds(100));
        if (::poll(&waiting, 1, static_cast<int>(step.count())) > 0) return true;
    }
}

// Process group and start, from /proc/PID/stat; 0 when there is no such process.
pid_t group_of(const std::string& pid) {
    const auto text = base::read_file("/proc/" + pid + "/stat", 4096);
    if (!text.ok()) return 0;
    const std::size_t name_end = text->rfind(')');
    if (name_end == std::string::npos || name_end + 2 > text->size()) return 0;
    // The name in parentheses may hold anything, blanks and parentheses too: so from the last one
    // on.
    const std::string rest = text->substr(name_end + 2);
    const auto fields = base::split(rest, ' ');
    return fields.size() > 2 ? std::atoi(std::string(fields[2]).c_str()) : 0;
}

bool has_mark(const std::string& pid, const std::string& mark) {
    const auto text = base::read_file("/proc/" + pid + "/environ", std::size_t{4} << 20);
    if (!text.ok()) return false;
    for (const std::string_view line : base::split(*text, '\0')) {
        if (line == mark) return true;
    }
    return false;
}

// In memory: a specification may have secrets, and the supervisor is to read it when it likes.
base::Result<base::FileDescriptor> document_of(const Spec& spec) {
    return base::text_in_memory(spec.to_note().print());
}

bool send_with(int socket, std::string_view request, int attached) {
    iovec part{.iov_base = const_cast<char*>(request.data()), .iov_len = request.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (attached >= 0) {
        message.msg_control = room.data();
        message.msg_controllen = room.size();
        cmsghdr* head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(head), &attached, sizeof attached);
    }
    return ::sendmsg(socket, &message, MSG_NOSIGNAL) >= 0;
}

}

bool signal_if_same(pid_t pid, std::uint64_t start_time, std::string_view boot, int signal) {
    // A number alone means nothing: it is used again. By number, start and boot it is one process.
    if (pid <= 1 || start_time == 0 || boot != base::boot_id()) return false;
    const base::FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    // The descriptor pins whoever has the number now; then it is looked at who that is.
    if (!process || base::start_time_of(pid) != start_time) return false;
    return ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) == 0;
}

bool SupervisorClient::is_alive() const {
    const std::string path = base::join_path(folder_, "lock");
    const base::FileDescriptor lock(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    return lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

base::Result<SpecName> SupervisorClient::name() const {
    return SpecName::from_note(TRY(Note::load(base::join_path(folder_, "spec"))));
}

base::Result<Status> SupervisorClient::status() const {
    const Note note = TRY(Note::load(base::join_path(folder_, "status")));
    return Status::from_note(note);
}

base::Result<void> SupervisorClient::write_name(const Spec& spec) const {
    TRY(base::make_directories(folder_, 0700));
    return SpecName{.id = spec.id, .token = spec.token, .address = spec.address}.to_note().save(
        base::join_path(folder_, "spec"));
}

base::Result<base::FileDescriptor> SupervisorClient::take_lock() const {
    const std::string path = base::join_path(folder_, "lock");
    base::FileDescriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock) return path_error("opening", path, errno);
    // Whoever asks is_alive() holds it for an instant.
    for (int attempt = 0; ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0; ++attempt) {
        if (errno != EWOULDBLOCK && errno != EINTR) return path_error("locking", path, errno);
        if (attempt == kLockAttempts) return base::FileDescriptor();
        std::this_thread::sleep_for(kLockStep);
    }
    return lock;
}

base::Result<void> SupervisorClient::launch(const Spec& spec) const {
    // The lock is taken here and handed over: from before the supervisor exists until after it is
    // gone, nobody can take it for dead.
    const base::FileDescriptor lock = TRY(take_lock());
    if (!lock) return {};
    kill_leftovers();
    ::unlink(base::join_path(folder_, "status").c_str());
    const base::FileDescriptor document = TRY(document_of(spec));
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return base::system_error("making a pipe", errno);
    const base::FileDescriptor told(ends[0]);
    base::FileDescriptor telling(ends[1]);
    base::SpawnOptions options;
    options.program = executable_;
    options.arguments = {"provisioning", "internal", "supervise", folder_};
    options.environment = base::child_environment({}, executable_);
    options.directory = "/";
    options.input = document.get();
    options.output = telling.get();
    options.kept = lock.get();
    options.new_session = true;
    const pid_t leader = TRY(spawn(options).context("starting a supervisor"));
    telling.close();
    std::string answer;
    const Clock::time_point deadline = Clock::now() + kLaunch;
    std::array<char, 1024> buffer;
    while (wait_readable(told.get(), deadline, {})) {
        const ssize_t size = ::read(told.get(), buffer.data(), buffer.size());
        if (size <= 0) break;
        answer.append(buffer.data(), static_cast<std::size_t>(size));
    }
    ::waitpid(leader, nullptr, 0);
    if (answer == "ready") return {};
    // The supervisor forks once and its first process ends; the pipe tells when the second is
    // ready.
    return base::Error(base::Code::Internal, answer.empty() ? "the supervisor did not start"
                                                            : "the supervisor: " + answer);
}

base::Result<base::FileDescriptor> SupervisorClient::connect() const {
    // Through the folder's descriptor: the path of a socket may have 107 bytes only.
    const base::FileDescriptor folder(::open(folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return base::system_error("opening \"" + folder_ + "\"", errno);
    base::FileDescriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/control",
                  folder.get());
    if (!socket ||
        ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return base::Error(base::Code::Unavailable, "the supervisor cannot be reached");
    }
    return socket;
}

base::Result<bool> SupervisorClient::reload(const Spec& spec, milliseconds patience,
                                            std::stop_token stop) const {
    const base::FileDescriptor document = TRY(document_of(spec));
    const Status status = TRY(ask("reload", patience, std::move(stop), document.get()));
    return status.token == spec.token;
}

base::Result<Status> SupervisorClient::ask(std::string_view request, milliseconds patience,
                                           std::stop_token stop, int attached) const {
    const base::FileDescriptor socket = TRY(connect());
    if (!send_with(socket.get(), request, attached)) {
        return base::system_error("asking the supervisor", errno);
        // Datagrams with a connection: one request, one answer, no lengths to be read.
    }
    if (!wait_readable(socket.get(), Clock::now() + patience, stop)) {
        const bool is_stopped = stop.stop_requested();
        return base::Error(is_stopped ? base::Code::Cancelled : base::Code::DeadlineExceeded,
                           "the supervisor was not waited for any longer");
    }
    std::string answer(kMaxAnswer, '\0');
    const ssize_t size = ::recv(socket.get(), answer.data(), answer.size(), 0);
    if (size <= 0) return base::Error(base::Code::Unavailable, "the supervisor has gone");
    answer.resize(static_cast<std::size_t>(size));
    const Note note = TRY(Note::parse(answer));
    return Status::from_note(note);
}

bool SupervisorClient::wait_until_dead(milliseconds patience, std::stop_token stop_waiting) const {
    const Clock::time_point deadline = Clock::now() + patience;
    while (is_alive()) {
        if (Clock::now() >= deadline || stop_waiting.stop_requested()) return false;
        std::this_thread::sleep_for(kStep);
    }
    return true;
}

base::Result<void> SupervisorClient::stop(milliseconds patience,
                                          std::stop_token stop_waiting) const {
    if (is_alive()) {
        auto answer = ask("stop", patience, stop_waiting);
        // One that has only just begun does not listen yet.
        const Clock::time_point deadline = Clock::now() + patience;
        while (!answer.ok() && !status().ok() && is_alive() && Clock::now() < deadline &&
               !stop_waiting.stop_requested()) {
            std::this_thread::sleep_for(kStep);
            answer = ask("stop", patience, stop_waiting);
        }
        if (!answer.ok() && answer.error().code() == base::Code::Cancelled) {
            return base::Error(base::Code::Cancelled, "the process is still stopping");
        }
        if (!answer.ok()) {   // its socket is gone or it hangs: by signal, if it is itself
            const auto last = status();
            if (last.ok()) {
                signal_if_same(static_cast<pid_t>(last->supervisor), last->supervisor_start,
                               last->boot, SIGTERM);
            }
        }
        if (!wait_until_dead(patience, stop_waiting)) {
            return base::Error(base::Code::Unavailable, "the process did not stop in time");
        }
    }
    kill_leftovers();
    return {};
}

void SupervisorClient::kill_leftovers() const {
    const auto last = status();
    // Its children are told by group and by our variable; the number of a group alone is used
    // again too.
    if (!last.ok() || last->pid <= 1 || last->boot != base::boot_id()) return;
    const auto known = name();
    const std::string mark =
        std::string(kMarkVariable) + "=" + (known.ok() ? known->id : std::string());
    const auto pids = base::list_directory("/proc");
    if (!known.ok() || !pids.ok()) return;
    for (const std::string& pid : *pids) {
        if (pid[0] < '0' || pid[0] > '9' || group_of(pid) != last->pid) continue;
        const pid_t number = std::atoi(pid.c_str());
        // Held before it is looked at: between the look and the signal it cannot become another
        // one.
        const base::FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, number, 0)));
        if (process && has_mark(pid, mark)) {
            ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
        }
    }
}

}
