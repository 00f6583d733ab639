#include "net/server/server.hpp"

#include "base/guarded.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "fakes/raw_http.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

// What a server does around its handler: contexts, stops, escaped exceptions, records, limits on
// time.
namespace net {
namespace {

using fakes::body_of;
using fakes::connect_to;
using fakes::get;
using std::chrono::milliseconds;

std::unique_ptr<Server> serve(Server::Handler handler, ServerOptions options = {}) {
    auto server = Server::create(std::move(options), std::move(handler));
    EXPECT_TRUE(server.ok());
    (*server)->start();
    return std::move(server).value();
}

Response text(std::string body) { return {.status = 200, .headers = {}, .body = std::move(body)}; }

// Until stop is requested, however long that takes.
void wait_for(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait(lock, stop, [] { return false; });
}

// What the program's log says while it is alive.
class LogFile {
public:
    LogFile() : folder_(base::make_temporary_directory("log").value()) {
        EXPECT_TRUE(base::log::configure({.level = base::log::Level::Info, .file = path()}).ok());
    }
    ~LogFile() {
        (void)base::log::configure({});
        (void)base::remove_tree(folder_);
    }
    std::string text() const { return base::read_file(path()).value(); }

private:
    std::string path() const { return base::join_path(folder_, "log"); }

