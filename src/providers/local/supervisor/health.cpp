#include "providers/local/supervisor/health.hpp"

#include "base/last_catch.hpp"
#include "base/process/spawn.hpp"
#include "net/client/transport.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include <fmt/core.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace providers::local {
namespace {

// Only the status counts; an answer that is longer is broken off.
constexpr std::size_t kMaxAnswer = std::size_t{64} << 10;
constexpr const char* kTooLate = "the health check did not answer in time";
// How long an answer may be awaited that the transport has given up.
constexpr std::chrono::seconds kAfterTimeout{5};

// The status that was answered, be it by an answer that never ended.
base::Result<int> ask(net::Transport& transport, const Health& health, std::stop_token stop) {
    net::Exchange exchange = transport.exchange(
        {.method = "GET",
         .target = fmt::format("http://127.0.0.1:{}{}", health.port, health.path),
         .headers = {{"Connection", "close"}},
         .body = {}},
        {.timeout = health.timeout, .stop = std::move(stop), .max_response_bytes = kMaxAnswer});
    if (exchange.result.ok()) return exchange.result->status;
    const int status = net::status_of(exchange.result.error());
    if (status != 0) return status;
    return std::move(exchange.result).error();
}

}

// A request on a thread of its own, which says by a descriptor that it has ended: the loop is not
// held up, and a check that is given up is broken off at once.
class Probe::HttpCheck {
public:
    HttpCheck() : done_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

    base::Result<void> start(net::Transport& transport, const Health& health) {
        if (!done_) return base::system_error("making an eventfd", errno);
        return base::last_catch([&] {
            thread_ = std::jthread([this, &transport, health](const std::stop_token& stop) {
                answered_ = base::last_catch([&] { return ask(transport, health, stop); });
                const std::uint64_t one = 1;
                [[maybe_unused]] const ssize_t told = ::write(done_.get(), &one, sizeof one);
            });
        });
    }

    int fd() const { return done_.get(); }

    // Nothing while it goes on.
    std::optional<base::Result<int>> take() {
        std::uint64_t count = 0;
        if (::read(done_.get(), &count, sizeof count) != sizeof count) return std::nullopt;
        thread_.join();
        return std::move(answered_);
    }

private:
    base::FileDescriptor done_;
    base::Result<int> answered_ = 0;   // the thread's, until it has told
    std::jthread thread_;
};

Probe::Probe(const Health& health, const Spec& spec, net::Transport& transport)
    : health_(health), deadline_(Clock::now() + health.timeout) {
    switch (health.kind) {
        case Health::Kind::None: result_ = true; break;
        case Health::Kind::Http: ask_http(transport); break;
        case Health::Kind::Tcp: connect(); break;
        case Health::Kind::Command: start_command(spec); break;
    }
}

Probe::~Probe() {
    if (child_ == 0) return;
    // Its whole group, as a shell's children do not die with the shell.
    ::kill(-child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
}

int Probe::fd() const { return http_ ? http_->fd() : socket_.get(); }

short Probe::events() const { return http_ ? POLLIN : POLLOUT; }

std::optional<bool> Probe::fail(std::string reason) {
    reason_ = std::move(reason);
    result_ = false;
    socket_.close();
    return result_;
}

void Probe::connect() {
    socket_ =
        base::FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(health_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!socket_ || (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address),
                               sizeof address) != 0 &&
                     errno != EINPROGRESS)) {
        fail("port " + std::to_string(health_.port) + ": " + ::strerrordesc_np(errno));
    }
}

void Probe::ask_http(net::Transport& transport) {
    deadline_ += kAfterTimeout;
    http_ = std::make_unique<HttpCheck>();
    if (const auto started = http_->start(transport, health_); !started.ok()) {
        fail(started.error().text());
    }
}

void Probe::start_command(const Spec& spec) {
    base::SpawnOptions options;
    options.program = health_.command[0];
    options.arguments = health_.command;
    options.environment = spec.environment;
    options.directory = spec.directory;
    const auto started = spawn(options);
    if (started.ok()) {
        child_ = *started;
    } else {
        fail(started.error().text());
    }
}

bool Probe::takes_exit(pid_t pid, int status) {
    if (child_ == 0 || pid != child_) return false;
    child_ = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        result_ = true;
    } else {
        fail("the health command failed");
    }
    return true;
}

std::optional<bool> Probe::finish_connect() {
    pollfd ready{.fd = socket_.get(), .events = POLLOUT, .revents = 0};
    if (::poll(&ready, 1, 0) <= 0) return std::nullopt;
    // An error of a connection that was begun without waiting is asked for afterwards (connect(2)).
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        return fail("port " + std::to_string(health_.port) + ": " + ::strerrordesc_np(error));
    }
    result_ = true;
    return result_;
}

std::optional<bool> Probe::judge(const base::Result<int>& status) {
    if (!status.ok() && status.error().code() == base::Code::DeadlineExceeded) {
        return fail(kTooLate);
    }
    if (!status.ok()) return fail("GET " + health_.path + ": " + status.error().text());
    if (*status < 200 || *status > 399) {
        return fail(
            fmt::format("GET {} answered {} {}", health_.path, *status, net::reason_of(*status)));
    }
    result_ = true;
    return result_;
}

std::optional<bool> Probe::step() {
    if (result_) return result_;
    if (http_) {
        if (const auto status = http_->take()) return judge(*status);
    }
    if (Clock::now() >= deadline_) return fail(kTooLate);
    return socket_ ? finish_connect() : std::nullopt;
}

}
