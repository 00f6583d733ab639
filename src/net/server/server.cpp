#include "net/server/server.hpp"

#include "base/log.hpp"
#include "net/server/http_session.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <fmt/core.h>

#include <exception>
#include <future>
#include <optional>
#include <thread>

namespace net {
namespace {

namespace asio = boost::asio;
using Code = boost::system::error_code;
using std::chrono::milliseconds;

constexpr milliseconds kAcceptPause{50};

}

class Server::Impl {
public:
    Impl(ServerOptions options, Handler handler)
        : host_(std::move(options), std::move(handler)), acceptor_(host_.io),
          accept_timer_(host_.io) {}

    base::Result<void> listen();
    void start();
    void stop();
    std::uint16_t port() const { return port_; }

private:
    void run();
    void accept();
    void accept_later();
    void begin_stop();

    SessionHost host_;
    asio::ip::tcp::acceptor acceptor_;
    asio::steady_timer accept_timer_;
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
    std::uint16_t port_ = 0;
    bool is_started_ = false;
    std::jthread thread_;
};

base::Result<void> Server::Impl::listen() {
    const ServerOptions& options = host_.options;
    const auto failed = [&](std::string_view what, const Code& code) {
        return base::Error(
            base::Code::Unavailable,
            fmt::format("{} {}:{}: {}", what, options.address, options.port, code.message()));
    };
    Code code;
    const auto address = asio::ip::make_address(options.address, code);
    if (code) return base::invalid_argument("\"" + options.address + "\" is no address");
    const asio::ip::tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol(), code);
    if (code) return failed("opening a socket for", code);
    // Otherwise a server that is started again at once finds its port taken by connections in
    // TIME_WAIT.
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
    work_.emplace(host_.io.get_executor());
    host_.pool.start();
    accept();
    thread_ = std::jthread([this] { run(); });
}

// An exception here costs the connection it came from, whose operations are forgotten, and no
// other.
void Server::Impl::run() {
    for (;;) {
        std::string what = "an exception of no known type";
        try {
            host_.io.run();
            return;
        } catch (const std::exception& exception) {
            what = exception.what();
        } catch (...) {
        }
        base::log::error(
            "an exception escaped a connection",
            {{"error.code", base::name_of(base::Code::Internal)}, {"error.message", what}});
    }
}

void Server::Impl::accept() {
    acceptor_.async_accept([this](Code code, asio::ip::tcp::socket socket) {
        if (code == asio::error::operation_aborted || host_.is_stopping) return;
        if (code) return accept_later();
        accept();   // first: whatever becomes of this connection, others follow
        // Beyond the limit it is closed by going out of scope.
        if (host_.sessions.size() >= host_.options.max_connections) return;
        Code ignored;
        socket.set_option(asio::ip::tcp::no_delay(true), ignored);
        std::make_shared<HttpSession>(host_, std::move(socket))->read();
    });
}

// No descriptor is left, for one: asking again at once would take all of the processor.
void Server::Impl::accept_later() {
    accept_timer_.expires_after(kAcceptPause);
    accept_timer_.async_wait([this](Code code) {
        if (!code && !host_.is_stopping) accept();
    });
}

void Server::Impl::begin_stop() {
    host_.is_stopping = true;
    Code ignored;
    acceptor_.close(ignored);
    accept_timer_.cancel();
    const std::vector<HttpSession*> open(host_.sessions.begin(), host_.sessions.end());
    for (HttpSession* session : open) session->wind_up();
}

void Server::Impl::stop() {
    if (!thread_.joinable()) return;
    // No request reaches the pool after this.
    // On the server's thread, as sessions are its own; waited for, so that nothing new comes after
    // it.
    std::promise<void> begun;
    asio::post(host_.io, [&] {
        begin_stop();
        begun.set_value();
    });
    begun.get_future().wait();
    // Then the pool: its handlers were asked to stop, and their answers still need the server's
    // thread.
    host_.pool.wait_until_idle();
    work_.reset();
    thread_.join();   // ends when no connection, and no stream, has anything left to do
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
