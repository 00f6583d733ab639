#include "net/client/curl_transport.hpp"

#include "fakes/script_server.hpp"

#include <gtest/gtest.h>

#include <map>

namespace net {
namespace {

using fakes::ScriptConnection;
using fakes::ScriptServer;
using std::chrono::milliseconds;

// Far beyond what any of these tests needs; it is there so that none can hang.
constexpr std::chrono::seconds kLong{20};

Exchange get(Transport& transport, const std::string& url,
             ExchangeOptions options = {.timeout = kLong}) {
    return transport.exchange({.method = "GET", .target = url, .headers = {}, .body = {}}, options);
}

Exchange post(Transport& transport, const std::string& url, std::string body,
              ExchangeOptions options = {.timeout = kLong}) {
    return transport.exchange(
        {.method = "POST", .target = url, .headers = {}, .body = std::move(body)}, options);
}

void serve_all(ScriptConnection& connection) {
    while (auto request = connection.read_request()) connection.answer(200, "", *request);
}

TEST(CurlTransport, SendsARequestAndReadsTheAnswer) {
    const ScriptServer server([](ScriptConnection& connection) {
        while (auto request = connection.read_request())
            connection.answer(201, "X-Correlation-Id: abc\r\nX-Empty:\r\n", *request);
    });
    CurlTransport transport({.user_agent = "tester/1"});
    const auto exchange = transport.exchange({.method = "POST",
                                              .target = server.url("/v1/servers?a=b"),
                                              .headers = {{"Authorization", "Bearer t"},
                                                          {"Content-Type", "application/json"},
                                                          {"X-Nothing", ""}},
                                              .body = "{}"},
                                             {.timeout = kLong});
    ASSERT_TRUE(exchange.result.ok()) << exchange.result.error().text();
    const Response& response = *exchange.result;
    EXPECT_EQ(response.status, 201);
    EXPECT_EQ(response.headers.find("x-correlation-id"), "abc");
    EXPECT_EQ(response.headers.find("x-empty"), "");
    EXPECT_TRUE(response.body.starts_with("POST /v1/servers?a=b HTTP/1.1\r\n")) << response.body;
    for (const auto* line :
         {"\r\nAuthorization: Bearer t\r\n", "\r\nContent-Type: application/json\r\n",
          "\r\nX-Nothing:\r\n", "\r\nUser-Agent: tester/1\r\n", "\r\n\r\n{}"}) {
        EXPECT_NE(response.body.find(line), std::string::npos) << line;
    }
    EXPECT_EQ(response.body.find("Expect"), std::string::npos);
    EXPECT_EQ(exchange.info.protocol, "HTTP/1.1");
    EXPECT_FALSE(exchange.info.connection_reused);
    EXPECT_GT(exchange.info.bytes_sent, 100u);
    EXPECT_GT(exchange.info.bytes_received, response.body.size());
}

TEST(CurlTransport, SpeaksEachMethod) {
    const ScriptServer server([](ScriptConnection& connection) {
        while (auto request = connection.read_request()) {
            if (request->starts_with("HEAD")) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
            } else if (request->starts_with("DELETE")) {
                connection.send("HTTP/1.1 204 No Content\r\n\r\n");
            } else {
                connection.answer(200, "", *request);
            }
        }
    });
    CurlTransport transport;
    const auto send = [&](std::string method, std::string body) {
        return transport.exchange({.method = std::move(method),
                                   .target = server.url(),
                                   .headers = {},
                                   .body = std::move(body)},
                                  {.timeout = kLong});
    };
    EXPECT_TRUE(send("PUT", "{}").result->body.starts_with("PUT / HTTP/1.1\r\n"));
    EXPECT_TRUE(send("PATCH", "").result->body.contains("Content-Length: 0\r\n"));
    EXPECT_TRUE(send("POST", "").result->body.contains("Content-Length: 0\r\n"));
    EXPECT_FALSE(send("POST", "").result->body.contains("Content-Type"));
    EXPECT_FALSE(send("GET", "").result->body.contains("Content-Length"));
    EXPECT_EQ(send("DELETE", "").result->status, 204);
    EXPECT_EQ(send("HEAD", "").result->body, "");
    EXPECT_EQ(send("GET", "").info.connection_reused, true);
    EXPECT_EQ(server.connections(), 1);
}

TEST(CurlTransport, UsesAConnectionAgainFromAnyThread) {
    const ScriptServer server(serve_all);
    CurlTransport transport;
    for (int i = 0; i < 5; ++i) {
        const std::jthread thread([&] { EXPECT_TRUE(get(transport, server.url()).result.ok()); });
    }
    EXPECT_EQ(server.connections(), 1);
}

TEST(CurlTransport, BoundsTheConnectionsToAHost) {
    const ScriptServer server(serve_all);
    CurlTransport transport({.max_connections_per_host = 3});
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 20; ++i) {
            threads.emplace_back([&] {
                for (int j = 0; j < 10; ++j) EXPECT_TRUE(get(transport, server.url()).result.ok());
            });
        }
    }
    EXPECT_LE(server.connections(), 3);
}

