#include "net/client/cassette.hpp"

#include <gtest/gtest.h>

namespace net {
namespace {

// Answers each request with the same outcome.
class Constant final : public Transport {
public:
    Exchange exchange(const Request&, const ExchangeOptions&) override {
        if (!is_answered)
            return {call_error(base::Code::Unavailable, "lost hunter2", Delivery::Unknown, true),
                    {}};
        return {response, {}};
    }
    bool is_answered = true;
    Response response{.status = 201,
                      .headers = {{"X-A", "hunter2"}, {"Set-Cookie", "a=b"}},
                      .body = R"({ "server": {"root_password": "p", "name": "é"} })"};
};

MaskOptions masks() {
    MaskOptions options;
    options.secrets.emplace_back("hunter2");
    options.secret_names = {"root_password"};
    return options;
}

Request post(std::string url, std::string body) {
    return {.method = "POST",
            .target = std::move(url),
            .headers = {{"Authorization", "Bearer hunter2"}},
            .body = std::move(body)};
}

class CassetteTest : public testing::Test {
protected:
    CassetteTest() : folder(base::make_temporary_directory("cassette").value()) {}
    ~CassetteTest() override { EXPECT_TRUE(base::remove_tree(folder).ok()); }

    std::string text() const { return base::read_file(path()).value(); }
    std::string path() const { return base::join_path(folder, "calls.jsonl"); }

    std::string folder;
};

TEST_F(CassetteTest, KeepsCallsWithoutSecretsAndPlaysThemAgain) {
    Constant inner;
    const auto recorder = Recorder::create(inner, path(), masks()).value();
    const Request create = post("http://x/servers?token=t", R"({"name": "a", "user": "hunter2"})");
    EXPECT_EQ(recorder->exchange(create, {}).result->headers.find("X-A"), "hunter2");
    inner.is_answered = false;
    EXPECT_FALSE(recorder->exchange(create, {}).result.ok());
    inner.is_answered = true;
    inner.response.body = std::string("\xff\x00", 2);
    recorder->exchange(post("http://x/raw", "body"), {.secret_body = true});
    recorder->exchange(post("http://x/raw", ""), {});
    EXPECT_TRUE(recorder->check().ok());
    EXPECT_EQ(text(),
              R"({"cassette":1}
{"request":{"method":"POST","url":"http://x/servers?token=***",)"
              R"("body":"{\"name\":\"a\",\"user\":\"***\"}"},"answer":{"status":201,)"
              R"("headers":[["X-A","***"],["Set-Cookie","***"]],)"
              R"("body":"{\"server\":{\"root_password\":\"***\",\"name\":\"é\"}}"}}
{"request":{"method":"POST","url":"http://x/servers?token=***",)"
              R"("body":"{\"name\":\"a\",\"user\":\"***\"}"},)"
              R"("failure":{"code":"Unavailable","delivery":"unknown","transient":true,)"
              R"("message":"lost ***"}}
{"request":{"method":"POST","url":"http://x/raw","body":"***"},)"
              R"("answer":{"status":201,"headers":[["X-A","***"],["Set-Cookie","***"]],)"
              R"("body":"***"}}
{"request":{"method":"POST","url":"http://x/raw"},)"
              R"("answer":{"status":201,"headers":[["X-A","***"],["Set-Cookie","***"]],)"
              R"("body_hex":"ff00"}}
)");

    const auto replayer = Replayer::create(text(), masks()).value();
    EXPECT_EQ(replayer->unused(), 4u);
    EXPECT_EQ(replayer->exchange(post("http://x/raw", ""), {}).result->body,
              std::string("\xff\x00", 2));
    const auto first = replayer->exchange(create, {});
    EXPECT_EQ(first.result->status, 201);
    EXPECT_EQ(first.result->body, R"({"server":{"root_password":"***","name":"é"}})");
    const auto second = replayer->exchange(create, {});
    ASSERT_FALSE(second.result.ok());
    EXPECT_EQ(second.result.error().text(), "lost ***");
    EXPECT_EQ(delivery_of(second.result.error()), Delivery::Unknown);
    EXPECT_TRUE(is_transient(second.result.error()));
    EXPECT_EQ(replayer->unused(), 1u);
}

TEST_F(CassetteTest, SaysWhatItWouldHaveNext) {
    const auto replayer =
        Replayer::create("{\"cassette\":1}\n"
                         "{\"request\":{\"method\":\"GET\",\"url\":\"http://x/a\"},"
                         "\"answer\":{\"status\":200}}\n",
                         {})
            .value();
    const auto other = replayer->exchange(post("http://x/b", "{}"), {});
    ASSERT_FALSE(other.result.ok());
    EXPECT_EQ(other.result.error().text(),
              "the cassette has no call POST http://x/b with the body {}; it "
              "would have next:\n  GET http://x/a");
    EXPECT_EQ(delivery_of(other.result.error()), Delivery::NotSent);
    const Request known{.method = "GET", .target = "http://x/a", .headers = {}, .body = {}};
    EXPECT_TRUE(replayer->exchange(known, {}).result.ok());
    EXPECT_EQ(replayer->exchange(known, {}).result.error().text(),
              "the cassette has no call GET http://x/a; all its calls are used");
}

std::string refusal(std::string_view text) {
    const auto calls = read_cassette(text);
    return calls.ok() ? "" : calls.error().text();
}

TEST(Cassette, IsRefusedWithTheLineWhenItIsNone) {
    const std::string head = "{\"cassette\":1}\n";
    EXPECT_EQ(refusal(""), "the cassette is empty");
    EXPECT_EQ(refusal("{}"), "line 1 of the cassette: it does not begin with {\"cassette\":1}");
    EXPECT_EQ(refusal(head + "{}"),
              "line 2 of the cassette: a call needs a request and either an answer or a failure");
    EXPECT_EQ(refusal(head + "{\"request\":{},\"answer\":{}}"),
              "line 2 of the cassette: an answer has no status");
    EXPECT_EQ(refusal(head + "{\"request\":{},\"failure\":{\"code\":\"X\"}}"),
              "line 2 of the cassette: a failure has no known code and delivery");
    EXPECT_EQ(refusal(head + "{\"request\":{\"body_hex\":\"0g\"},\"answer\":{\"status\":200}}"),
              "line 2 of the cassette: body_hex has characters that are no hexadecimal digits");
    EXPECT_NE(refusal(head + "nonsense"), "");
}

TEST_F(CassetteTest, SaysWhereItCannotBeWritten) {
    Constant inner;
    const auto recorder = Recorder::create(inner, base::join_path(folder, "none/x"), {});
    ASSERT_FALSE(recorder.ok());
    EXPECT_NE(recorder.error().text().find("creating the cassette "), std::string::npos);
}

}
}
