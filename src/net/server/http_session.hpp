#pragma once

#include "base/worker_pool.hpp"
#include "net/server/layered_stream.hpp"
#include "net/server/server.hpp"
#include "net/server/stream_channel.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <deque>
#include <thread>
#include <unordered_map>
#include <unordered_set>

// Internal to the server: one connection, and what all of them share.
namespace net {

class HttpSession;

// Touched by the server's thread only, but for the handler and the pool.
struct SessionHost {
    SessionHost(ServerOptions wanted, Server::Handler handle)
        : options(std::move(wanted)), handler(std::move(handle)),
          pool(options.threads, options.max_queued) {}

    const ServerOptions options;
    const Server::Handler handler;
    std::unordered_set<HttpSession*> sessions;
    std::unordered_map<HttpSession*, std::jthread> streams;
    boost::asio::io_context io{1};
    bool is_stopping = false;
    base::WorkerPool pool;
};

// Lives as long as an operation of it is pending; only the server's thread touches it.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
public:
    HttpSession(SessionHost& host, boost::asio::ip::tcp::socket socket);
    ~HttpSession();
    HttpSession(const HttpSession&) = delete;
    HttpSession& operator=(const HttpSession&) = delete;

    // The next request.
    void read();
    // While the server stops: at once if nothing is being done here, else after the answer.
    void wind_up();

private:
    using Code = boost::system::error_code;
    using Clock = std::chrono::steady_clock;

    void read_header();
    void on_header(Code code);
    void read_body();
    void on_failed_read(Code code);
    void refuse(int status, std::string text);
    void on_request(Code code);
    void begin_handling(Request request);
    void watch_deadline(Clock::time_point deadline);

    void deliver(Answer answer);
    void next_part();
    void write_part();
    void on_written();

    void begin_stream(Answer answer);
    void run_stream(StreamFunction stream);
    void watch_peer();
    void on_stream_end(bool is_whole);
    void send_stream();

    void record();
    void close();

    SessionHost& host_;
    LayeredStream stream_;
    boost::asio::steady_timer pause_;
    boost::asio::steady_timer deadline_;
    boost::beast::flat_buffer buffer_;
    std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
    std::string peer_;
    bool is_idle_ = true;

    // Of the request that is being handled.
    std::uint64_t number_ = 0;   // of the connection's requests
    std::stop_source stop_;
    bool keep_alive_ = false;
    bool is_http_1_0_ = false;
    std::string method_;
    Clock::time_point began_;
    RequestRecord record_;

    // Of its answer.
    std::deque<Transmission::Part> parts_;
    std::shared_ptr<StreamChannel> channel_;   // of one that streams
    std::string out_;                          // of the stream, being sent
    std::array<char, 512> heard_{};            // from a peer that has nothing to say meanwhile
    bool is_sending_ = false;
    bool is_stream_over_ = false;   // its function has returned
};

}
