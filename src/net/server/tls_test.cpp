#include "fakes/raw_http.hpp"
#include "fakes/tls_layer.hpp"
#include "net/client/curl_transport.hpp"
#include "net/server/server.hpp"

#include <gtest/gtest.h>

#include <atomic>

// A layer between connections and HTTP, proven with TLS and the product's own client.
namespace net {
namespace {

constexpr std::chrono::seconds kLong{20};   // so that nothing hangs

class ServerTls : public testing::Test {
protected:
    void SetUp() override {
        folder_ = base::make_temporary_directory("tls").value();
        ca_file_ = base::join_path(folder_, "ca.pem");
        ASSERT_TRUE(base::write_file_atomic(ca_file_, authority_.pem()).ok());
    }
    void TearDown() override { (void)base::remove_tree(folder_); }

    std::unique_ptr<Server> serve(Server::Handler handler) {
        auto server = Server::create({.layer = layers_.factory()}, std::move(handler));
        EXPECT_TRUE(server.ok());
        (*server)->start();
        return std::move(server).value();
    }
    base::Result<Response> ask(CurlTransport& transport, const Server& server, std::string body) {
        return transport
            .exchange({.method = "POST",
                       .target = "https://localhost:" + std::to_string(server.port()) + "/a",
                       .headers = {},
                       .body = std::move(body)},
                      {.timeout = kLong})
            .result;
    }

    fakes::Certificate authority_{{}, nullptr};
    fakes::Certificate certificate_{{.host = "localhost"}, &authority_};
    fakes::TlsLayers layers_{certificate_};
    std::string folder_;
    std::string ca_file_;
};

TEST_F(ServerTls, ServesRequestsOfAnySizeOnOneConnection) {
    std::atomic<int> requests{0};
    const auto server = serve([&](const Request& request, const RequestContext&) -> Answer {
        ++requests;
        return Response{.status = 200, .headers = {}, .body = request.body + request.body};
    });
    CurlTransport transport({.ca_file = ca_file_});
    for (const std::size_t size : {0UL, 1UL, 16'383UL, 16'384UL, 16'385UL, 500'000UL}) {
        const auto response = ask(transport, *server, std::string(size, 'x'));
        ASSERT_TRUE(response.ok()) << response.error().text();
        EXPECT_EQ(response->body, std::string(2 * size, 'x'));
    }
    EXPECT_EQ(requests, 6);
}

TEST_F(ServerTls, StreamsAndStops) {
    const auto server = serve([](const Request&, const RequestContext&) {
        return stream_events([](StreamWriter& writer) {
            for (int i = 0; i < 300; ++i) writer.send({.data = std::string(1000, 'x')});
        });
    });
    CurlTransport transport({.ca_file = ca_file_});
    const auto response = ask(transport, *server, "");
    ASSERT_TRUE(response.ok()) << response.error().text();
    EXPECT_EQ(response->body.size(), 300U * 1008);
}

TEST_F(ServerTls, ClosesAConnectionThatDoesNotSpeakIt) {
    const auto server =
        serve([](const Request&, const RequestContext&) -> Answer { return Response{}; });
    const std::string answer = fakes::get(server->port(), "/");
    EXPECT_FALSE(answer.contains("HTTP/1.1")) << answer;
    CurlTransport transport({.ca_file = ca_file_});
    EXPECT_TRUE(ask(transport, *server, "").ok()) << "others are served";
}

}
}
