#include "providers/hetzner/provider.hpp"

#include "base/clock.hpp"
#include "net/server/server.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>

// What a plan asks of the platform ends when it is told to, against a server that does not answer.
namespace providers::hetzner {
namespace {

using provider::CallContext;
using provider::PlannedChange;
using std::chrono::milliseconds;
using value::Value;
using Planned = base::Result<PlannedChange>;

constexpr milliseconds kSoon{200};
constexpr milliseconds kLong{std::chrono::minutes{5}};

class PlanningTest : public ::testing::Test {
protected:
    void SetUp() override {
        server_ = net::Server::create({}, [this](const net::Request& request,
                                                 const net::RequestContext& context) {
                      return answer(request, context);
                  }).value();
        server_->start();
        connection_ = connect();
    }

    std::unique_ptr<provider::Connection> connect() const {
        Value token("tokenofthetest");
        token.mark_secret();
        return provider()
            .connect(
                Value::Record{{"token", std::move(token)},
                              {"endpoint", fmt::format("http://127.0.0.1:{}", server_->port())}},
                {})
            .value();
    }

    // Silent until the test lets it speak; then nothing of the rate is left, if there is one.
    net::Answer answer(const net::Request& request, const net::RequestContext& context) {
        std::unique_lock lock(mutex_);
        asked_.push_back(request.target.substr(0, request.target.find('?')));
        changed_.notify_all();
        changed_.wait(lock, context.stop, [this] { return is_answering_; });
        net::Response out;
        const std::string name = asked_.back().substr(asked_.back().rfind('/') + 1);
        out.body = fmt::format(R"({{"{}":[{{"id":1,"name":"fsn1","architecture":"x86"}}]}})", name);
        if (!is_spent_after_) return out;
        const auto now = std::chrono::duration_cast<std::chrono::seconds>(
            base::system_clock().now().time_since_epoch());
        out.headers.add("RateLimit-Limit", "10");
        out.headers.add("RateLimit-Remaining", "0");
        out.headers.add("RateLimit-Reset", std::to_string(now.count() + 100));
        return out;
    }
    void let_it_answer() {
        const std::lock_guard lock(mutex_);
        is_answering_ = true;
        changed_.notify_all();
    }
    void wait_until_asked(std::size_t times) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return asked_.size() >= times; });
    }
    std::size_t asked() {
        const std::lock_guard lock(mutex_);
        return asked_.size();
    }

    std::future<Planned> plan(const char* type, Value inputs, CallContext context) {
        return std::async(std::launch::async, [this, type, inputs, context] {
            return connection_->plan({.type = *provider().schema().find(type),
                                      .prior = {},
                                      .recorded_inputs = {},
                                      .inputs = inputs},
                                     context);
        });
    }
    std::future<Planned> look_up(CallContext context) {
        return plan("hetzner.Location", Value::Record{{"name", "fsn1"}}, std::move(context));
    }
    std::future<Planned> order(CallContext context) {
        return plan("hetzner.Volume", Value::Record{{"name", "data"}, {"location", "fsn1"}},
                    std::move(context));
    }
    // What it ends with within 200 ms from now, or the time more that it is given.
    static base::Code code_soon(std::future<Planned>& planned, milliseconds more = {}) {
        EXPECT_EQ(planned.wait_for(kSoon + more), std::future_status::ready);
        const Planned told = planned.get();
        return told.ok() ? base::Code::Internal : told.error().code();
    }

    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<std::string> asked_;
    bool is_answering_ = false;
    bool is_spent_after_ = false;
    std::unique_ptr<net::Server> server_;
    std::unique_ptr<provider::Connection> connection_;
};

TEST_F(PlanningTest, ALookUpEndsWhenItIsStopped) {
    std::stop_source stop;
    auto planned = look_up({.stop = stop.get_token(), .timeout = kLong});
    wait_until_asked(1);
    stop.request_stop();
    EXPECT_EQ(code_soon(planned), base::Code::Cancelled);
}

TEST_F(PlanningTest, ALookUpEndsByItsDeadline) {
    auto planned = look_up({.stop = {}, .timeout = milliseconds(100)});
    EXPECT_EQ(code_soon(planned, milliseconds(100)), base::Code::DeadlineExceeded);
}

TEST_F(PlanningTest, TheCatalogueIsNotWaitedForAnyLonger) {
    std::stop_source stop;
    auto reads = order({.stop = stop.get_token(), .timeout = kLong});
    wait_until_asked(1);
    auto late = order({.stop = {}, .timeout = milliseconds(100)});
    EXPECT_EQ(code_soon(late, milliseconds(100)), base::Code::DeadlineExceeded);
    EXPECT_EQ(asked(), 1U) << "it waits for who reads already";
    stop.request_stop();
    EXPECT_EQ(code_soon(reads), base::Code::Cancelled);
}

TEST_F(PlanningTest, TheCatalogueIsReadOnceForAllThatWant) {
    std::stop_source stop;
    auto first = order({.stop = stop.get_token(), .timeout = kLong});
    wait_until_asked(1);
    std::vector<std::future<Planned>> others;
    for (int i = 0; i < 8; ++i) others.push_back(order({.stop = {}, .timeout = kLong}));
    // That the first gives up is no reason for the others to.
    stop.request_stop();
    EXPECT_EQ(code_soon(first), base::Code::Cancelled);
    let_it_answer();
    for (std::future<Planned>& other : others) {
        const Planned planned = other.get();
        ASSERT_TRUE(planned.ok()) << planned.error().text();
        EXPECT_EQ(planned->action, provider::PlannedAction::Create);
    }
    EXPECT_EQ(asked(), 2U);
}

TEST_F(PlanningTest, TheRateBudgetIsNotWaitedForAnyLonger) {
    is_spent_after_ = true;
    let_it_answer();
    // The location itself; then nothing is left for the catalogue.
    auto too_late = look_up({.stop = {}, .timeout = milliseconds(100)});
    EXPECT_EQ(code_soon(too_late, milliseconds(100)), base::Code::DeadlineExceeded);
    EXPECT_EQ(asked(), 1U);
    std::stop_source stop;
    auto stopped = look_up({.stop = stop.get_token(), .timeout = kLong});
    EXPECT_EQ(stopped.wait_for(milliseconds(50)), std::future_status::timeout);
    stop.request_stop();
    EXPECT_EQ(code_soon(stopped), base::Code::Cancelled);
    EXPECT_EQ(asked(), 1U);
}

TEST_F(PlanningTest, WhatAsksIsToldBeforeItDoes) {
    for (const char* type : {"hetzner.Location", "hetzner.Image", "hetzner.Server"}) {
        EXPECT_TRUE(connection_->plan_calls_out(*provider().schema().find(type))) << type;
    }
}

}
}
