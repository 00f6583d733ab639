#include "providers/hetzner/provider.hpp"

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "net/server/server.hpp"
#include "json/value.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

// Rate budgets over the provider's own connections, against a server that counts what it is asked.
namespace providers::hetzner {
namespace {

using provider::OperationResult;
using value::Value;

class BudgetTest : public ::testing::Test {
protected:
    void SetUp() override {
        server_ = net::Server::create({}, [this](const net::Request& request,
                                                 const net::RequestContext&) {
                      return answer(request);
                  }).value();
        server_->start();
    }

    // Makes what it is asked for, and says that nothing is left until another tenth of the budget
    // comes back, 10 seconds later.
    net::Answer answer(const net::Request& request) {
        asked_.with([&](auto& asked) {
            asked.push_back(std::string(request.headers.find("Authorization").value_or("")));
        });
        net::Response out{.status = 201, .headers = {}, .body = {}};
        if (refusals_left_.with([](int& left) { return left > 0 && left-- > 0; })) {
            out.status = 429;
            out.body = R"({"error":{"code":"rate_limit_exceeded","message":"too many"}})";
            return out;
        }
        json::Value object = json::parse(request.body).value();
        object.as_object()->set("id", 7);
        out.body = json::to_text(json::Object{{"network", std::move(object)}});
        if (!is_limited_) return out;
        const auto now = std::chrono::duration_cast<std::chrono::seconds>(
            base::system_clock().now().time_since_epoch());
        out.headers.add("RateLimit-Limit", "10");
        out.headers.add("RateLimit-Remaining", "0");
        out.headers.add("RateLimit-Reset", std::to_string(now.count() + 100));
        return out;
    }

    std::unique_ptr<provider::Connection> connect(const char* name) const {
        Value token(name);
        token.mark_secret();
        const Value settings(
            Value::Record{{"token", std::move(token)},
                          {"endpoint", fmt::format("http://127.0.0.1:{}", server_->port())}});
        return provider().connect(settings, {}).value();
    }
    static provider::Intent network(const char* name) {
        provider::Intent out;
        out.token = name;
        out.workspace = "w";
        out.environment = "e";
        out.address = name;
        out.type = "hetzner.Network";
        out.inputs = Value::Record{{"name", name}, {"ip_range", "10.0.0.0/16"}};
        return out;
    }
    std::size_t asked() {
        return asked_.with([](const auto& asked) { return asked.size(); });
    }

    base::Guarded<std::vector<std::string>> asked_;
    base::Guarded<int> refusals_left_;
    bool is_limited_ = true;
    std::unique_ptr<net::Server> server_;
};

// This test's one thread is a pool of one: were it held by the second call, the third would wait.
TEST_F(BudgetTest, BelongsToTheAccountAndHoldsNoThread) {
    const auto one = connect("first");
    const auto same = connect("first");
    const auto other = connect("second");
    auto made = one->start(network("a"), {});
    ASSERT_TRUE(made.ok()) << made.error().text();
    EXPECT_EQ(made->kind, OperationResult::Kind::Done);
    EXPECT_EQ(asked(), 1U);

    for (int i = 0; i < 2; ++i) {
        const auto waiting = same->start(network("b"), {});
        ASSERT_TRUE(waiting.ok()) << waiting.error().text();
        EXPECT_EQ(waiting->kind, OperationResult::Kind::Queued);
    }
    EXPECT_EQ(asked(), 1U);

    made = other->start(network("c"), {});
    ASSERT_TRUE(made.ok()) << made.error().text();
    EXPECT_EQ(made->kind, OperationResult::Kind::Done);
    EXPECT_EQ(asked(), 2U);
}

TEST_F(BudgetTest, AReadWaitsNoLongerThanItsTime) {
    const auto one = connect("first");
    ASSERT_TRUE(one->start(network("a"), {}).ok());
    const auto read = one->read(*provider().schema().find("hetzner.Network"), "7", {},
                                {.timeout = std::chrono::milliseconds(50)});
    ASSERT_FALSE(read.ok());
    EXPECT_NE(read.error().text().find("the rate limit leaves no turn within the time"),
              std::string::npos);
    EXPECT_EQ(asked(), 1U);
}

TEST_F(BudgetTest, ARefusalForHasteIsNoFailureAndHoldsNoThread) {
    is_limited_ = false;
    refusals_left_.with([](int& left) { left = 1; });
    const auto one = connect("first");
    auto made = one->start(network("a"), {});
    ASSERT_TRUE(made.ok()) << made.error().text();
    ASSERT_EQ(made->kind, OperationResult::Kind::Queued);
    while (made.ok() && made->kind == OperationResult::Kind::Queued) {
        made = one->start(network("a"), {});
    }
    ASSERT_TRUE(made.ok()) << made.error().text();
    EXPECT_EQ(made->kind, OperationResult::Kind::Done);
    EXPECT_EQ(asked(), 2U);
}

}
}
