#include "net/client/client.hpp"
#include "net/client/curl_transport.hpp"

#include "fakes/http2.hpp"
#include "fakes/tls.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

namespace net {
namespace {

using fakes::Certificate;
using fakes::Http2Connection;
using fakes::Http2Request;
using fakes::ScriptConnection;
using fakes::ScriptServer;
using fakes::TlsAcceptor;

// Far beyond what any of these tests needs; it is there so that none can hang.
constexpr std::chrono::seconds kLong{20};

// A server that speaks HTTP/2 over TLS, and a transport that trusts it.
class Http2 : public testing::Test {
protected:
    void serve(std::function<void(Http2Connection&)> script, std::uint32_t max_streams = 1000) {
        folder_ = base::make_temporary_directory("http2").value();
        const std::string ca_file = base::join_path(folder_, "ca.pem");
        ASSERT_TRUE(base::write_file_atomic(ca_file, authority_.pem()).ok());
        server_ = std::make_unique<ScriptServer>(
            [script = std::move(script), max_streams](ScriptConnection& raw) {
                Http2Connection connection(raw, max_streams);
                script(connection);
            },
            acceptor_.open());
        transport_ = std::make_unique<CurlTransport>(TransportOptions{.ca_file = ca_file});
    }
    void TearDown() override {
        transport_.reset();
        server_.reset();
        (void)base::remove_tree(folder_);
    }

    Request request(std::string method, const std::string& path, std::string body = "") const {
        return {.method = std::move(method),
                .target = "https://localhost:" + std::to_string(server_->port()) + path,
                .headers = {},
                .body = std::move(body)};
    }
    Exchange get(const std::string& path) {
        return transport_->exchange(request("GET", path), {.timeout = kLong});
    }
    Exchange post(const std::string& path) {
        return transport_->exchange(request("POST", path, "{}"), {.timeout = kLong});
    }
    void expect_failure(const Exchange& exchange, Delivery delivery, std::string_view text) {
        ASSERT_FALSE(exchange.result.ok());
        const base::Error& error = exchange.result.error();
        EXPECT_EQ(name_of(delivery_of(error)), name_of(delivery)) << error.text();
        EXPECT_TRUE(is_transient(error)) << error.text();
        EXPECT_TRUE(error.text().starts_with(text)) << error.text();
    }

    Certificate authority_{{}, nullptr};
    Certificate certificate_{{.host = "localhost"}, &authority_};
    TlsAcceptor acceptor_{certificate_, "h2"};
    std::string folder_;
    std::unique_ptr<ScriptServer> server_;
    std::unique_ptr<CurlTransport> transport_;
};

TEST_F(Http2, IsSpokenWhenTheServerDoes) {
    serve([](Http2Connection& connection) {
        while (const auto request = connection.read_request())
            connection.answer(request->stream,
                              request->method + " " + request->path + " " + request->body);
    });
    const auto exchange = post("/v1/servers");
    ASSERT_TRUE(exchange.result.ok()) << exchange.result.error().text();
    EXPECT_EQ(exchange.result->body, "POST /v1/servers {}");
    EXPECT_EQ(exchange.info.protocol, "HTTP/2");
    EXPECT_TRUE(get("/").info.connection_reused);
}

// The server answers none before it has them all, and the last one first: they can only be under
// way together, on the one connection.
TEST_F(Http2, CarriesManyCallsOverOneConnection) {
    constexpr std::size_t kCalls = 40;
    serve([](Http2Connection& connection) {
        while (const auto first = connection.read_request()) {
            if (first->path == "/first") {
                connection.answer(first->stream, "");
                continue;
            }
            std::vector<Http2Request> all{*first};
            while (all.size() < kCalls) {
                const auto next = connection.read_request();
                if (!next) return;
                all.push_back(*next);
            }
            std::ranges::reverse(all);
            for (const Http2Request& request : all) connection.answer(request.stream, request.path);
        }
    });
    ASSERT_TRUE(get("/first").result.ok());
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < kCalls; ++i) {
            threads.emplace_back([&, path = "/" + std::to_string(i)] {
                const auto exchange = get(path);
                ASSERT_TRUE(exchange.result.ok()) << exchange.result.error().text();
                EXPECT_EQ(exchange.result->body, path);
            });
        }
    }
    EXPECT_EQ(server_->connections(), 1);
}