TEST(CurlTransport, ReadsChunksAndInterimAnswers) {
    const ScriptServer server([](ScriptConnection& connection) {
        connection.read_request();
        connection.send("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Late: 1\r\n\r\n");
        connection.send_slowly("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", milliseconds(1));
    });
    CurlTransport transport;
    const auto exchange = get(transport, server.url());
    ASSERT_TRUE(exchange.result.ok()) << exchange.result.error().text();
    EXPECT_EQ(exchange.result->body, "abcde");
    EXPECT_FALSE(exchange.result->headers.find("X-Early"));
    EXPECT_EQ(exchange.result->headers.find("X-Late"), "1");
}

void expect_failure(const Exchange& exchange, base::Code code, Delivery delivery,
                    std::string_view text) {
    ASSERT_FALSE(exchange.result.ok());
    const base::Error& error = exchange.result.error();
    EXPECT_EQ(base::name_of(error.code()), base::name_of(code)) << error.text();
    EXPECT_EQ(name_of(delivery_of(error)), name_of(delivery)) << error.text();
    EXPECT_NE(error.text().find(text), std::string::npos) << error.text();
}

TEST(CurlTransport, KnowsThatNothingWasSentWithoutAConnection) {
    CurlTransport transport;
    expect_failure(post(transport, fakes::unused_url(), "{}"), base::Code::Unavailable,
                   Delivery::NotSent, "no connection: Connection refused");
    expect_failure(post(transport, "http://name.invalid/", "{}"), base::Code::Unavailable,
                   Delivery::NotSent, "resolve");
    expect_failure(post(transport, "nonsense", "{}"), base::Code::InvalidArgument,
                   Delivery::NotSent, "no usable URL");
}

TEST(CurlTransport, RefusesHeadersThatWouldSmuggle) {
    CurlTransport transport;
    for (const Headers& headers : {Headers{{"A\r\nB", "x"}}, Headers{{"A", "x\r\nB: y"}},
                                   Headers{{"A:", "x"}}, Headers{{"", "x"}}}) {
        expect_failure(
            transport.exchange(
                {.method = "GET", .target = "http://127.0.0.1:1/", .headers = headers, .body = {}},
                {.timeout = kLong}),
            base::Code::InvalidArgument, Delivery::NotSent, "header field");
    }
}

