#include "sandbox/control/fault_middleware.hpp"

#include <gtest/gtest.h>

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

namespace sandbox {
namespace {

// Counts what reaches it.
class CountingCloud final : public Cloud {
public:
    net::Response answer(const net::Request&, const ActionFault* fault) override {
        ++effects;
        if (fault != nullptr) last_fault = *fault;
        return {.status = 201, .headers = {}, .body = "{\"an\":\"answer\"}"};
    }
    net::Response refuse(const net::Request&, int status, std::string_view code,
                         std::string_view) override {
        return {.status = status,
                .headers = {},
                .body = code.empty() ? "own words" : std::string(code)};
    }
    std::string_view base_path() const override { return "/v1"; }
    json::Value summary() const override { return json::Object{}; }
    CloudSettings settings() const override { return settings_; }
    void set(const CloudSettings& settings) override { settings_ = settings; }
    base::Result<void> reset() override {
        effects = 0;
        return {};
    }

    int effects = 0;
    std::optional<ActionFault> last_fault;

private:
    CloudSettings settings_;
};

class FaultMiddlewareTest : public testing::Test {
protected:
    FaultyAnswer ask(std::string method, std::string target, std::string body = {}) {
        net::Request request{.method = std::move(method),
                             .target = std::move(target),
                             .headers = {{"Authorization", "Bearer token"}},
                             .body = std::move(body)};
        return middleware_.answer(request, {});
    }
    // The answer of the sandbox's own API.
    json::Value control(std::string method, std::string what, std::string body = {}) {
        const FaultyAnswer answer = ask(std::move(method), "/_sandbox/" + what, std::move(body));
        last_status_ = answer.response.status;
        return json::parse(answer.response.body).value();
    }
    void add(const std::string& fault) {
        control("POST", "faults", fault);
        ASSERT_EQ(last_status_, 200) << fault;
    }

    CountingCloud cloud_;
    bool is_stopped_ = false;
    FaultMiddleware middleware_{cloud_, "token", [this] { is_stopped_ = true; }};
    int last_status_ = 0;
};

TEST_F(FaultMiddlewareTest, HandsRequestsOnAndLogsThem) {
    EXPECT_EQ(ask("GET", "/v1/servers").response.status, 201);
    const json::Value log = control("GET", "requests?last=5");
    const json::Array& entries = *log.find("requests")->as_array();
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].string_or("target", ""), "/v1/servers");
    EXPECT_EQ(entries[0].int64_or("status", 0), 201);
    EXPECT_EQ(control("GET", "status").int64_or("requests", 0), 1);
}

TEST_F(FaultMiddlewareTest, DropsBeforeOrAfterTheEffect) {
    add(R"({"kind":"drop","times":1})");
    EXPECT_TRUE(ask("GET", "/a").is_dropped);
    EXPECT_EQ(cloud_.effects, 0);
    add(R"({"kind":"drop","when":"after","times":1})");
    EXPECT_TRUE(ask("GET", "/a").is_dropped);
    EXPECT_EQ(cloud_.effects, 1);
    EXPECT_FALSE(ask("GET", "/a").is_dropped);
}

TEST_F(FaultMiddlewareTest, AnswersWithAStatusInEitherForm) {
    add(R"({"kind":"status","status":429,"times":1})");
    FaultyAnswer answer = ask("GET", "/a");
    EXPECT_EQ(answer.response.status, 429);
    EXPECT_EQ(answer.response.body, "own words");
    add(R"({"kind":"status","status":403,"code":"forbidden","times":1})");
    EXPECT_EQ(ask("GET", "/a").response.body, "forbidden");
    add(R"({"kind":"status","status":502,"body":"<html>","when":"after","times":1})");
    answer = ask("GET", "/a");
    EXPECT_EQ(answer.response.status, 502);
    EXPECT_EQ(answer.response.body, "<html>");
    EXPECT_EQ(cloud_.effects, 1);
}

