#include "providers/local/supervisor/control.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

namespace providers::local {
namespace {

constexpr const char* kName = "control";
constexpr std::chrono::milliseconds kLongestWait{60000};

std::chrono::milliseconds parse_wait(std::string_view text) {
    std::int64_t out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return std::clamp(std::chrono::milliseconds(out), std::chrono::milliseconds(0), kLongestWait);
}

}

base::Result<void> ControlServer::open() {
    // Of a supervisor that was killed; the lock says that there is no other.
    ::unlink(kName);
    listener_ =
        base::FileDescriptor(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy_n(kName, 8, address.sun_path);
    if (!listener_ ||
        ::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_.get(), 16) != 0) {
        return base::system_error("listening at the control socket", errno);
    }
    return {};
}

void ControlServer::close() {
    clients_.clear();
    listener_.close();
    ::unlink(kName);
}

void ControlServer::add_to(std::vector<pollfd>& waiting) const {
    waiting.push_back({.fd = listener_.get(), .events = POLLIN, .revents = 0});
    for (const Client& client : clients_) {
        waiting.push_back({.fd = client.socket.get(), .events = POLLIN, .revents = 0});
    }
}

ControlServer::Clock::time_point ControlServer::next_deadline() const {
    Clock::time_point next = Clock::time_point::max();
    for (const Client& client : clients_) next = std::min(next, client.deadline);
    return next;
}

void ControlServer::accept_new() {
    for (;;) {
        base::FileDescriptor socket(
            ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!socket) return;
        ucred peer{};
        socklen_t size = sizeof peer;
        const bool is_known =
            // The folder is private already; this is for when somebody opens it up.
            ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
            (peer.uid == ::geteuid() || peer.uid == 0);
        if (!is_known || clients_.size() == kMaxClients) continue;
        clients_.emplace_back();
        clients_.back().socket = std::move(socket);
    }
}

bool ControlServer::read_request(Client& client, const Handle& handle) {
    std::array<char, kMaxRequest> buffer;
    iovec part{.iov_base = buffer.data(), .iov_len = buffer.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = room.data();
    message.msg_controllen = room.size();
    // More descriptors than there is room for are closed by the kernel.
    const ssize_t size = ::recvmsg(client.socket.get(), &message, MSG_CMSG_CLOEXEC);
    base::FileDescriptor attached;
    const cmsghdr* head = size > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
    if (head != nullptr && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS) {
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(head), sizeof fd);
        attached = base::FileDescriptor(fd);
    }
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    if (size == 0) return false;
    const std::string_view request(buffer.data(), static_cast<std::size_t>(size));
    if (request.starts_with("wait ")) {
        // `wait` is answered when the state is stable, or when the client has waited long enough.
        client.asks = Client::Asks::WhenStable;
        client.deadline = Clock::now() + parse_wait(request.substr(5));
        return true;
    }
    client.asks = request == "stop" ? Client::Asks::WhenOver : Client::Asks::Now;
    handle(request, attached.get());
    return true;
}

void ControlServer::step(const Handle& handle) {
    accept_new();
    std::erase_if(clients_, [&](Client& client) { return !read_request(client, handle); });
}

void ControlServer::answer(const std::string& status, bool is_stable, bool is_over) {
    const Clock::time_point now = Clock::now();
    for (Client& client : clients_) {
        const bool is_due =
            client.asks == Client::Asks::Now ||
            (client.asks == Client::Asks::WhenStable && (is_stable || now >= client.deadline)) ||
            (client.asks != Client::Asks::Nothing && is_over);
        if (!is_due) continue;
        ::send(client.socket.get(), status.data(), status.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        client.asks = Client::Asks::Nothing;
        client.deadline = Clock::time_point::max();
    }
}

}