TEST(CurlTransport, DoesNotKnowWhatBecameOfARequestWithoutAnAnswer) {
    const std::map<std::string, ScriptServer::Script> scripts{
        {"closed unread", [](ScriptConnection&) {}},
        {"closed after reading", [](ScriptConnection& connection) { connection.read_request(); }},
        {"half a head",
         [](ScriptConnection& connection) {
             connection.read_request();
             connection.send("HTTP/1.1 201 Crea");
         }},
        {"half a body",
         [](ScriptConnection& connection) {
             connection.read_request();
             connection.send("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"server\"");
         }},
        {"half a chunk",
         [](ScriptConnection& connection) {
             connection.read_request();
             connection.send("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc");
         }},
    };
    for (const auto& [name, script] : scripts) {
        SCOPED_TRACE(name);
        const ScriptServer server(script);
        CurlTransport transport;
        expect_failure(post(transport, server.url(), "{}"), base::Code::Unavailable,
                       Delivery::Unknown, "no complete answer");
        EXPECT_EQ(server.connections(), 1);
    }
}

TEST(CurlTransport, SaysThatAnAnswerIsNotHttp) {
    for (const auto* bytes :
         {"what is this\r\n\r\n", "HTTP/7.1 200 OK\r\n\r\n", "\x01\x02\x03\x04\x05\x06\r\n"}) {
        const ScriptServer server([&](ScriptConnection& connection) {
            connection.read_request();
            connection.send(bytes);
        });
        CurlTransport transport;
        expect_failure(post(transport, server.url(), "{}"), base::Code::DataLoss, Delivery::Unknown,
                       "the answer is not HTTP");
    }
}

// libcurl would send such a request a second time on a new connection.
TEST(CurlTransport, NeverSendsTwiceByItself) {
    std::atomic<int> requests = 0;
    const ScriptServer server([&](ScriptConnection& connection) {
        if (!connection.read_request()) return;
        ++requests;
        connection.answer(200, "", "first");
        if (connection.read_request()) ++requests;   // done there, but not answered
    });
    CurlTransport transport;
    for (const auto* body : {"{}", ""}) {
        requests = 0;
        ASSERT_TRUE(get(transport, server.url()).result.ok());
        expect_failure(post(transport, server.url(), body), base::Code::Unavailable,
                       Delivery::Unknown, "closed before an answer");
        EXPECT_EQ(requests, 2);
    }
}

TEST(CurlTransport, GivesUpInTime) {
    const ScriptServer server([](ScriptConnection& connection) {
        connection.read_request();
        connection.hang();
    });
    CurlTransport transport;
    expect_failure(post(transport, server.url(), "{}", {.timeout = milliseconds(50)}),
                   base::Code::DeadlineExceeded, Delivery::Unknown, "no answer in time");
}

TEST(CurlTransport, GivesUpInTimeOnAnAnswerThatTrickles) {
    const ScriptServer server([](ScriptConnection& connection) {
        connection.read_request();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        connection.send_slowly(std::string(2000, 'x'), milliseconds(5));
    });
    CurlTransport transport;
    const auto exchange = get(transport, server.url(), {.timeout = milliseconds(80)});
    expect_failure(exchange, base::Code::DeadlineExceeded, Delivery::Unknown, "no answer in time");
}

TEST(CurlTransport, StopsAtOnce) {
    std::atomic<bool> arrived = false;
    std::atomic<bool> closed = false;
    const ScriptServer server([&](ScriptConnection& connection) {
        connection.read_request();
        arrived = true;
        connection.hang();
        closed = true;
    });
    CurlTransport transport;
    std::stop_source stop;
    {
        const std::jthread caller([&] {
            expect_failure(
                post(transport, server.url(), "{}", {.timeout = kLong, .stop = stop.get_token()}),
                base::Code::Cancelled, Delivery::Unknown, "stopped while waiting");
        });
        while (!arrived) std::this_thread::yield();
        stop.request_stop();
    }
    // The connection is broken off as well.
    while (!closed) std::this_thread::yield();
    expect_failure(
        post(transport, server.url(), "{}", {.timeout = kLong, .stop = stop.get_token()}),
        base::Code::Cancelled, Delivery::NotSent, "stopped before it was sent");
}

