#include "sandbox/control/process.hpp"

#include "base/fs.hpp"
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "base/random.hpp"
#include "net/server/server.hpp"
#include "sandbox/control/fault_middleware.hpp"
#include "sandbox/control/sandbox_folder.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <csignal>
#include <span>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sandbox {
namespace {

constexpr std::size_t kThreads = 4;
constexpr int kLook = 2000;               // milliseconds between looks at the folder
constexpr std::size_t kTokenBytes = 32;   // 64 characters

// The starter waits for the word or for the end of the pipe, so the pipe is let go right after it.
void say(std::string_view word) {
    (void)base::write_all(STDOUT_FILENO, word);
    const base::FileDescriptor nothing(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    ::dup2(nothing.get(), STDOUT_FILENO);
}

std::string token_of(std::uint64_t seed, std::string_view what) {
    // With a seed the tokens are the same each time, for examples and golden files. Without one
    // nobody can guess them.
    if (seed == 0) return base::random_token(kTokenBytes);
    return base::sha256_hex(fmt::format("sandbox {} {}", what, seed));
}

std::uint64_t seed_by_chance() {
    std::uint64_t seed = 0;
    base::fill_random(std::as_writable_bytes(std::span(&seed, 1)));
    // One bit less: it is written as a JSON integer.
    return seed >> 1U;
}

base::Result<std::unique_ptr<net::Server>> listen(std::uint16_t port, std::uint16_t last,
                                                  net::Server::Handler handler) {
    net::ServerOptions options{.port = port, .threads = kThreads};
    // The port of the last time, if it is still free: programs and shells may have the address
    // from then. If not, any.
    if (port == 0 && last != 0) {
        options.port = last;
        auto server = net::Server::create(options, handler);
        if (server.ok()) return server;
        options.port = 0;
    }
    return net::Server::create(options, std::move(handler));
}

// The folder was removed, or put in place anew: nobody could stop this process any more.
bool is_lock_gone(const std::string& path, int lock) {
    struct stat at_path{};
    struct stat held{};
    // By the file's number: a new file of the same name is another sandbox's.
    return ::stat(path.c_str(), &at_path) != 0 || ::fstat(lock, &held) != 0 ||
           at_path.st_ino != held.st_ino;
}

// Until a signal or the event comes, or the folder goes.
void wait(int signals, int event, const std::string& lock_path, int lock) {
    // The folder is looked at now and then instead of being watched: a look costs nothing, and
    // there is no event for a folder that is removed with all around it.
    pollfd waiting[2]{{.fd = signals, .events = POLLIN, .revents = 0},
                      {.fd = event, .events = POLLIN, .revents = 0}};
    for (;;) {
        const int ready = ::poll(waiting, 2, kLook);
        if (ready > 0 || (ready == 0 && is_lock_gone(lock_path, lock))) return;
    }
}

}

base::Result<void> run_process(const ProcessOptions& options) {
    const SandboxFolder folder(options.folder);
    TRY(base::make_directories(options.folder, 0700));
    // The lock is held as long as the process lives, and the kernel lets go of it whatever ends
    // it. The number in sandbox.json only helps to stop it.
    const base::FileDescriptor lock(
        ::open(folder.path("lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock) return base::system_error("opening \"" + folder.path("lock") + "\"", errno);
    // Two starts at once: the second one says so, and its starter waits for the first.
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        say("taken");
        return {};
    }
    sigset_t handled;
    sigemptyset(&handled);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&handled, signal);
    // Threads inherit the mask, so no signal is delivered to one of them: they are read from the
    // descriptor.
    ::sigprocmask(SIG_SETMASK, &handled, nullptr);   // before any thread begins
    ::signal(SIGPIPE, SIG_IGN);
    const base::FileDescriptor signals(::signalfd(-1, &handled, SFD_CLOEXEC));
    const base::FileDescriptor stopped(::eventfd(0, EFD_CLOEXEC));
    if (!signals || !stopped) return base::system_error("watching signals", errno);

    Info info;
    // Tokens and port are kept over restarts; the world belongs to them.
    if (auto last = folder.info(); last.ok() && last->cloud == options.cloud) info = *last;
    info.cloud = options.cloud;
    info.pid = ::getpid();
    if (info.token.empty()) {
        info.token = token_of(options.seed, "token");
        info.read_only_token = token_of(options.seed, "read-only token");
    }
    const std::uint64_t seed = options.seed == 0 ? seed_by_chance() : options.seed;
    const auto cloud = TRY(make_cloud(options.cloud, {.folder = folder.path("world"),
                                                      .seed = seed,
                                                      .token = info.token,
                                                      .read_only_token = info.read_only_token,
                                                      .settings = options.settings,
                                                      // The real clock: what the cloud is to do
                                                      // goes by time that also passes while it
                                                      // does not run.
                                                      .clock = &base::system_clock()}));
    FaultMiddleware middleware(*cloud, info.token, [&] {
        const std::uint64_t one = 1;
        (void)::write(stopped.get(), &one, sizeof one);
    });
    // Before the port is open: a fault that is meant for the first request is there for it.
    for (const json::Value& fault : options.faults) {
        const Fault parsed = TRY(Fault::from_json(fault));
        TRY(middleware.add_fault(parsed));
    }
    const auto server =
        TRY(listen(options.port, info.port,
                   [&](const net::Request& request, const net::RequestContext& context) {
                       return middleware.answer(request, context).to_answer();
                   }));
    // From here on requests are answered. The file is written after that, and the word comes last:
    // who reads either finds an open port.
    server->start();
    info.port = server->port();
    info.endpoint = fmt::format("http://127.0.0.1:{}{}", info.port, cloud->base_path());
    TRY(folder.write_info(info));
    say("ready");
    wait(signals.get(), stopped.get(), folder.path("lock"), lock.get());
    server->stop();
    return {};
}

}
