#include "sandbox/control/sandbox_folder.hpp"

#include "base/fs.hpp"
#include "base/process/spawn.hpp"
#include "sandbox/control/loopback.hpp"

#include <fmt/core.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sandbox {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

// The machine may be busy with a hundred other tests.
constexpr milliseconds kLaunch{10'000};
constexpr milliseconds kPatience{10'000};
constexpr milliseconds kStep{10};
constexpr std::size_t kMaxInfo = std::size_t{64} << 10;

// In a session of its own, with nothing inherited but `output` as its standard output and the log.
base::Result<pid_t> launch(const std::string& executable, std::vector<std::string> arguments,
                           int output, const std::string& log) {
    // Emptied at each start: what it says is about why this start failed.
    const base::FileDescriptor errors(
        ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!errors) return base::system_error("opening \"" + log + "\"", errno);
    return base::spawn({.program = executable,
                        .arguments = std::move(arguments),
                        .environment = base::child_environment({}, ""),
                        // Not in the caller's folder, which might be a file system that someone
                        // wants to unmount.
                        .directory = "/",
                        .output = output,
                        .errors = errors.get(),
                        .new_session = true});
}

// What the new process says until it closes its output.
std::string hear(int fd) {
    std::string heard;
    const Steady::time_point deadline = Steady::now() + kLaunch;
    std::array<char, 1024> buffer;
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - Steady::now());
        pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
        if (left.count() <= 0) return heard;
        const int ready = ::poll(&waiting, 1, static_cast<int>(left.count()));
        // A signal to the starter (a resized terminal) is no answer.
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return heard;
        const ssize_t size = ::read(fd, buffer.data(), buffer.size());
        if (size <= 0) return heard;
        heard.append(buffer.data(), static_cast<std::size_t>(size));
    }
}

}

json::Value Info::to_json() const {
    return json::Object{{"format", 1},
                        {"cloud", cloud},
                        {"endpoint", endpoint},
                        {"port", static_cast<std::int64_t>(port)},
                        {"pid", pid},
                        {"token", token},
                        {"read_only_token", read_only_token}};
}

std::string SandboxFolder::path(std::string_view name) const {
    return base::join_path(folder_, name);
}

bool SandboxFolder::is_running() const {
    const base::FileDescriptor lock(::open(path("lock").c_str(), O_RDWR | O_CLOEXEC));
    // Taking the lock for a moment tells it: no process number is trusted. The descriptor is
    // closed at once, and with it the lock goes.
    return lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

base::Result<Info> SandboxFolder::info() const {
    const std::string file = path("sandbox.json");
    if (!base::file_exists(file)) {
        return base::not_found(fmt::format("no sandbox was started in {}", folder_))
            .with_advice({.next = base::Next::StartSandbox});
    }
    const std::string text = TRY(base::read_file(file, kMaxInfo));
    const json::Value value = TRY(json::parse(text).context("reading \"" + file + "\""));
    return Info{.cloud = std::string(value.string_or("cloud", "")),
                .endpoint = std::string(value.string_or("endpoint", "")),
                .port = static_cast<std::uint16_t>(value.int64_or("port", 0)),
                .pid = value.int64_or("pid", 0),
                .token = std::string(value.string_or("token", "")),
                .read_only_token = std::string(value.string_or("read_only_token", ""))};
}

base::Result<void> SandboxFolder::write_info(const Info& info) const {
    return base::write_file_atomic(path("sandbox.json"),
                                   json::to_pretty_text(info.to_json()) + "\n", {.mode = 0600});
}

base::Result<Info> SandboxFolder::start(const std::string& executable,
                                        const std::vector<std::string>& arguments) const {
    TRY(base::make_directories(folder_, 0700));
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return base::system_error("making a pipe", errno);
    const base::FileDescriptor told(ends[0]);
    base::FileDescriptor telling(ends[1]);
    std::vector<std::string> words{"provisioning", "internal", "sandbox", "--dir", folder_};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const pid_t pid = TRY(launch(executable, words, telling.get(), path("log")));
    telling.close();
    const std::string heard = hear(told.get());
    // Exactly this word. Anything else, nothing included, is a start that failed.
    if (heard == "ready") return info();
    // Another one was faster, or it did not come up: then it has ended or is ended.
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    if (heard == "taken") return await_ready();
    const auto log = base::read_file(path("log"), std::size_t{1} << 20);
    std::string why = log.ok() ? *log : "";
    while (why.ends_with('\n')) why.pop_back();
    if (why.starts_with("error: ")) why.erase(0, 7);
    return base::Error(base::Code::Unavailable, fmt::format("the sandbox did not start: {}",
                                                            why.empty() ? "it said nothing" : why));
}

base::Result<Info> SandboxFolder::await_ready() const {
    const Steady::time_point deadline = Steady::now() + kLaunch;
    for (;;) {
        // What the file says may be of the last time until it answers.
        auto asked = ask("GET", "status");
        if (asked.ok()) return info();
        if (Steady::now() >= deadline) return std::move(asked).error();
        std::this_thread::sleep_for(kStep);
    }
}

bool SandboxFolder::wait_until_ended(milliseconds patience) const {
    const Steady::time_point deadline = Steady::now() + patience;
    while (is_running()) {
        if (Steady::now() >= deadline) return false;
        std::this_thread::sleep_for(kStep);
    }
    return true;
}

base::Result<bool> SandboxFolder::stop() const {
    if (!is_running()) return false;
    const Info known = TRY(info());
    const auto asked = ask("POST", "stop");
    if (asked.ok() && wait_until_ended(kPatience)) return true;
    // The number may be somebody else's by now: only the process that runs this folder.
    const auto words = base::read_file(fmt::format("/proc/{}/cmdline", known.pid), kMaxInfo);
    // Both zeros: a folder whose name begins with ours must not match.
    const std::string own = fmt::format("--dir{}{}{}", '\0', folder_, '\0');
    if (known.pid > 1 && words.ok() && words->find(own) != std::string::npos) {
        ::kill(static_cast<pid_t>(known.pid), SIGKILL);
    }
    if (wait_until_ended(kPatience)) return true;
    return base::Error(base::Code::Unavailable,
                       fmt::format("the sandbox (process {}) does not stop", known.pid));
}

base::Result<json::Value> SandboxFolder::ask(std::string_view method, std::string_view what,
                                             const json::Value& body) const {
    const Info known = TRY(info());
    // Without this look a request could go to whatever took the port since.
    if (!is_running()) {
        return base::Error(base::Code::Unavailable,
                           fmt::format("the sandbox in {} does not run", folder_))
            .with_advice({.next = base::Next::StartSandbox});
    }
    return ask_loopback({.port = known.port,
                         .token = known.token,
                         .method = std::string(method),
                         .target = "/_sandbox/" + std::string(what),
                         .body = body.is_null() ? std::string() : json::to_text(body)});
}

}
