#include "net/server/server.hpp"

#include "fakes/raw_http.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

#include <unistd.h>

namespace net {
namespace {

using fakes::body_of;
using fakes::connect_to;
using fakes::converse;

std::unique_ptr<Server> serve(Server::Handler handler, ServerOptions options = {}) {
    auto server = Server::create(std::move(options), std::move(handler));
    EXPECT_TRUE(server.ok());
    (*server)->start();
    return std::move(server).value();
}

Answer echo(const Request& request, const RequestContext&) {
    return Response{
        .status = 201,
        .headers = {{"X-Seen", std::string(request.headers.find("X-Sent").value_or("-"))}},
        .body = request.method + " " + request.target + " " + request.body};
}

TEST(Server, HandsOverARequestAndSendsTheAnswer) {
    const auto server = serve(echo);
    const std::string answer =
        converse(server->port(), "POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Sent: yes\r\n"
                                 "Content-Length: 3\r\nConnection: close\r\n\r\nabc");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 201 Created\r\n")) << answer;
    EXPECT_NE(answer.find("X-Seen: yes\r\n"), std::string::npos);
    EXPECT_EQ(body_of(answer), "POST /a?b=c abc");
}

TEST(Server, KeepsTheConnectionForFurtherRequests) {
    const auto server = serve(echo);
    const std::string answer =
        converse(server->port(), "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n"
                                 "Connection: close\r\n\r\n");
    EXPECT_NE(answer.find("GET /1 "), std::string::npos);
    EXPECT_TRUE(answer.ends_with("GET /2 "));
}

TEST(Server, WaitsForABodyThatNeedsAskingFor) {
    const auto server = serve(echo);
    const std::string answer =
        converse(server->port(), "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                                 "Content-Length: 2\r\nConnection: close\r\n\r\nhi");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201")) << answer;
}

TEST(Server, ReadsABodyInChunks) {
    const auto server = serve(echo);
    const std::string answer =
        converse(server->port(), "PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                                 "Connection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    EXPECT_EQ(body_of(answer), "PUT /x abcde");
}

TEST(Server, SendsNoBodyWith204AndToHead) {
    const auto server = serve([](const Request& request, const RequestContext&) -> Answer {
        return Response{
            .status = request.method == "HEAD" ? 200 : 204, .headers = {}, .body = "text"};
    });
    const std::string none =
        converse(server->port(), "DELETE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(none.find("Content-Length"), std::string::npos);
    EXPECT_EQ(body_of(none), "");
    const std::string head =
        converse(server->port(), "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_NE(head.find("Content-Length: 4"), std::string::npos);
    EXPECT_EQ(body_of(head), "");
}

TEST(Server, RefusesWhatIsTooLargeOrNoRequest) {
    const auto server = serve(echo, {.max_header_bytes = 512, .max_body_bytes = 10});
    const std::string head =
        converse(server->port(), "GET / HTTP/1.1\r\nX: " + std::string(1000, 'x') + "\r\n\r\n");
    EXPECT_TRUE(head.starts_with("HTTP/1.1 431 ")) << head;
    const std::string body =
        converse(server->port(), "POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\nhello world");
    EXPECT_TRUE(body.starts_with("HTTP/1.1 413 ")) << body;
    const std::string noise = converse(server->port(), "what is this\r\n\r\n");
    EXPECT_TRUE(noise.starts_with("HTTP/1.1 400 ")) << noise;
}

TEST(Server, LetsAFilterDecideWhatGoesOut) {
    const auto server = serve([](const Request& request, const RequestContext&) -> Answer {
        Answer answer{Response{.status = 200, .headers = {}, .body = "abcdef"}};
        if (request.target == "/drop") {
            answer.filter = [](std::string, std::string) {
                return Transmission{.parts = {}, .keeps_open = false};
            };
        } else if (request.target == "/raw") {
            answer.filter = [](std::string, std::string) {
                return Transmission{.parts = {{.bytes = "no HTTP at all"}}, .keeps_open = false};
            };
        } else {
            answer.filter = [](std::string head, std::string body) {
                Transmission out;
                out.parts.push_back({std::move(head), std::chrono::milliseconds(2)});
                for (const char c : body) {
                    out.parts.push_back({std::string(1, c), std::chrono::milliseconds(1)});
                }
                return out;
            };
        }
        return answer;
    });
    EXPECT_EQ(converse(server->port(), "GET /drop HTTP/1.1\r\nHost: x\r\n\r\n"), "");
    EXPECT_EQ(converse(server->port(), "GET /raw HTTP/1.1\r\nHost: x\r\n\r\n"), "no HTTP at all");
    const std::string slow =
        converse(server->port(), "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"
                                 "GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_NE(slow.find("\r\n\r\nabcdefHTTP/1.1 200"), std::string::npos) << slow;
    EXPECT_TRUE(slow.ends_with("\r\n\r\nabcdef"));
}

TEST(Server, RunsHandlersAtTheSameTimeAndRefusesBeyondTheQueue) {
    std::atomic<int> running{0};
    std::atomic<bool> go{false};
    const auto server = serve(
        [&](const Request&, const RequestContext&) -> Answer {
            ++running;
            while (!go) std::this_thread::yield();
            return Response{};
        },
        {.threads = 2, .max_queued = 1});
    std::vector<std::string> answers(4);
    std::atomic<int> answered{0};
    const auto ask = [&](std::string& answer) {
        answer = converse(server->port(), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        ++answered;
    };
    {
        std::vector<std::jthread> clients;
        // One after the other: both at once could be one too many for the queue.
        for (int i = 0; i < 2; ++i) {
            clients.emplace_back([&, i] { ask(answers[std::size_t(i)]); });
            while (running <= i) std::this_thread::yield();
        }
        // Two run. Of two more one waits and one is refused, whichever comes first.
        clients.emplace_back([&] { ask(answers[2]); });
        clients.emplace_back([&] { ask(answers[3]); });
        while (answered == 0) std::this_thread::yield();
        go = true;
    }
    int refused = 0;
    for (const std::string& answer : answers) refused += answer.starts_with("HTTP/1.1 503") ? 1 : 0;
    EXPECT_EQ(refused, 1);
    EXPECT_EQ(running, 3);
}

TEST(Server, StopsWithIdleConnectionsAndSendsTheLastAnswer) {
    std::atomic<bool> entered{false};
    std::atomic<bool> go{false};
    auto server = serve([&](const Request&, const RequestContext&) -> Answer {
        entered = true;
        while (!go) std::this_thread::yield();
        return Response{.status = 200, .headers = {}, .body = "last"};
    });
    const base::FileDescriptor idle = connect_to(server->port());
    std::string answer;
    {
        std::jthread client(
            [&] { answer = converse(server->port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); });
        while (!entered) std::this_thread::yield();
        std::jthread stopper([&] { server->stop(); });
        go = true;
    }
    EXPECT_EQ(body_of(answer), "last");
    std::array<char, 1> byte;
    EXPECT_LE(::read(idle.get(), byte.data(), 1), 0);
}

TEST(Server, SaysWhichPortIsTaken) {
    const auto server = serve(echo);
    const auto second = Server::create({.port = server->port()}, echo);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().text(),
              fmt::format("listening at 127.0.0.1:{}: Address already in use", server->port()));
}

}
}