TEST(CurlTransport, BreaksOffWhatIsUnderWayWhenItGoes) {
    std::atomic<bool> arrived = false;
    const ScriptServer server([&](ScriptConnection& connection) {
        connection.read_request();
        arrived = true;
        connection.hang();
    });
    auto transport = std::make_unique<CurlTransport>();
    const std::jthread caller([&, borrowed = transport.get()] {
        expect_failure(post(*borrowed, server.url(), "{}"), base::Code::Cancelled,
                       Delivery::Unknown, "stopped");
    });
    while (!arrived) std::this_thread::yield();
    transport.reset();
}

TEST(CurlTransport, BoundsTheAnswer) {
    const ScriptServer server([&](ScriptConnection& connection) {
        const auto request = connection.read_request();
        if (request && request->contains("/head")) {
            std::string head = "HTTP/1.1 200 OK\r\n";
            for (int i = 0; i < 300; ++i) head += "X-Field: " + std::string(1000, 'x') + "\r\n";
            connection.send(head + "\r\n");
        } else {
            connection.send("HTTP/1.1 200 OK\r\n\r\n" + std::string(5000, 'x'));
        }
    });
    CurlTransport transport;
    expect_failure(get(transport, server.url("/head")), base::Code::Exhausted, Delivery::Unknown,
                   "the head of the answer is larger than 256.0 KiB");
    expect_failure(get(transport, server.url(), {.timeout = kLong, .max_response_bytes = 4096}),
                   base::Code::Exhausted, Delivery::Unknown, "the answer is larger than 4.0 KiB");
    const auto whole = get(transport, server.url(), {.timeout = kLong, .max_response_bytes = 5000});
    EXPECT_TRUE(whole.result.ok());
}

TEST(CurlTransport, FollowsNoRedirect) {
    const ScriptServer server([](ScriptConnection& connection) {
        while (connection.read_request()) connection.answer(302, "Location: /elsewhere\r\n", "");
    });
    CurlTransport transport;
    EXPECT_EQ(get(transport, server.url()).result->status, 302);
}

TEST(CurlTransport, GoesThroughAProxy) {
    const ScriptServer proxy([](ScriptConnection& connection) {
        while (const auto request = connection.read_request()) {
            if (request->starts_with("CONNECT")) {
                connection.answer(403, "", "no");
            } else {
                connection.answer(200, "", *request);
            }
        }
    });
    CurlTransport transport(
        {.proxy = {.http = proxy.url(), .https = proxy.url(), .no_proxy = "127.0.0.1"}});
    const auto plain = get(transport, "http://name.invalid/a");
    ASSERT_TRUE(plain.result.ok()) << plain.result.error().text();
    EXPECT_TRUE(plain.result->body.starts_with("GET http://name.invalid/a HTTP/1.1\r\n"));
    const ScriptServer direct(serve_all);
    EXPECT_TRUE(get(transport, direct.url("/b")).result->body.starts_with("GET /b HTTP/1.1\r\n"));
    // A tunnel that is refused carried nothing.
    expect_failure(post(transport, "https://name.invalid/", "{}"), base::Code::Unavailable,
                   Delivery::NotSent, "403");
}

TEST(TransportOptions, FollowTheEnvironmentAsCurlDoes) {
    TransportOptions options;
    const std::map<std::string, std::string> variables{
        {"HTTP_PROXY", "http://cgi/"}, {"HTTPS_PROXY", "http://upper/"},
        {"ALL_PROXY", "http://all/"},  {"https_proxy", "http://lower/"},
        {"NO_PROXY", "localhost"},     {"SSL_CERT_FILE", "/ca.pem"}};
    read_environment(options, [&](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
    });
    EXPECT_EQ(options.proxy.http, "http://all/");
    EXPECT_EQ(options.proxy.https, "http://lower/");
    EXPECT_EQ(options.proxy.no_proxy, "localhost");
    EXPECT_EQ(options.ca_file, "/ca.pem");
}

}
}
