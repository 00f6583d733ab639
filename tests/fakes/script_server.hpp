#pragma once

#include "base/check.hpp"
#include "base/fs.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fakes {

// How bytes travel on an accepted connection. What is not above 0 says that the peer has gone.
class Channel {
public:
    virtual ~Channel() = default;
    virtual ssize_t receive(char* bytes, std::size_t size) = 0;
    virtual ssize_t send(const char* bytes, std::size_t size) = 0;
};

class PlainChannel final : public Channel {
public:
    explicit PlainChannel(int socket) : socket_(socket) {}
    ssize_t receive(char* bytes, std::size_t size) override {
        return ::recv(socket_, bytes, size, 0);
    }
    ssize_t send(const char* bytes, std::size_t size) override {
        return ::send(socket_, bytes, size, MSG_NOSIGNAL);
    }

private:
    int socket_;
};

// One accepted connection, for a script to misbehave on. read and send give up when the server is
// destroyed.
class ScriptConnection {
public:
    explicit ScriptConnection(Channel& channel) : channel_(channel) {}

    // What came, at least a byte; empty when the client has gone.
    std::string receive() {
        if (pending_.empty()) read_some();
        return std::exchange(pending_, {});
    }

    // The next request's head and body (of a Content-Length); nothing when the client closed.
    std::optional<std::string> read_request() {
        std::size_t end = std::string::npos;
        while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
            if (!read_some()) return std::nullopt;
        }
        std::size_t size = end + 4;
        const std::size_t at = pending_.find("Content-Length: ");
        if (at < end) size += std::stoul(pending_.substr(at + 16));
        while (pending_.size() < size) {
            if (!read_some()) return std::nullopt;
        }
        std::string request = pending_.substr(0, size);
        pending_.erase(0, size);
        return request;
    }

    // False when the client has gone.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = channel_.send(bytes.data(), bytes.size());
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    void send_slowly(std::string_view bytes, std::chrono::milliseconds pause) {
        for (const char byte : bytes) {
            if (!send({&byte, 1})) return;
            std::this_thread::sleep_for(pause);
        }
    }

    // Until the client closes.
    void hang() {
        std::array<char, 256> bytes;
        while (channel_.receive(bytes.data(), bytes.size()) > 0) {
        }
    }

    void answer(int status, std::string_view headers, std::string_view body) {
        std::string out = "HTTP/1.1 " + std::to_string(status) + " Reason\r\n";
        out.append(headers);
        out += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
        out.append(body);
        send(out);
    }

private:
    bool read_some() {
        std::array<char, 16384> bytes;
        const ssize_t got = channel_.receive(bytes.data(), bytes.size());
        if (got <= 0) return false;
        pending_.append(bytes.data(), static_cast<std::size_t>(got));
        return true;
    }

    Channel& channel_;
    std::string pending_;
};

// A server on loopback that does on each connection what the script says, each on a thread of its
// own, and closes it when the script returns.
class ScriptServer {
public:
    using Script = std::function<void(ScriptConnection&)>;
    // Makes the channel of a socket, or nothing: then the connection is closed.
    using Open = std::function<std::unique_ptr<Channel>(int socket)>;

    explicit ScriptServer(Script script, Open open = nullptr)
        : script_(std::move(script)), open_(std::move(open)) {
        listener_ = base::FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        CHECK(::bind(listener_.get(), generic, size) == 0);
        CHECK(::listen(listener_.get(), 256) == 0);
        CHECK(::getsockname(listener_.get(), generic, &size) == 0);
        port_ = ntohs(address.sin_port);
        acceptor_ = std::jthread([this] { accept(); });
    }

    ~ScriptServer() {
        is_stopping_ = true;
        ::shutdown(listener_.get(), SHUT_RDWR);
        acceptor_.join();
        for (const auto& peer : peers_) ::shutdown(peer.socket.get(), SHUT_RDWR);
        peers_.clear();
    }

    std::uint16_t port() const { return port_; }
    std::string url(std::string_view path = "/") const {
        return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
    }
    int connections() const { return connections_; }

private:
    struct Peer {
        base::FileDescriptor socket;
        std::jthread thread;
    };

    void accept() {
        while (!is_stopping_) {
            base::FileDescriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!socket) continue;
            ++connections_;
            const int number = socket.get();
            auto& peer = peers_.emplace_back(Peer{std::move(socket), {}});
            peer.thread = std::jthread([this, number] {
                const auto channel = open_ ? open_(number) : std::make_unique<PlainChannel>(number);
                if (channel) {
                    ScriptConnection connection(*channel);
                    script_(connection);
                }
                ::shutdown(number, SHUT_RDWR);
            });
        }
    }

    Script script_;
    Open open_;
    base::FileDescriptor listener_;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_{0};
    std::atomic<bool> is_stopping_{false};
    std::list<Peer> peers_;   // of the accepting thread while it runs
    std::jthread acceptor_;
};

// The address of a port on which nobody listens.
inline std::string unused_url() {
    base::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    CHECK(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    CHECK(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    return "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/";
}

}