TEST_F(Http2, BreaksOffOneCallAndLetsTheOthersGoOn) {
    for (const bool is_begun : {false, true}) {
        serve([&](Http2Connection& connection) {
            std::optional<Http2Request> slow;
            std::optional<Http2Request> last;
            while (const auto request = connection.read_request()) {
                if (request->path == "/slow") {
                    slow = request;
                } else if (request->path == "/last") {
                    last = request;
                } else if (request->path == "/bad") {
                    if (is_begun) connection.begin_answer(request->stream, "{\"server\":");
                    connection.reset(request->stream, NGHTTP2_INTERNAL_ERROR);
                } else {
                    connection.answer(request->stream, "ok");
                }
                if (slow && last) {
                    connection.answer(slow->stream, "slow");
                    connection.answer(last->stream, "last");
                }
            }
        });
        ASSERT_TRUE(get("/first").result.ok());
        {
            const std::jthread slow([&] { EXPECT_EQ(get("/slow").result->body, "slow"); });
            expect_failure(post("/bad"), Delivery::Unknown, "the server broke this request off: ");
            EXPECT_TRUE(get("/last").result.ok());
        }
        EXPECT_EQ(server_->connections(), 1);
        TearDown();
    }
}

TEST_F(Http2, DoesNotKnowWhatBecameOfCallsOnALostConnection) {
    serve([](Http2Connection& connection) {
        while (const auto request = connection.read_request()) {
            if (request->path == "/drop") return;
            connection.answer(request->stream, "ok");
        }
    });
    expect_failure(post("/drop"), Delivery::Unknown, "no complete answer: ");
    ASSERT_TRUE(get("/").result.ok());
    expect_failure(post("/drop"), Delivery::Unknown, "no complete answer: ");
}

// A refused stream was not looked at, but the library does not say so of every one: a create is
// not sent again, and a read is.
TEST_F(Http2, AsksAgainForARefusedReadOnly) {
    std::atomic<int> refused = 0;
    serve([&](Http2Connection& connection) {
        while (const auto request = connection.read_request()) {
            if (request->path == "/refused" && ++refused % 2 == 1) {
                connection.reset(request->stream, NGHTTP2_REFUSED_STREAM);
            } else {
                connection.answer(request->stream, "ok");
            }
        }
    });
    expect_failure(post("/refused"), Delivery::Unknown,
                   "the connection was closed before an answer came");
    EXPECT_EQ(refused, 1);
    refused = 0;
    Client client(*transport_, {.first_pause = std::chrono::milliseconds(1)});
    const auto read = client.send(request("GET", "/refused"), {.timeout = kLong});
    ASSERT_TRUE(read.ok()) << read.error().text();
    EXPECT_EQ(refused, 2);
}

TEST_F(Http2, GoesToANewConnectionAfterAGoaway) {
    std::atomic<int> creates = 0;
    serve([&](Http2Connection& connection) {
        while (const auto request = connection.read_request()) {
            if (request->method == "POST") ++creates;
            if (request->path == "/leave") connection.go_away(request->stream);
            if (request->path == "/never") {
                connection.go_away(request->stream - 2);
                continue;
            }
            connection.answer(request->stream, "ok");
        }
    });
    // The stream that the farewell names is still answered.
    ASSERT_TRUE(post("/leave").result.ok());
    ASSERT_TRUE(post("/after").result.ok());
    EXPECT_EQ(server_->connections(), 2);
    EXPECT_EQ(creates, 2);
    // One beyond what it names was not looked at.
    expect_failure(post("/never"), Delivery::Unknown, "no complete answer: ");
    ASSERT_TRUE(post("/after").result.ok());
    EXPECT_EQ(creates, 4);
}

TEST_F(Http2, ManagesWithFewStreams) {
    serve(
        [](Http2Connection& connection) {
            while (const auto request = connection.read_request())
                connection.answer(request->stream, "ok");
        },
        2);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 30; ++i) threads.emplace_back([&] { EXPECT_TRUE(get("/x").result.ok()); });
}

TEST(Http2Not, CarriesWhatMayNotBeRepeated) {
    const Certificate certificate({.host = "localhost"}, nullptr);
    const std::string folder = base::make_temporary_directory("http2").value();
    const std::string ca_file = base::join_path(folder, "ca.pem");
    ASSERT_TRUE(base::write_file_atomic(ca_file, certificate.pem()).ok());
    TlsAcceptor acceptor(certificate, "h2");
    const ScriptServer server(
        [](ScriptConnection& connection) {
            while (const auto request = connection.read_request())
                connection.answer(201, "", *request);
        },
        acceptor.open());
    CurlTransport transport({.ca_file = ca_file});
    const auto exchange = transport.exchange(
        {.method = "POST",
         .target = "https://localhost:" + std::to_string(server.port()) + "/v1/servers",
         .headers = {},
         .body = "{}"},
        {.timeout = kLong, .is_repeatable = false});
    ASSERT_TRUE(exchange.result.ok()) << exchange.result.error().text();
    EXPECT_TRUE(exchange.result->body.starts_with("POST /v1/servers HTTP/1.1\r\n"));
    EXPECT_EQ(exchange.info.protocol, "HTTP/1.1");
    (void)base::remove_tree(folder);
}

}
}
