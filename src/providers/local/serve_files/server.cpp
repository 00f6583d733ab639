#include "providers/local/serve_files/server.hpp"

#include "providers/local/serve_files/request.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <list>
#include <vector>

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace providers::local {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxClients = 256;
constexpr std::chrono::seconds kPatience{15};

std::string_view reason_of(int status) {
    switch (status) {
        case 200: return "OK";
        case 301: return "Moved Permanently";
        case 400: return "Bad Request";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 431: return "Request Header Fields Too Large";
        case 505: return "HTTP Version Not Supported";
        default: return "Internal Server Error";
    }
}

int open_beneath(int folder, const std::string& path) {
    open_how how{};
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
    // The kernel keeps the way below the folder, links included: a check of our own could be
    // raced.
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    const char* name = path.empty() ? "." : path.c_str();
    const long fd = ::syscall(SYS_openat2, folder, name, &how, sizeof how);
    if (fd >= 0 || errno != ENOSYS) return static_cast<int>(fd);
    return ::openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
}

// One connection: reads a request, writes an answer, and again.
class Exchange {
public:
    explicit Exchange(base::FileDescriptor socket) : socket_(std::move(socket)) { touch(); }

    int fd() const { return socket_.get(); }
    short events() const { return is_writing() ? POLLOUT : POLLIN; }
    Clock::time_point deadline() const { return deadline_; }

    // False when it is over.
    bool step(int folder) {
        if (!is_writing() && !read(folder)) return false;
        return !is_writing() || write(folder);
    }

private:
    bool is_writing() const { return !out_.empty() || file_; }
    void touch() { deadline_ = Clock::now() + kPatience; }

    bool read(int folder) {
        std::array<char, 4096> buffer;
        const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        if (size < 0) return errno == EAGAIN || errno == EINTR;
        if (size == 0) return false;
        in_.append(buffer.data(), static_cast<std::size_t>(size));
        prepare(folder);
        return true;
    }

    void prepare(int folder) {
        const auto parsed = parse_request(in_);
        if (!parsed) return;
        touch();
        in_.erase(0, parsed->size);
        if (parsed->status != 0) {
            closes_ = true;
            return answer_text(parsed->status, false);
        }
        closes_ = !parsed->request.keeps_open;
        answer(folder, parsed->request);
    }

    void answer(int folder, const Request& request) {
        std::string path = request.path;
        base::FileDescriptor file(open_beneath(folder, path));
        struct stat info{};
        if (file && ::fstat(file.get(), &info) == 0 && S_ISDIR(info.st_mode)) {
            if (!request.is_folder) return redirect(request);
            path += path.empty() ? "index.html" : "/index.html";
            file = base::FileDescriptor(open_beneath(folder, path));
        } else if (file && request.is_folder) {
            return answer_text(404, request.is_head);
        }
        if (!file) return answer_text(errno == EACCES ? 403 : 404, request.is_head);
        if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
            return answer_text(404, request.is_head);
        }
        head(200, content_type_of(path), info.st_size, "");
        if (request.is_head || info.st_size == 0) return;
        file_ = std::move(file);
        offset_ = 0;
        left_ = info.st_size;
    }

    void head(int status, std::string_view type, off_t size, std::string_view more) {
        out_ += fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
                            "Cache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\n"
                            "Connection: {}\r\n{}\r\n",
                            status, reason_of(status), type, size, closes_ ? "close" : "keep-alive",
                            more);
    }

    void answer_text(int status, bool is_head) {
        const std::string text = fmt::format("{} {}\n", status, reason_of(status));
        head(status, "text/plain; charset=utf-8", static_cast<off_t>(text.size()),
             status == 405 ? "Allow: GET, HEAD\r\n" : "");
        if (!is_head) out_ += text;
    }

    void redirect(const Request& request) {
        std::string location = "/";
        for (const char c : request.path) {
            const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                                  (c >= 'A' && c <= 'Z') || c == '/' || c == '-' || c == '_' ||
                                  c == '.';
            location += is_plain ? std::string(1, c)
                                 : fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
        head(301, "text/plain", 0, "Location: " + location + "/\r\n");
    }

    bool write(int folder) {
        if (!out_.empty()) {
            const ssize_t size =
                ::send(socket_.get(), out_.data(), out_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (size < 0) return errno == EAGAIN || errno == EINTR;
            touch();
            out_.erase(0, static_cast<std::size_t>(size));
            if (!out_.empty()) return true;
        }
        if (file_) {
            const ssize_t size =
                ::sendfile(socket_.get(), file_.get(), &offset_, static_cast<std::size_t>(left_));
            if (size < 0) return errno == EAGAIN || errno == EINTR;
            // The length is out already; closing tells the client that it was not all.
            if (size == 0) return false;   // it has shrunk: the length told was wrong
            touch();
            left_ -= size;
            if (left_ > 0) return true;
            file_.close();
        }
        if (closes_) return false;
        // Pipelined requests lie in the buffer: no further readiness would announce them.
        prepare(folder);   // the next request may be here already
        return true;
    }

    base::FileDescriptor socket_;
    Clock::time_point deadline_;
    std::string in_;
    std::string out_;
    base::FileDescriptor file_;
    off_t offset_ = 0;
    off_t left_ = 0;
    bool closes_ = false;
};

}

base::Result<FileServer> FileServer::listen(const std::string& folder, std::uint16_t port) {
    FileServer server;
    server.folder_ = base::FileDescriptor(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!server.folder_) return base::system_error("opening \"" + folder + "\"", errno);
    server.listener_ =
        base::FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int yes = 1;
    ::setsockopt(server.listener_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (!server.listener_ || ::bind(server.listener_.get(), raw, size) != 0 ||
        ::listen(server.listener_.get(), 64) != 0 ||
        ::getsockname(server.listener_.get(), raw, &size) != 0) {
        return base::system_error(fmt::format("listening on 127.0.0.1:{}", port), errno);
    }
    server.port_ = ntohs(address.sin_port);
    return server;
}

base::Result<void> FileServer::run(int stop) {
    std::list<Exchange> exchanges;
    std::vector<pollfd> waiting;
    for (;;) {
        waiting.clear();
        waiting.push_back({.fd = stop, .events = POLLIN, .revents = 0});
        const bool has_room = exchanges.size() < kMaxClients;
        waiting.push_back({.fd = has_room ? listener_.get() : -1, .events = POLLIN, .revents = 0});
        Clock::time_point next = Clock::time_point::max();
        for (const Exchange& exchange : exchanges) {
            waiting.push_back({.fd = exchange.fd(), .events = exchange.events(), .revents = 0});
            next = std::min(next, exchange.deadline());
        }
        int timeout = -1;
        if (!exchanges.empty()) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
            timeout = static_cast<int>(std::max<std::int64_t>(0, left.count()));
        }
        if (::poll(waiting.data(), waiting.size(), timeout) < 0 && errno != EINTR) {
            return base::system_error("waiting for requests", errno);
        }
        if (waiting[0].revents != 0) return {};
        const Clock::time_point now = Clock::now();
        std::size_t at = 2;
        for (auto exchange = exchanges.begin(); exchange != exchanges.end(); ++at) {
            const bool is_ready = waiting[at].revents != 0;
            const bool is_over =
                is_ready ? !exchange->step(folder_.get()) : exchange->deadline() <= now;
            exchange = is_over ? exchanges.erase(exchange) : std::next(exchange);
        }
        if (waiting[1].revents == 0) continue;
        base::FileDescriptor socket(
            ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (socket) exchanges.emplace_back(std::move(socket));
    }
}

}
