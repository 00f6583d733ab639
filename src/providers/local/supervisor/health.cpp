#include "providers/local/supervisor/health.hpp"

#include "base/process/spawn.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace providers::local {
namespace {

constexpr std::size_t kMaxAnswer = 4096;

}

// Only the status line is looked at: a health page may be long.
std::optional<bool> judge_http_answer(std::string_view answer) {
    constexpr std::string_view kStart = "HTTP/1.";
    const std::size_t end = answer.find('\n');
    if (end == std::string_view::npos && answer.size() < kMaxAnswer) return std::nullopt;
    const std::string_view line = answer.substr(0, end);
    if (!line.starts_with(kStart) || line.size() < kStart.size() + 5) return false;
    const std::string_view code = line.substr(kStart.size() + 2, 3);
    for (const char digit : code) {
        if (digit < '0' || digit > '9') return false;
    }
    return code[0] == '2' || code[0] == '3';
}

Probe::Probe(const Health& health, const Spec& spec)
    : health_(health), deadline_(Clock::now() + health.timeout) {
    switch (health.kind) {
        case Health::Kind::None: result_ = true; break;
        case Health::Kind::Http:
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

short Probe::events() const { return is_connected_ ? POLLIN : POLLOUT; }

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

std::optional<bool> Probe::step() {
    if (result_) return result_;
    if (Clock::now() >= deadline_) return fail("the health check did not answer in time");
    if (!socket_) return std::nullopt;
    if (!is_connected_) {
        pollfd ready{.fd = socket_.get(), .events = POLLOUT, .revents = 0};
        if (::poll(&ready, 1, 0) <= 0) return std::nullopt;
        // An error of a connection that was begun without waiting is asked for afterwards
        // (connect(2)).
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) {
            return fail("port " + std::to_string(health_.port) + ": " + ::strerrordesc_np(error));
        }
        is_connected_ = true;
        if (health_.kind == Health::Kind::Tcp) {
            result_ = true;
            return result_;
        }
        const std::string request = "GET " + health_.path +
                                    " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(health_.port) +
                                    "\r\nConnection: close\r\nUser-Agent: provisioning\r\n\r\n";
        if (::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(request.size())) {
            return fail("the health check could not be sent");
        }
    }
    return read_answer();
}

std::optional<bool> Probe::read_answer() {
    char buffer[kMaxAnswer];
    const ssize_t size = ::recv(socket_.get(), buffer, sizeof buffer, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
    if (size > 0) answer_.append(buffer, static_cast<std::size_t>(size));
    const std::optional<bool> judged = judge_http_answer(answer_);
    if (!judged && size > 0) return std::nullopt;
    if (!judged) return fail("the health check got no answer");
    if (!*judged) {
        const std::string line = answer_.substr(0, std::min(answer_.find('\r'), std::size_t{80}));
        return fail("GET " + health_.path + " answered \"" + line + "\"");
    }
    result_ = true;
    return result_;
}

}
