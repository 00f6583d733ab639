#include "net/client/client.hpp"

#include "net/client/trace.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Gives the outcomes it was given, in order, and keeps what it was asked.
class FakeTransport final : public Transport {
public:
    explicit FakeTransport(base::FakeClock& clock) : clock_(clock) {}

    void answer(int status, Headers headers = {}) {
        outcomes_.emplace_back(
            Exchange{Response{.status = status, .headers = std::move(headers), .body = {}}, {}});
    }
    void fail(Delivery delivery, bool transient = true) {
        outcomes_.emplace_back(
            Exchange{call_error(base::Code::Unavailable, "broken", delivery, transient), {}});
    }
    Exchange exchange(const Request&, const ExchangeOptions& options) override {
        CHECK(!outcomes_.empty());
        timeouts.push_back(options.timeout);
        was_repeatable = options.is_repeatable;
        clock_.advance(milliseconds(1));
        Exchange first = std::move(outcomes_.front());
        outcomes_.pop_front();
        return first;
    }
    std::size_t sent() const { return timeouts.size(); }

    std::vector<std::chrono::nanoseconds> timeouts;
    bool was_repeatable = false;

private:
    base::FakeClock& clock_;
    std::deque<Exchange> outcomes_;
};

class Events final : public Trace {
public:
    void attempt(const TraceEvent& event) override {
        lines.push_back(format_trace(event));
        json.push_back(trace_line(event, "NOW"));
    }
    std::vector<std::string> lines;
    std::vector<std::string> json;
};

class ClientTest : public testing::Test {
protected:
    base::Result<Response> send(std::string method, CallOptions options = {},
                                std::string url = "http://x/") {
        return client.send(
            {.method = std::move(method), .target = std::move(url), .headers = {}, .body = {}},
            options);
    }

    base::FakeClock clock;
    FakeTransport transport{clock};
    Events events;
    Client client{transport, {.clock = &clock, .seed = 7, .trace = &events}};
};

TEST_F(ClientTest, ReturnsAnAnswerWhateverItsStatus) {
    transport.answer(404);
    EXPECT_EQ(send("GET")->status, 404);
    EXPECT_EQ(transport.sent(), 1u);
}

TEST_F(ClientTest, RepeatsReadsUntilTheyAreAnswered) {
    transport.fail(Delivery::NotSent);
    transport.fail(Delivery::Unknown);
    transport.answer(503);
    transport.answer(200);
    EXPECT_EQ(send("GET")->status, 200);
    EXPECT_EQ(transport.sent(), 4u);
}

TEST_F(ClientTest, ReturnsTheLastOutcomeWhenAttemptsAreUsedUp) {
    for (const int status : {502, 503, 504}) transport.answer(status);
    EXPECT_EQ(send("GET", {.max_attempts = 3})->status, 504);
    for (int i = 0; i < 3; ++i) transport.fail(Delivery::Unknown);
    const auto lost = send("GET", {.max_attempts = 3});
    ASSERT_FALSE(lost.ok());
    EXPECT_EQ(lost.error().text(), "GET http://x/ (3 attempts): broken");
    EXPECT_EQ(delivery_of(lost.error()), Delivery::Unknown);
}

TEST_F(ClientTest, NeverRepeatsACreateThatMayHaveBeenDone) {
    transport.fail(Delivery::Unknown);
    const auto lost = send("POST");
    ASSERT_FALSE(lost.ok());
    EXPECT_EQ(delivery_of(lost.error()), Delivery::Unknown);
    EXPECT_EQ(transport.sent(), 1u);
    for (const int status : {429, 500, 502, 503, 504}) {
        transport.answer(status);
        EXPECT_EQ(send("POST")->status, status);
    }
    EXPECT_EQ(transport.sent(), 6u);
}

TEST_F(ClientTest, RepeatsACreateThatWasNotSent) {
    transport.fail(Delivery::NotSent);
    transport.fail(Delivery::NotSent);
    transport.answer(201);
    EXPECT_EQ(send("POST")->status, 201);
    transport.fail(Delivery::NotSent, false);
    const auto refused = send("POST");
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(delivery_of(refused.error()), Delivery::NotSent);
    EXPECT_EQ(transport.sent(), 4u);
}

TEST_F(ClientTest, RepeatsACreateWhereTheCallerKnowsThatNothingWasDone) {
    transport.answer(423);
    transport.answer(429);
    transport.answer(500);
    const auto answer = send("POST", {.may_repeat = [](const Response& response) {
                                 return response.status == 423 || response.status == 429;
                             }});
    EXPECT_EQ(answer->status, 500);
}

