#include "net/server/server.hpp"

#include "base/clock.hpp"
#include "base/worker_pool.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <deque>
#include <future>
#include <optional>
#include <thread>
#include <unordered_set>

namespace net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Code = boost::system::error_code;
using std::chrono::milliseconds;

constexpr std::size_t kPieces = 20;   // of an answer that is spread over time
constexpr milliseconds kWriteTime{30000};
constexpr milliseconds kAcceptPause{50};
constexpr milliseconds kFarewell{1000};   // for an answer while stopping

std::string http_date() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 40> text{};
    const std::size_t size =
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return std::string(text.data(), size);
}

bool is_without_body(int status) { return status == 204 || status == 304 || status < 200; }

std::string head_of(const Response& response, bool keep_alive) {
    std::string out =
        fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_of(response.status));
    if (!response.headers.find("Date")) out += "Date: " + http_date() + "\r\n";
    for (const auto& [name, value] : response.headers.fields()) out += name + ": " + value + "\r\n";
    if (!is_without_body(response.status)) {
        out += fmt::format("Content-Length: {}\r\n", response.body.size());
    }
    out += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return out;
}

// The parts in which an answer goes out, and the pause after each.
std::deque<std::string> pieces_of(Answer& answer, const std::string& method, bool keep_alive) {
    if (answer.kind == Answer::Kind::Raw) return {std::move(answer.bytes)};
    std::string head = head_of(answer.response, keep_alive);
    std::string body;
    if (method != "HEAD" && !is_without_body(answer.response.status))
        body = std::move(answer.response.body);
    if (answer.spread.count() == 0 || body.empty()) return {head + body};
    std::deque<std::string> pieces{std::move(head)};
    const std::size_t size = std::max<std::size_t>(1, (body.size() + kPieces - 1) / kPieces);
    for (std::size_t at = 0; at < body.size(); at += size) pieces.push_back(body.substr(at, size));
    return pieces;
}

Response plain(int status, std::string text) {
    return {.status = status, .headers = {{"Content-Type", "text/plain"}}, .body = std::move(text)};
}

}

Answer Answer::drop() {
    Answer answer{Response{}};
    answer.kind = Kind::Drop;
    return answer;
}

Answer Answer::raw(std::string bytes) {
    Answer answer{Response{}};
    answer.kind = Kind::Raw;
    answer.bytes = std::move(bytes);
    return answer;
}

class Server::Impl {
public:
    class Session;

    Impl(ServerOptions options, Handler handler)
        : options_(std::move(options)), handler_(std::move(handler)), acceptor_(io_),
          accept_timer_(io_), pool_(options_.threads, options_.max_queued) {}

    base::Result<void> listen();
    void start();
    void stop();
    std::uint16_t port() const { return port_; }

private:
    void accept();
    void accept_later();
    void begin_stop();

    ServerOptions options_;
    Handler handler_;
    asio::io_context io_{1};
    asio::ip::tcp::acceptor acceptor_;
    asio::steady_timer accept_timer_;
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
    std::unordered_set<Session*> sessions_;   // touched by the reading thread only
    bool is_stopping_ = false;                // likewise
    std::uint16_t port_ = 0;
    bool is_started_ = false;
    base::WorkerPool pool_;
    std::jthread thread_;
};

// One connection. Lives as long as an operation of it is pending; only its thread touches it.
class Server::Impl::Session : public std::enable_shared_from_this<Session> {
public:
    Session(Impl& server, asio::ip::tcp::socket socket)
        : server_(server), stream_(std::move(socket)), timer_(server.io_),
          buffer_(server.options_.max_header_bytes + server.options_.max_body_bytes) {
        server_.sessions_.insert(this);
    }
    ~Session() { server_.sessions_.erase(this); }

    void read() {
        is_idle_ = true;
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(server_.options_.max_header_bytes));
        parser_->body_limit(server_.options_.max_body_bytes);
        stream_.expires_after(server_.options_.idle_time);
        http::async_read_header(
            stream_, buffer_, *parser_,
            [self = shared_from_this()](Code code, std::size_t) { self->on_header(code); });
    }

    // While the server stops: at once if nothing is being done here, else after the answer.
    void wind_up() {
        timer_.cancel();
        if (is_idle_) close();
    }

