#include "net/client/curl_transport.hpp"
#include "net/server/server.hpp"
#include "providers/local/supervisor/health.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include <poll.h>

namespace providers::local {
namespace {

void wait_for(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait(lock, stop, [] { return false; });
}

// What is checked: says the status that its path names, or hangs before or behind its head.
net::Answer answer(const net::Request& request, const net::RequestContext& context) {
    if (request.target == "/silent") {
        wait_for(context.stop);
        return net::Response{};
    }
    if (request.target == "/endless") {
        return net::stream_bytes("text/plain", [](net::StreamWriter& writer) {
            (void)writer.write("hello");
            wait_for(writer.stop());
        });
    }
    if (request.target == "/large") {
        return net::Response{.status = 200, .headers = {}, .body = std::string(1 << 20, 'x')};
    }
    return net::Response{.status = std::stoi(request.target.substr(1)), .headers = {}, .body = {}};
}

class ProbeTest : public ::testing::Test {
protected:
    void SetUp() override {
        server_ = net::Server::create({.threads = 2, .layer = {}, .log = {}}, answer).value();
        server_->start();
    }

    Health http(std::string path, std::chrono::milliseconds timeout = std::chrono::seconds{20}) {
        Health out;
        out.kind = Health::Kind::Http;
        out.port = server_->port();
        out.path = std::move(path);
        out.timeout = timeout;
        return out;
    }

    // As the supervisor does it; "healthy", or why not.
    std::string check(const Health& health) {
        Probe probe(health, {}, transport_);
        for (;;) {
            const auto result = probe.step();
            if (result) return *result ? "healthy" : probe.reason();
            pollfd waiting{.fd = probe.fd(), .events = probe.events(), .revents = 0};
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(probe.deadline() -
                                                                           Probe::Clock::now());
            ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
        }
    }

    std::unique_ptr<net::Server> server_;
    net::CurlTransport transport_;
};

TEST_F(ProbeTest, OverHttpLooksAtTheStatus) {
    EXPECT_EQ(check(http("/200")), "healthy");
    EXPECT_EQ(check(http("/204")), "healthy");
    EXPECT_EQ(check(http("/302")), "healthy") << "which is not followed";
    EXPECT_EQ(check(http("/404")), "GET /404 answered 404 Not Found");
    EXPECT_EQ(check(http("/503")), "GET /503 answered 503 Service Unavailable");
}

TEST_F(ProbeTest, OverHttpNeedsNoMoreOfAnAnswerThanItsHead) {
    EXPECT_EQ(check(http("/large")), "healthy");
    EXPECT_EQ(check(http("/endless", std::chrono::milliseconds{200})), "healthy");
}

TEST_F(ProbeTest, OverHttpIsToldWhyThereIsNoAnswer) {
    EXPECT_EQ(check(http("/silent", std::chrono::milliseconds{50})),
              "the health check did not answer in time");
    Health nobody = http("/200");
    server_.reset();
    EXPECT_TRUE(check(nobody).starts_with("GET /200: ")) << check(nobody);
    nobody.kind = Health::Kind::Tcp;
    EXPECT_EQ(check(nobody), "port " + std::to_string(nobody.port) + ": Connection refused");
}

TEST_F(ProbeTest, OverTcpIsContentWithAConnection) {
    Health tcp = http("");
    tcp.kind = Health::Kind::Tcp;
    EXPECT_EQ(check(tcp), "healthy");
}

// Its end does not wait for an answer that will not come.
TEST_F(ProbeTest, IsBrokenOffWhenItIsGivenUp) {
    const auto begun = Probe::Clock::now();
    {
        Probe probe(http("/silent", std::chrono::minutes{10}), {}, transport_);
        EXPECT_EQ(probe.step(), std::nullopt);
    }
    EXPECT_LT(Probe::Clock::now() - begun, std::chrono::seconds{20});
}

}
}