TEST_F(ClientTest, RepeatsWhatIsIdempotentButTellsOfAnAttemptThatWasLost) {
    transport.fail(Delivery::Unknown);
    transport.answer(200);
    EXPECT_EQ(send("PUT", {.is_idempotent = true})->status, 200);
    transport.fail(Delivery::Unknown);
    transport.fail(Delivery::NotSent);
    const auto lost = send("DELETE", {.max_attempts = 2, .is_idempotent = true});
    ASSERT_FALSE(lost.ok());
    EXPECT_EQ(delivery_of(lost.error()), Delivery::Unknown);
    transport.fail(Delivery::Unknown);
    EXPECT_FALSE(send("DELETE").ok());
    EXPECT_EQ(transport.sent(), 5u);
}

TEST_F(ClientTest, PausesAtLeastAsLongAsItIsTold) {
    transport.answer(503, {{"Retry-After", "7"}});
    transport.answer(200);
    const auto before = clock.elapsed();
    EXPECT_EQ(send("GET")->status, 200);
    EXPECT_GE(clock.elapsed() - before, seconds(7));
    EXPECT_LE(clock.elapsed() - before, seconds(8));
}

TEST_F(ClientTest, PausesGrowWithJitterUpToABound) {
    Client patient(transport, {.clock = &clock, .seed = 7, .longest_pause = seconds(2)});
    const unsigned attempts = 40;
    for (unsigned i = 0; i < attempts; ++i) transport.answer(503);
    const auto before = clock.elapsed();
    patient
        .send({.method = "GET", .target = "http://x/", .headers = {}, .body = {}},
              {.max_attempts = attempts})
        .value();
    const auto passed = clock.elapsed() - before;
    EXPECT_LT(passed, seconds(2 * attempts));
    EXPECT_GT(passed, seconds(attempts / 2));
}

TEST_F(ClientTest, DoesNotPauseBeyondItsTime) {
    transport.answer(503, {{"Retry-After", "60"}});
    const auto before = clock.elapsed();
    EXPECT_EQ(send("GET", {.timeout = seconds(30)})->status, 503);
    EXPECT_LT(clock.elapsed() - before, seconds(1));
    EXPECT_EQ(transport.timeouts.back(), seconds(30));
}

TEST_F(ClientTest, StopsBeforeAnotherAttempt) {
    std::stop_source stop;
    stop.request_stop();
    transport.answer(503);
    EXPECT_EQ(send("GET", {.stop = stop.get_token()})->status, 503);
    EXPECT_EQ(transport.sent(), 1u);
}

TEST_F(ClientTest, WaitsForTheRateLimit) {
    const CallOptions options{.rate_key = {.account = "a", .service = "s", .verb = {}},
                              .assumed_rate = Rate{.burst = 2, .per_second = 0.5}};
    for (int i = 0; i < 4; ++i) transport.answer(200);
    const auto before = clock.elapsed();
    for (int i = 0; i < 4; ++i) EXPECT_EQ(send("GET", options)->status, 200);
    EXPECT_NEAR(std::chrono::duration<double>(clock.elapsed() - before).count(), 4, 0.1);
    // Another account has its own budget.
    transport.answer(200);
    CallOptions other = options;
    other.rate_key.account = "b";
    const auto now = clock.elapsed();
    send("GET", other).value();
    EXPECT_LT(clock.elapsed() - now, milliseconds(10));
}

TEST_F(ClientTest, FailsUnsentWhenTheRateLimitLeavesNoTurn) {
    CallOptions options{.rate_key = {.account = "a", .service = {}, .verb = {}}};
    transport.answer(429, {{"Retry-After", "100"}});
    EXPECT_EQ(send("POST", options)->status, 429);
    options.timeout = seconds(5);
    const auto late = send("POST", options);
    ASSERT_FALSE(late.ok());
    EXPECT_EQ(late.error().code(), base::Code::DeadlineExceeded);
    EXPECT_EQ(delivery_of(late.error()), Delivery::NotSent);
    EXPECT_EQ(late.error().text(), "POST http://x/: the rate limit leaves no turn within the time, "
                                   "the next is in 1m 40s");
}