private:
    void on_header(Code code) {
        if (code) return on_failed_read(code);
        const std::string_view expect = (*parser_).get()[http::field::expect];
        if (expect != "100-continue") return read_body();
        static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
        asio::async_write(stream_, asio::buffer(kContinue),
                          [self = shared_from_this()](Code failure, std::size_t) {
                              if (!failure) self->read_body();
                          });
    }

    void read_body() {
        http::async_read(
            stream_, buffer_, *parser_,
            [self = shared_from_this()](Code code, std::size_t) { self->on_request(code); });
    }

    void on_failed_read(Code code) {
        if (code == http::error::header_limit) return refuse(431, "the header is too large\n");
        if (code == http::error::body_limit) return refuse(413, "the body is too large\n");
        if (code.category() == http::make_error_code(http::error::bad_method).category() &&
            code != http::error::end_of_stream && code != http::error::partial_message) {
            return refuse(400, "this is no HTTP request: " + code.message() + "\n");
        }
        close();
    }

    void refuse(int status, std::string text) {
        keep_alive_ = false;
        method_.clear();
        is_idle_ = false;
        deliver(plain(status, std::move(text)));
    }

    void on_request(Code code) {
        if (code) return on_failed_read(code);
        is_idle_ = false;
        auto message = parser_->release();
        keep_alive_ = message.keep_alive();
        Request request;
        request.method = std::string(message.method_string());
        request.target = std::string(message.target());
        for (const auto& field : message.base()) {
            request.headers.add(std::string(field.name_string()), std::string(field.value()));
        }
        request.body = std::move(message.body());
        method_ = request.method;
        stream_.expires_never();
        auto self = shared_from_this();
        // The session goes along: it may only end on its own thread.
        auto submitted =
            server_.pool_.submit([self = std::move(self), &server = server_,
                                  request = std::move(request)](const std::stop_token&) mutable {
                auto answer = std::make_shared<Answer>(server.handler_(request));
                asio::post(server.io_,
                           [self = std::move(self), answer] { self->deliver(std::move(*answer)); });
            });
        if (!submitted.ok()) deliver(plain(503, "too many requests are waiting\n"));
    }

    void deliver(Answer answer) {
        if (answer.kind == Answer::Kind::Drop) return close();
        if (answer.kind == Answer::Kind::Raw || server_.is_stopping_) keep_alive_ = false;
        if (const auto connection = answer.response.headers.find("Connection")) {
            if (*connection == "close") keep_alive_ = false;
            answer.response.headers.remove("Connection");
        }
        spread_ = answer.spread;
        const milliseconds delay = answer.delay;
        pieces_ = pieces_of(answer, method_, keep_alive_);
        pause_ =
            pieces_.size() > 1 ? spread_ / static_cast<int>(pieces_.size() - 1) : milliseconds(0);
        after(delay, [](Session& self) { self.write(); });
    }

    void after(milliseconds pause, void (*next)(Session&)) {
        if (pause.count() == 0) return next(*this);
        timer_.expires_after(pause);
        timer_.async_wait([self = shared_from_this(), next](Code code) {
            if (!code) return next(*self);
            self->close();
        });
    }

    void write() {
        stream_.expires_after(server_.is_stopping_ ? kFarewell : kWriteTime);
        asio::async_write(stream_, asio::buffer(pieces_.front()),
                          [self = shared_from_this()](Code code, std::size_t) {
                              if (code) return self->close();
                              self->on_written();
                          });
    }

    void on_written() {
        pieces_.pop_front();
        if (!pieces_.empty()) return after(pause_, [](Session& self) { self.write(); });
        if (!keep_alive_ || server_.is_stopping_) return close();
        read();
    }

    void close() {
        Code ignored;
        stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
        stream_.close();
    }

    Impl& server_;
    beast::tcp_stream stream_;
    asio::steady_timer timer_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    std::string method_;
    bool keep_alive_ = false;
    bool is_idle_ = true;
    std::deque<std::string> pieces_;
    milliseconds spread_{0};
    milliseconds pause_{0};
};

base::Result<void> Server::Impl::listen() {
    const auto failed = [&](std::string_view what, const Code& code) {
        return base::Error(
            base::Code::Unavailable,
            fmt::format("{} {}:{}: {}", what, options_.address, options_.port, code.message()));
    };
    Code code;
    const auto address = asio::ip::make_address(options_.address, code);
    if (code) return base::invalid_argument("\"" + options_.address + "\" is no address");
    const asio::ip::tcp::endpoint endpoint(address, options_.port);
    acceptor_.open(endpoint.protocol(), code);
    if (code) return failed("opening a socket for", code);
    acceptor_.set_option(asio::socket_base::reuse_address(true), code);
    acceptor_.bind(endpoint, code);
    if (code) return failed("listening at", code);
    acceptor_.listen(asio::socket_base::max_listen_connections, code);
    if (code) return failed("listening at", code);
    port_ = acceptor_.local_endpoint(code).port();
    return {};
}

void Server::Impl::start() {
    CHECK(!is_started_);
    is_started_ = true;
    work_.emplace(io_.get_executor());
    pool_.start();
    accept();
    thread_ = std::jthread([this] { io_.run(); });
}

void Server::Impl::accept() {
    acceptor_.async_accept([this](Code code, asio::ip::tcp::socket socket) {
        if (code == asio::error::operation_aborted || is_stopping_) return;
        if (code) return accept_later();
        if (sessions_.size() < options_.max_connections) {
            Code ignored;
            socket.set_option(asio::ip::tcp::no_delay(true), ignored);
            std::make_shared<Session>(*this, std::move(socket))->read();
        }
        accept();
    });
}

// No descriptor is left, for one: asking again at once would take all of the processor.
void Server::Impl::accept_later() {
    accept_timer_.expires_after(kAcceptPause);
    accept_timer_.async_wait([this](Code code) {
        if (!code && !is_stopping_) accept();
    });
}

void Server::Impl::begin_stop() {
    is_stopping_ = true;
    Code ignored;
    acceptor_.close(ignored);
    accept_timer_.cancel();
    const std::vector<Session*> open(sessions_.begin(), sessions_.end());
    for (Session* session : open) session->wind_up();
}

void Server::Impl::stop() {
    if (!thread_.joinable()) return;
    // No request reaches the pool after this.
    std::promise<void> begun;
    asio::post(io_, [&] {
        begin_stop();
        begun.set_value();
    });
    begun.get_future().wait();
    pool_.wait_until_idle();
    work_.reset();
    thread_.join();
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { impl_->stop(); }

base::Result<std::unique_ptr<Server>> Server::create(ServerOptions options, Handler handler) {
    auto impl = std::make_unique<Impl>(std::move(options), std::move(handler));
    TRY(impl->listen());
    return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::uint16_t Server::port() const { return impl_->port(); }
void Server::start() { impl_->start(); }
void Server::stop() { impl_->stop(); }

}
