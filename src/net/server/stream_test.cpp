#include "fakes/raw_http.hpp"
#include "net/server/server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

// Answers that stream.
namespace net {
namespace {

using fakes::body_of;
using fakes::connect_to;
using fakes::get;
using fakes::read_until;

std::unique_ptr<Server> serve(Server::Handler handler, ServerOptions options = {}) {
    auto server = Server::create(std::move(options), std::move(handler));
    EXPECT_TRUE(server.ok());
    (*server)->start();
    return std::move(server).value();
}

void wait_for(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait(lock, stop, [] { return false; });
}

// A stream that says one event and then waits to be stopped.
Server::Handler wait_for_stop(std::atomic<int>& ended) {
    return [&](const Request&, const RequestContext&) {
        return stream_events([&](StreamWriter& writer) {
            EXPECT_TRUE(writer.send({.data = "begun"}));
            wait_for(writer.stop());
            EXPECT_FALSE(writer.send({.data = "too late"}));
            ++ended;
        });
    };
}

base::FileDescriptor begin(const Server& server) {
    base::FileDescriptor socket = connect_to(server.port());
    EXPECT_TRUE(base::write_all(socket.get(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n").ok());
    const std::string begun = read_until(socket, "data: begun\n\n");
    EXPECT_TRUE(begun.starts_with("HTTP/1.1 200 OK\r\n")) << begun;
    EXPECT_NE(begun.find("Content-Type: text/event-stream\r\n"), std::string::npos) << begun;
    return socket;
}

TEST(Stream, WritesEventsAsTheStandardHasThem) {
    EXPECT_EQ(format_event({.data = "one"}), "data: one\n\n");
    EXPECT_EQ(format_event({.data = "one\ntwo\r\nthree\r", .type = "step", .id = "7"}),
              "id: 7\nevent: step\ndata: one\ndata: two\ndata: three\ndata: \n\n");
    EXPECT_EQ(format_event({.data = "", .type = "a\nb: c", .id = "x\ry"}),
              "id: xy\nevent: ab: c\ndata: \n\n");
}

TEST(Stream, TellsALengthThatIsKnown) {
    const auto server = serve([](const Request& request, const RequestContext&) {
        Answer answer = stream_bytes("text/plain", [cut = request.target == "/cut"](auto& writer) {
            EXPECT_TRUE(writer.write("hello "));
            if (!cut) EXPECT_TRUE(writer.write("world"));
        });
        answer.stream_length = 11;
        return answer;
    });
    const std::string answer = get(server->port(), "/");
    EXPECT_NE(answer.find("Content-Length: 11\r\n"), std::string::npos) << answer;
    EXPECT_EQ(answer.find("Transfer-Encoding"), std::string::npos) << answer;
    EXPECT_EQ(body_of(answer), "hello world");
    const std::string cut = get(server->port(), "/cut");
    EXPECT_NE(cut.find("Content-Length: 11\r\n"), std::string::npos) << cut;
    EXPECT_EQ(body_of(cut), "hello ") << "and it is seen to be too little";
    const std::string head =
        fakes::converse(server->port(), "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_NE(head.find("Content-Length: 11\r\n"), std::string::npos) << head;
    EXPECT_EQ(body_of(head), "");
}

TEST(Stream, SendsWhatIsWrittenInChunksAndThenTheEnd) {
    const auto server = serve([](const Request&, const RequestContext&) {
        return stream_bytes("text/plain", [](StreamWriter& writer) {
            EXPECT_TRUE(writer.write("hello "));
            EXPECT_TRUE(writer.write(""));
            EXPECT_TRUE(writer.write("world"));
        });
    });
    const std::string answer = get(server->port(), "/");
    EXPECT_NE(answer.find("Transfer-Encoding: chunked\r\n"), std::string::npos) << answer;
    EXPECT_EQ(answer.find("Content-Length"), std::string::npos) << answer;
    EXPECT_EQ(body_of(answer), "6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n");
    const std::string old = fakes::converse(server->port(), "GET / HTTP/1.0\r\n\r\n");
    EXPECT_EQ(body_of(old), "hello world");
    const std::string head =
        fakes::converse(server->port(), "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(body_of(head), "");
}

TEST(Stream, WaitsForAPeerThatIsSlow) {
    constexpr std::size_t kPiece = 64 * 1024;
    constexpr std::size_t kPieces = 400;   // 25 MiB: more than sockets and the queue hold
    std::atomic<std::size_t> written{0};
    const auto server = serve([&](const Request&, const RequestContext&) {
        return stream_bytes("text/plain", [&](StreamWriter& writer) {
            const std::string piece(kPiece, 'x');
            for (std::size_t i = 0; i < kPieces && writer.write(piece); ++i) ++written;
        });
    });
    const base::FileDescriptor socket = connect_to(server->port());
    ASSERT_TRUE(base::write_all(socket.get(), "GET / HTTP/1.0\r\n\r\n").ok());
    (void)read_until(socket, "\r\n\r\n");
    EXPECT_LT(written, kPieces);
    const auto rest = base::read_all(socket.get(), "the server");
    ASSERT_TRUE(rest.ok());
    EXPECT_EQ(rest->size(), kPiece * kPieces);
}

TEST(Stream, EndsWhenTheServerStops) {
    std::atomic<int> ended{0};
    auto server = serve(wait_for_stop(ended));
    const base::FileDescriptor first = begin(*server);
    const base::FileDescriptor second = begin(*server);
    server->stop();
    EXPECT_EQ(ended, 2);
    EXPECT_EQ(read_until(first, "never"), "\r\n0\r\n\r\n");
}

TEST(Stream, EndsWhenThePeerHasGone) {
    std::atomic<int> ended{0};
    const auto server = serve(wait_for_stop(ended));
    begin(*server).close();
    while (ended == 0) std::this_thread::yield();
}

TEST(Stream, HasABoundOnHowManyThereAre) {
    std::atomic<int> ended{0};
    const auto server = serve(wait_for_stop(ended), {.max_streams = 1});
    base::FileDescriptor first = begin(*server);
    const std::string refused = get(server->port(), "/");
    EXPECT_TRUE(refused.starts_with("HTTP/1.1 503 ")) << refused;
    EXPECT_EQ(body_of(refused), "too many streams are open\n");
    first.close();
    // Its place is free once it has ended; when that is seen is the server's matter.
    for (;;) {
        const base::FileDescriptor socket = connect_to(server->port());
        ASSERT_TRUE(base::write_all(socket.get(), "GET / HTTP/1.1\r\nHost: x\r\n"
                                                  "Connection: close\r\n\r\n")
                        .ok());
        if (read_until(socket, "begun\n\n").starts_with("HTTP/1.1 200")) break;
        std::this_thread::yield();
    }
}

TEST(Stream, IsSeenToBeCutShortWhenItsFunctionFails) {
    const auto server = serve([](const Request&, const RequestContext&) {
        return stream_bytes("text/plain", [](StreamWriter& writer) {
            writer.write("half");
            throw std::runtime_error("no more");
        });
    });
    EXPECT_EQ(body_of(get(server->port(), "/")), "4\r\nhalf\r\n");
    EXPECT_EQ(body_of(get(server->port(), "/")), "4\r\nhalf\r\n") << "the service lives on";
}

TEST(Stream, KeepsARecordWhenItEnds) {
    std::atomic<int> status{0};
    std::atomic<std::uint64_t> bytes{0};
    {
        const auto server = serve(
            [](const Request&, const RequestContext&) {
                return stream_events([](StreamWriter& writer) { writer.send({.data = "x"}); });
            },
            {.log = [&](const RequestRecord& record) {
                status = record.status;
                bytes = record.bytes;
            }});
        const std::string answer = get(server->port(), "/events");
        EXPECT_NE(answer.find("data: x\n\n"), std::string::npos);
    }
    EXPECT_EQ(status, 200);
    EXPECT_GT(bytes, 20U);
}

}
}