TEST_F(ClientTest, HandsALongPauseToACallerWhoseThreadIsNotToBeHeld) {
    const auto is_locked = [](const Response& response) { return response.status == 423; };
    const CallOptions options{.may_repeat = is_locked, .waits_for_budget = false};
    const auto before = clock.elapsed();
    transport.answer(423, {{"Retry-After", "3"}});
    const auto paused = send("POST", options);
    ASSERT_FALSE(paused.ok());
    EXPECT_TRUE(is_budget_spent(paused.error()));
    EXPECT_GE(pause_of(paused.error()), seconds(3));
    transport.answer(503, {{"Retry-After", "3"}});
    EXPECT_TRUE(is_budget_spent(send("GET", options).error()));
    EXPECT_LT(clock.elapsed() - before, milliseconds(500));

    // A gateway may have passed it on: then it is no case for beginning anew.
    transport.answer(503, {{"Retry-After", "3"}});
    transport.answer(200);
    CallOptions idempotent = options;
    idempotent.is_idempotent = true;
    EXPECT_EQ(send("PUT", idempotent)->status, 200);
    EXPECT_GE(clock.elapsed() - before, seconds(3));

    // What has come again often enough is told as it is.
    transport.answer(423, {{"Retry-After", "3"}});
    CallOptions last = options;
    last.attempts_before = 4;
    EXPECT_EQ(send("POST", last)->status, 423);
}

TEST_F(ClientTest, RefusesAUrlWithoutShowingIt) {
    const auto refused = send("GET", {}, "https://u:hunter2@x/");
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().text().find("hunter2"), std::string::npos);
    EXPECT_EQ(delivery_of(refused.error()), Delivery::NotSent);
}

TEST_F(ClientTest, IsTracedWithoutSecrets) {
    transport.answer(503);
    transport.fail(Delivery::Unknown);
    transport.answer(200);
    const std::string url = "http://x/a?page=2&api_token=hunter2&mine=hunter2";
    send("GET", {.secret_query = {"mine"}}, url).value();
    EXPECT_EQ(
        events.lines,
        (std::vector<std::string>{
            "GET http://x/a?page=2&api_token=***&mine=*** 503 in 1 ms (0 B, to be repeated)",
            "GET http://x/a?page=2&api_token=***&mine=*** failed in 1 ms (0 B, attempt 2, to be "
            "repeated): broken",
            "GET http://x/a?page=2&api_token=***&mine=*** 200 in 1 ms (0 B, attempt 3)"}));
    transport.fail(Delivery::Unknown, false);
    EXPECT_EQ(send("GET", {}, url).error().text().find("api_token=hunter2"), std::string::npos);
}

TEST_F(ClientTest, IsTracedAsJson) {
    transport.answer(503, {{"X-Correlation-Id", "abc"}});
    transport.fail(Delivery::Unknown);
    transport.answer(201);
    const Request request{.method = "PUT",
                          .target = "http://x/a?signature=hunter2",
                          .headers = {{"Authorization", "Bearer hunter2"}},
                          .body = R"({"password":"hunter2"})"};
    ASSERT_TRUE(client.send(request, {.is_idempotent = true}).ok());
    const std::string start = R"({"time":"NOW","method":"PUT","url":"http://x/a?signature=***",)";
    EXPECT_EQ(events.json,
              (std::vector<std::string>{
                  start +
                      R"("status":503,"ms":1.0,"attempt":1,"repeated":true,"waited_ms":0.0,)"
                      R"("request_id":"abc","request_body_bytes":22,"response_body_bytes":0,)"
                      R"("reused":false})" +
                      "\n",
                  start +
                      R"("status":null,"ms":1.0,"attempt":2,"repeated":true,"waited_ms":0.0,)"
                      R"("request_body_bytes":22,"response_body_bytes":0,"reused":false,)"
                      R"("error":"broken","delivery":"unknown"})" +
                      "\n",
                  start +
                      R"("status":201,"ms":1.0,"attempt":3,"repeated":false,"waited_ms":0.0,)"
                      R"("request_body_bytes":22,"response_body_bytes":0,"reused":false})" +
                      "\n"}));
}

TEST_F(ClientTest, SaysToTheTransportWhatMayBeRepeated) {
    const auto told = [&](std::string method, bool is_idempotent) {
        transport.answer(200);
        EXPECT_TRUE(send(std::move(method), {.is_idempotent = is_idempotent}).ok());
        return transport.was_repeatable;
    };
    EXPECT_TRUE(told("GET", false));
    EXPECT_FALSE(told("POST", false));
    EXPECT_FALSE(told("DELETE", false));
    EXPECT_TRUE(told("DELETE", true));
}

}
}
