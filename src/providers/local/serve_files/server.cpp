#include "providers/local/serve_files/server.hpp"

#include "net/http/url.hpp"
#include "providers/local/serve_files/site_path.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace providers::local {
namespace {

constexpr std::size_t kMaxTarget = 2048;
constexpr std::chrono::seconds kPatience{15};
constexpr std::size_t kPiece = std::size_t{64} << 10;
constexpr off_t kMaxWhole = off_t{1} << 20;   // a larger file is not held in memory

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

net::Response head(int status, std::string_view type) {
    return {.status = status,
            .headers = {{"Content-Type", std::string(type)},
                        {"Cache-Control", "no-cache"},
                        {"X-Content-Type-Options", "nosniff"}},
            .body = {}};
}

net::Response refuse(int status) {
    net::Response out = head(status, "text/plain; charset=utf-8");
    if (status == 405) out.headers.add("Allow", "GET, HEAD");
    out.body = fmt::format("{} {}\n", status, net::reason_of(status));
    return out;
}

net::Response redirect(std::string_view path) {
    net::Response out = head(301, "text/plain");
    std::string location = "/";
    for (std::size_t at = 0; at <= path.size();) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        location += net::percent_encode(path.substr(at, end - at)) + "/";
        at = end + 1;
    }
    out.headers.add("Location", std::move(location));
    return out;
}

// Gives the file to `take` in pieces, until it is at its end or that wants no more. A file that has
// shrunk is given short, which the length told before shows.
template <typename Take>
void read_pieces(int file, off_t size, const Take& take) {
    std::string piece;
    while (size > 0) {
        piece.resize(std::min(kPiece, static_cast<std::size_t>(size)));
        const ssize_t got = ::read(file, piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0 || !take(std::string_view(piece).substr(0, static_cast<std::size_t>(got)))) {
            return;
        }
        size -= got;
    }
}

net::Answer answer_file(base::FileDescriptor file, off_t size, std::string_view type) {
    net::Answer out = head(200, type);
    if (size <= kMaxWhole) {
        read_pieces(file.get(), size, [&](std::string_view piece) {
            out.response.body += piece;
            return true;
        });
        return out;
    }
    // A function that is copied, for a descriptor that cannot be.
    auto shared = std::make_shared<base::FileDescriptor>(std::move(file));
    out.stream = [shared, size](net::StreamWriter& writer) {
        read_pieces(shared->get(), size,
                    [&](std::string_view piece) { return writer.write(piece); });
    };
    out.stream_length = static_cast<std::uint64_t>(size);
    return out;
}

net::Answer answer(int folder, const net::Request& request) {
    if (request.method != "GET" && request.method != "HEAD") return refuse(405);
    if (request.target.size() > kMaxTarget) return refuse(414);
    const auto asked = site_path(request.target);
    if (!asked) return refuse(404);
    const std::string_view target = request.target;
    const bool is_folder = target.substr(0, target.find_first_of("?#")).ends_with('/');
    std::string path = *asked;
    base::FileDescriptor file(open_beneath(folder, path));
    struct stat info{};
    if (file && ::fstat(file.get(), &info) == 0 && S_ISDIR(info.st_mode)) {
        if (!is_folder) return redirect(path);
        path += path.empty() ? "index.html" : "/index.html";
        file = base::FileDescriptor(open_beneath(folder, path));
    } else if (file && is_folder) {
        return refuse(404);
    }
    if (!file) return refuse(errno == EACCES ? 403 : 404);
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return refuse(404);
    return answer_file(std::move(file), info.st_size, content_type_of(path));
}

}

base::Result<FileServer> FileServer::listen(const std::string& folder, std::uint16_t port) {
    auto opened = std::make_shared<base::FileDescriptor>(
        ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!*opened) return base::system_error("opening \"" + folder + "\"", errno);
    net::ServerOptions options{.port = port,
                               .threads = 2,
                               .max_connections = 256,
                               .max_header_bytes = std::size_t{8} << 10,
                               .max_body_bytes = 0,
                               .idle_time = kPatience,
                               .read_time = kPatience,
                               .write_time = kPatience,
                               .layer = {},
                               .log = {}};
    return FileServer(TRY(net::Server::create(
        std::move(options), [opened](const net::Request& request, const net::RequestContext&) {
            return answer(opened->get(), request);
        })));
}

base::Result<void> FileServer::run(int stop) {
    server_->start();
    pollfd waiting{.fd = stop, .events = POLLIN, .revents = 0};
    while (::poll(&waiting, 1, -1) < 0) {
        if (errno != EINTR) return base::system_error("waiting for the end", errno);
    }
    server_->stop();
    return {};
}

}
