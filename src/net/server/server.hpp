#pragma once

#include "base/result.hpp"
#include "net/server/answer.hpp"
#include "net/server/connection_layer.hpp"
#include "net/server/context.hpp"
#include "net/server/request_record.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace net {

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;               // 0: one that is free
    std::size_t threads = 8;              // that run the handler
    std::size_t max_queued = 1024;        // requests that wait for a thread; beyond: 503
    std::size_t max_connections = 1024;   // beyond: accepted and closed at once
    std::size_t max_streams = 64;         // answers that stream at once; beyond: 503
    std::size_t max_header_bytes = std::size_t{32} << 10;              // beyond: 431
    std::size_t max_body_bytes = std::size_t{1} << 20;                 // beyond: 413
    std::chrono::milliseconds idle_time{std::chrono::seconds{60}};     // between requests
    std::chrono::milliseconds read_time{std::chrono::seconds{30}};     // for a whole request
    std::chrono::milliseconds handle_time{std::chrono::seconds{60}};   // the context's deadline
    std::chrono::milliseconds write_time{std::chrono::seconds{30}};    // for a part of an answer
    LayerFactory layer;   // null: none, connections are plain
    RequestLog log;       // null: none
};

// An HTTP/1.1 server. Requests are read and answers written by one thread; the handler runs on a
// pool, several calls at once. An exception that escapes one is told as an internal error in the
// log and answered with 500. Content-Length, Connection and Date are set here.
class Server {
public:
    using Handler = std::function<Answer(const Request&, const RequestContext&)>;

    // Binds and listens; connections wait until start(). Unavailable when the port is taken.
    static base::Result<std::unique_ptr<Server>> create(ServerOptions options, Handler handler);
    // Stops.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const;
    void start();
    // Takes no more requests, asks handlers and streams to stop, sends what they still answer, and
    // joins. Not from a handler.
    void stop();

private:
    class Impl;
    explicit Server(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> impl_;
};

}