    std::string folder_;
};

TEST(HttpSession, TellsAHandlerItsContext) {
    const auto before = std::chrono::steady_clock::now();
    const auto server = serve(
        [&](const Request&, const RequestContext& context) -> Answer {
            EXPECT_GE(context.deadline, before + milliseconds(7000));
            EXPECT_FALSE(context.stop.stop_requested());
            return text(context.peer + " " + context.trace.trace_id + " " +
                        context.trace.parent_id);
        },
        {.handle_time = milliseconds(7000)});
    const std::string known =
        body_of(get(server->port(), "/",
                    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"));
    EXPECT_TRUE(known.starts_with("127.0.0.1:")) << known;
    EXPECT_TRUE(known.ends_with(" 0af7651916cd43dd8448eb211c80319c b7ad6b7169203331")) << known;
    const std::string made = body_of(get(server->port(), "/", "traceparent: nonsense\r\n"));
    EXPECT_EQ(base::split(made, ' ')[1].size(), 32U) << made;
    EXPECT_TRUE(made.ends_with(' ')) << made;
}

TEST(HttpSession, AsksASlowHandlerToStopWhenTheServerDoes) {
    std::atomic<bool> entered{false};
    auto server = serve([&](const Request&, const RequestContext& context) -> Answer {
        entered = true;
        wait_for(context.stop);
        return text("cut short");
    });
    std::string answer;
    {
        std::jthread client([&] { answer = get(server->port(), "/"); });
        while (!entered) std::this_thread::yield();
        server->stop();
    }
    EXPECT_EQ(body_of(answer), "cut short");
}

TEST(HttpSession, AsksAHandlerToStopAtItsDeadlineAndNotTheNextOne) {
    const auto server = serve(
        [&](const Request& request, const RequestContext& context) -> Answer {
            if (request.target == "/slow") wait_for(context.stop);
            return text(context.stop.stop_requested() ? "stopped;" : "ran;");
        },
        {.handle_time = milliseconds(30)});
    const std::string answer = fakes::converse(
        server->port(), "GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /fast HTTP/1.1\r\nHost: x\r\n"
                        "Connection: close\r\n\r\n");
    EXPECT_NE(answer.find("\r\n\r\nstopped;HTTP/1.1 200"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("ran;")) << answer;
}

TEST(HttpSession, AnswersForAnExceptionThatEscapesAHandlerAndLivesOn) {
    const LogFile log;
    const auto server = serve([](const Request& request, const RequestContext&) -> Answer {
        if (request.target.starts_with("/known")) throw std::runtime_error("out of luck");
        if (request.target == "/unknown") throw 7;
        return text("fine");
    });
    for (int i = 0; i < 20; ++i) {   // more often than there are threads
        const std::string answer = get(server->port(), "/known?token=secret");
        ASSERT_TRUE(answer.starts_with("HTTP/1.1 500 Internal Server Error")) << answer;
        EXPECT_EQ(body_of(answer), "internal error\n");
    }
    EXPECT_TRUE(get(server->port(), "/unknown").starts_with("HTTP/1.1 500 "));
    EXPECT_EQ(body_of(get(server->port(), "/")), "fine");
    EXPECT_NE(log.text().find("out of luck"), std::string::npos);
    EXPECT_NE(log.text().find("\"error.code\":\"Internal\""), std::string::npos) << log.text();
    EXPECT_NE(log.text().find("\"url.path\":\"/known\""), std::string::npos);
    EXPECT_EQ(log.text().find("secret"), std::string::npos);
}

TEST(HttpSession, LosesOneConnectionToAnExceptionOnTheServersThread) {
    const LogFile log;
    const auto server = serve([](const Request& request, const RequestContext&) -> Answer {
        Answer answer = text("fine");
        if (request.target == "/bad") {
            answer.filter = [](std::string, std::string) -> Transmission {
                throw std::runtime_error("a filter failed");
            };
        }
        return answer;
    });
    EXPECT_EQ(get(server->port(), "/bad"), "");
    EXPECT_EQ(body_of(get(server->port(), "/")), "fine");
    EXPECT_NE(log.text().find("a filter failed"), std::string::npos);
}

TEST(HttpSession, KeepsARecordOfEachRequestWithoutItsSecrets) {
    base::Guarded<std::vector<RequestRecord>> kept;
    {
        const auto server = serve(
            [](const Request& request, const RequestContext&) -> Answer {
                Answer answer = text("abc");
                if (request.target == "/drop") {
                    answer.filter = [](std::string, std::string) {
                        return Transmission{.parts = {}, .keeps_open = false};
                    };
                }
                return answer;
            },
            {.max_body_bytes = 10, .log = [&](const RequestRecord& record) {
                 kept.with([&](auto& records) { records.push_back(record); });
             }});
        get(server->port(), "/a?token=secret",
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n");
        get(server->port(), "/drop");
        fakes::converse(server->port(), "POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n");
    }
    const auto records = kept.with([](auto& all) { return all; });
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records[0].method, "GET");
    EXPECT_EQ(records[0].path, "/a");
    EXPECT_EQ(records[0].status, 200);
    EXPECT_GT(records[0].bytes, 3U);
    EXPECT_GT(records[0].duration.count(), 0);
    EXPECT_EQ(records[0].trace_id, "0af7651916cd43dd8448eb211c80319c");
    EXPECT_TRUE(records[0].peer.starts_with("127.0.0.1:"));
    EXPECT_EQ(records[1].status, 0) << "nothing was sent";
    EXPECT_EQ(records[1].bytes, 0U);
    EXPECT_EQ(records[2].status, 413);
    EXPECT_EQ(records[2].method, "");
}

TEST(HttpSession, WritesRecordsIntoTheLog) {
    const LogFile log;
    log_request({.method = "GET",
                 .path = "/a",
                 .status = 200,
                 .bytes = 12,
                 .duration = std::chrono::nanoseconds(5),
                 .trace_id = "t",
                 .peer = "p"});
    const std::string line = log.text();
    EXPECT_NE(line.find(R"("http.request.method":"GET","url.path":"/a",)"
                        R"("http.response.status_code":"200","http.response.bytes":"12",)"
                        R"("event.duration":"5","trace.id":"t","client.address":"p")"),
              std::string::npos)
        << line;
}

TEST(HttpSession, GivesARequestLessTimeToComeThanAConnectionToBeIdle) {
    const auto server =
        serve([](const Request&, const RequestContext&) -> Answer { return text("x"); },
              {.idle_time = milliseconds(60'000), .read_time = milliseconds(30)});
    const base::FileDescriptor idle = connect_to(server->port());
    const base::FileDescriptor slow = connect_to(server->port());
    ASSERT_TRUE(base::write_all(slow.get(), "GET / HTTP/1.1\r\nHost: ").ok());
    EXPECT_EQ(fakes::read_until(slow, "never"), "") << "closed without an answer";
    ASSERT_TRUE(base::write_all(idle.get(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n").ok());
    EXPECT_TRUE(fakes::read_until(idle, "\r\n\r\nx").starts_with("HTTP/1.1 200"));
}

TEST(HttpSession, ClosesAnIdleConnection) {
    const auto server =
        serve([](const Request&, const RequestContext&) -> Answer { return text("x"); },
              {.idle_time = milliseconds(30)});
    const base::FileDescriptor idle = connect_to(server->port());
    EXPECT_EQ(fakes::read_until(idle, "never"), "");
}

TEST(HttpSession, LeavesOutFieldsThatWouldBecomeSeveral) {
    const auto server = serve([](const Request&, const RequestContext&) -> Answer {
        Answer answer = text("x");
        answer.response.headers.add("X-Good", "1");
        answer.response.headers.add("X-Bad", "1\r\nSet-Cookie: a=b");
        return answer;
    });
    const std::string answer = get(server->port(), "/");
    EXPECT_NE(answer.find("X-Good: 1\r\n"), std::string::npos);
    EXPECT_EQ(answer.find("Set-Cookie"), std::string::npos) << answer;
}

}
}