TEST_F(FaultMiddlewareTest, ChoosesByMethodPathNumberAndTimes) {
    add(R"({"kind":"drop","method":"POST","path":"/servers$","nth":2,"times":2})");
    const auto is_dropped = [&](const char* method, const char* target) {
        return ask(method, target).is_dropped;
    };
    EXPECT_FALSE(is_dropped("POST", "/v1/servers"));
    EXPECT_FALSE(is_dropped("GET", "/v1/servers"));
    EXPECT_FALSE(is_dropped("POST", "/v1/servers/5"));
    EXPECT_TRUE(is_dropped("POST", "/v1/servers"));
    EXPECT_TRUE(is_dropped("POST", "/v1/servers"));
    EXPECT_FALSE(is_dropped("POST", "/v1/servers"));
    const json::Value faults = control("GET", "faults");
    EXPECT_EQ((*faults.find("faults")->as_array())[0].int64_or("matched", 0), 4);
}

TEST_F(FaultMiddlewareTest, DecidesByChanceTheSameWayForASeed) {
    const auto pattern = [&] {
        add(R"({"kind":"drop","probability":0.5,"seed":3,"times":0})");
        std::string out;
        for (int i = 0; i < 40; ++i) {
            out += ask("GET", "/a").is_dropped ? 'x' : '.';
        }
        control("DELETE", "faults");
        return out;
    };
    const std::string first = pattern();
    EXPECT_NE(first.find('x'), std::string::npos);
    EXPECT_NE(first.find('.'), std::string::npos);
    EXPECT_EQ(pattern(), first);
}

TEST_F(FaultMiddlewareTest, DelaysSpreadsAndCutsAnswers) {
    add(R"({"kind":"latency","delay_ms":70})");
    add(R"({"kind":"slow","delay_ms":90})");
    add(R"({"kind":"malformed"})");
    const FaultyAnswer answer = ask("GET", "/a");
    EXPECT_EQ(answer.delay.count(), 70);
    EXPECT_EQ(answer.spread.count(), 90);
    EXPECT_EQ(answer.response.body, "{\"an\":\"");
}

TEST_F(FaultMiddlewareTest, HandsTheFaultOfAnActionOn) {
    add(R"({"kind":"action","code":"server_error","message":"no","happens":true})");
    ask("POST", "/a");
    ASSERT_TRUE(cloud_.last_fault);
    EXPECT_EQ(cloud_.last_fault->code, "server_error");
    EXPECT_TRUE(cloud_.last_fault->happens);
}

TEST_F(FaultMiddlewareTest, SendsSignals) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::pause();
        ::_exit(0);
    }
    add(R"({"kind":"signal","nth":2,"signal":"KILL","when":"after","pid":)" +
        std::to_string(child) + "}");
    ask("POST", "/a");
    EXPECT_EQ(::waitpid(child, nullptr, WNOHANG), 0);
    EXPECT_EQ(ask("POST", "/a").response.status, 201);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST_F(FaultMiddlewareTest, RefusesFaultsThatMakeNoSense) {
    for (const char* fault :
         {"{}", R"({"kind":"wind"})", R"({"kind":"status","status":7})", R"({"kind":"signal"})",
          R"({"kind":"signal","pid":1})", R"({"kind":"drop","path":"("})",
          R"({"kind":"drop","when":"never"})", R"({"kind":"drop","probability":2})",
          R"({"kind":"latency","delay_ms":-1})", R"({"kind":"drop","nth":"x"})"}) {
        control("POST", "faults", fault);
        EXPECT_EQ(last_status_, 400) << fault;
    }
    control("DELETE", "faults/9");
    EXPECT_EQ(last_status_, 404);
}

TEST_F(FaultMiddlewareTest, AsksForItsTokenAndObeys) {
    net::Request request{.method = "POST", .target = "/_sandbox/stop", .headers = {}, .body = {}};
    EXPECT_EQ(middleware_.answer(request, {}).response.status, 401);
    EXPECT_FALSE(is_stopped_);
    control("POST", "stop");
    EXPECT_TRUE(is_stopped_);
    EXPECT_EQ(control("PUT", "settings", R"({"speed":4})").find("speed")->to_double(), 4);
    control("PUT", "settings", R"({"speed":0})");
    EXPECT_EQ(last_status_, 400);
    ask("GET", "/a");
    add(R"({"kind":"drop"})");
    control("POST", "reset", R"({"keep_faults":true})");
    EXPECT_EQ(cloud_.effects, 0);
    EXPECT_EQ(control("GET", "faults").find("faults")->as_array()->size(), 1U);
    control("POST", "reset");
    EXPECT_TRUE(control("GET", "faults").find("faults")->as_array()->empty());
    control("GET", "nonsense");
    EXPECT_EQ(last_status_, 404);
}

}
}
