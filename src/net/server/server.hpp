#pragma once

#include "base/result.hpp"
#include "net/http/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace net {

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;               // 0: one that is free
    std::size_t threads = 8;              // that run the handler
    std::size_t max_queued = 1024;        // requests that wait for a thread; beyond: 503
    std::size_t max_connections = 1024;   // beyond: accepted and closed at once
    std::size_t max_header_bytes = std::size_t{32} << 10;            // beyond: 431
    std::size_t max_body_bytes = std::size_t{1} << 20;               // beyond: 413
    std::chrono::milliseconds idle_time{std::chrono::seconds{60}};   // for a whole request
};

// What a handler gives back: an answer, or one of the ways in which there is none. A Response turns
// into an Answer by itself.
struct Answer {
    enum class Kind : unsigned char { Whole, Raw, Drop };

    Answer(Response whole) : response(std::move(whole)) {}
    // Closes the connection without a byte.
    static Answer drop();
    // Sends these bytes as they are, then closes the connection.
    static Answer raw(std::string bytes);

    Kind kind = Kind::Whole;
    Response response;
    std::string bytes;                     // of Kind::Raw
    std::chrono::milliseconds delay{0};    // before the first byte; holds no thread
    std::chrono::milliseconds spread{0};   // the body goes out in pieces that take this long
};

// An HTTP/1.1 server. Requests are read and answers written by one thread; the handler runs on a
// pool, several calls at once, and must not throw. Content-Length, Connection and Date are set
// here.
class Server {
public:
    using Handler = std::function<Answer(const Request&)>;

    // Binds and listens; connections wait until start(). Unavailable when the port is taken.
    static base::Result<std::unique_ptr<Server>> create(ServerOptions options, Handler handler);
    // Stops.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const;
    void start();
    // Takes no more requests, sends what running handlers answer, and joins. Not from a handler.
    void stop();

private:
    class Impl;
    explicit Server(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> impl_;
};

}
