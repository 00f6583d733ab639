#include "sandbox/control/loopback.hpp"

#include "base/fs.hpp"

#include <fmt/core.h>

#include <cerrno>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace sandbox {
namespace {

constexpr std::size_t kMaxAnswer = std::size_t{64} << 20;
constexpr timeval kPatience{.tv_sec = 30, .tv_usec = 0};

base::Error unavailable(std::string_view what) {
    return base::Error(base::Code::Unavailable, fmt::format("the sandbox {}", what));
}

}

base::Result<json::Value> ask_loopback(const LoopbackRequest& request) {
    const base::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) return base::system_error("making a socket", errno);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(request.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return unavailable(fmt::format("does not answer on port {}", request.port));
    }
    const std::string text = fmt::format(
        "{} {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {}\r\n"
        "Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
        request.method, request.target, request.port, request.token, request.body.size(),
        request.body);
    TRY(base::write_all(socket.get(), text).context("asking the sandbox"));
    const std::string answer = TRY(base::read_all(socket.get(), "the sandbox", kMaxAnswer));
    const std::size_t end = answer.find("\r\n\r\n");
    if (!answer.starts_with("HTTP/1.1 ") || end == std::string::npos) {
        return unavailable("ended the connection");
    }
    const json::Value value = TRY(json::parse(std::string_view(answer).substr(end + 4)));
    if (answer[9] == '2') return value;
    return base::invalid_argument(std::string(value.string_or("error", "the sandbox refuses")));
}

}
