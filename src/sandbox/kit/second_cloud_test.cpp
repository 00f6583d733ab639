#include "base/fs.hpp"
#include "fakes/quay_cloud.hpp"
#include "fakes/raw_http.hpp"
#include "net/server/server.hpp"
#include "sandbox/control/fault_middleware.hpp"

#include <gtest/gtest.h>

// What the kit promises: another cloud is an Api with its handlers and a line in a list.
namespace sandbox {
namespace {

constexpr CloudType kClouds[] = {{"quay", fakes::quay::make}};

class SecondCloud : public testing::Test {
protected:
    SecondCloud() : folder_(base::make_temporary_directory("quay").value()) { open(); }
    ~SecondCloud() override { (void)base::remove_tree(folder_); }

    void open(CloudSettings settings = {.speed = 1, .rate_limit = 0, .quotas = {}}) {
        cloud_.reset();
        cloud_ = make_cloud("quay",
                            {.folder = folder_,
                             .seed = 3,
                             .token = "key-own",
                             .read_only_token = "key-reader",
                             .settings = std::move(settings),
                             .clock = &clock_},
                            kClouds)
                     .value();
    }
    static net::Request request(std::string method, std::string target, std::string body = {},
                                std::string key = "key-own") {
        return {.method = std::move(method),
                .target = "/api/quay" + std::move(target),
                .headers = {{"X-Quay-Key", std::move(key)}},
                .body = std::move(body)};
    }
    // "STATUS BODY".
    std::string ask(std::string method, std::string target, std::string body = {},
                    std::string key = "key-own") {
        const net::Response response = cloud_->answer(
            request(std::move(method), std::move(target), std::move(body), std::move(key)),
            nullptr);
        return std::to_string(response.status) + " " + response.body;
    }
    // The uuid of a new box.
    std::string create(const std::string& name, const ActionFault* fault = nullptr) {
        const net::Response response =
            cloud_->answer(request("POST", "/boxes", R"({"name":")" + name + R"("})"), fault);
        EXPECT_EQ(response.status, 202) << response.body;
        return std::string(json::parse(response.body).value().string_or("uuid", ""));
    }
    std::string state(const std::string& uuid) {
        const net::Response response = cloud_->answer(request("GET", "/boxes/" + uuid), nullptr);
        return std::string(json::parse(response.body).value().string_or("state", ""));
    }

    base::FakeClock clock_;
    std::string folder_;
    std::unique_ptr<Cloud> cloud_;
};

TEST_F(SecondCloud, IsFoundInAList) {
    EXPECT_EQ(cloud_->base_path(), "/api/quay");
    const auto unknown = make_cloud("atlantis", {.clock = &clock_}, kClouds);
    ASSERT_FALSE(unknown.ok());
    EXPECT_EQ(unknown.error().help(), "the clouds are: quay");
    EXPECT_EQ(all_clouds().front().name, "hetzner");
}

TEST_F(SecondCloud, KnowsThingsByTexts) {
    const std::string uuid = create("a");
    EXPECT_EQ(uuid.size(), 36U);
    EXPECT_EQ(uuid[14], '4');
    EXPECT_EQ(ask("GET", "/boxes/" + uuid), R"(200 {"uuid":")" + uuid +
                                                R"(","name":"a","size":"small","labels":{},)"
                                                R"("state":"filling","isBusy":true})");
    EXPECT_EQ(ask("GET", "/boxes/nothing"), R"(404 {"reason":"NoBox","text":"no such Box"})");
    EXPECT_EQ(ask("DELETE", "/boxes/" + uuid), R"(409 {"reason":"Busy","text":"try later"})");
    clock_.advance(std::chrono::seconds(5));
    EXPECT_EQ(state(uuid), "full");
    EXPECT_EQ(ask("DELETE", "/boxes/" + uuid), "204 ");
    EXPECT_EQ(ask("GET", "/boxes/" + uuid), R"(404 {"reason":"NoBox","text":"no such Box"})");
}

TEST_F(SecondCloud, RefusesInItsOwnForm) {
    const auto refused = [&](const std::string& method, const std::string& target,
                             const std::string& body = {}, const std::string& key = "key-own") {
        const std::string answer = ask(method, target, body, key);
        return answer.substr(0, answer.find(R"(","text)"));
    };
    create("taken");
    EXPECT_EQ(refused("GET", "/boxes", "", "stranger"), R"(403 {"reason":"NoKey)");
    EXPECT_EQ(refused("POST", "/boxes", "{}", "key-reader"), R"(403 {"reason":"ReadOnly)");
    EXPECT_EQ(refused("GET", "/crates"), R"(404 {"reason":"NoSuchPage)");
    EXPECT_EQ(refused("PATCH", "/boxes"), R"(400 {"reason":"NoSuchVerb)");
    EXPECT_EQ(refused("GET", "/boxes?a=%"), R"(400 {"reason":"Unreadable)");
    EXPECT_EQ(refused("POST", "/boxes", "["), R"(400 {"reason":"Unreadable)");
    EXPECT_EQ(refused("POST", "/boxes", R"({"name":"taken"})"), R"(400 {"reason":"BoxExists)");
    EXPECT_EQ(ask("POST", "/boxes", R"({"size":"huge"})"),
              R"(400 {"reason":"Invalid","text":"name is required"})");
    EXPECT_EQ(ask("POST", "/boxes", R"({"name":"x","size":"huge"})"),
              R"(400 {"reason":"Invalid","text":"size must be one of small, large"})");
    EXPECT_EQ(
        ask("POST", "/boxes", R"({"name":"x","labels":{"quay/a":"b"}})"),
        R"(400 {"reason":"Invalid","text":"labels label key 'quay/a' has a reserved prefix"})");
    open({.speed = 1, .rate_limit = 0, .quotas = {{"box", 1}}});
    EXPECT_EQ(refused("POST", "/boxes", R"({"name":"more"})"), R"(402 {"reason":"Full)");
    open({.speed = 1, .rate_limit = 1, .quotas = {}});
    EXPECT_EQ(cloud_->answer(request("GET", "/boxes"), nullptr).headers.find("X-Calls-Left"), "0");
    EXPECT_EQ(refused("GET", "/boxes"), R"(503 {"reason":"SlowDown)");
}

TEST_F(SecondCloud, ListsByTokenWhileThingsGo) {
    std::vector<std::string> uuids;
    for (const char* name : {"a", "b", "c", "d", "e"}) uuids.push_back(create(name));
    clock_.advance(std::chrono::seconds(5));
    const auto names = [&](const std::string& target, std::string& next) {
        const net::Response response = cloud_->answer(request("GET", target), nullptr);
        const json::Value body = json::parse(response.body).value();
        next = body.string_or("continue", "");
        std::string out;
        for (const json::Value& item : *body.find("items")->as_array()) {
            out += item.string_or("name", "");
        }
        return out;
    };
    std::string next;
    EXPECT_EQ(names("/boxes", next), "ab");
    // The last one that was shown has gone, and so has the one after it: nothing is skipped.
    ask("DELETE", "/boxes/" + uuids[1]);
    ask("DELETE", "/boxes/" + uuids[2]);
    EXPECT_EQ(names("/boxes?continue=" + next, next), "de");
    EXPECT_EQ(next, "");
    EXPECT_EQ(names("/boxes?limit=99", next), "ade") << "the largest page has three";
    EXPECT_EQ(names("/boxes?label=d", next), "d");
    EXPECT_EQ(names("/boxes?where=!tier", next), "ad");
    EXPECT_EQ(ask("GET", "/boxes?continue=7"),
              R"(400 {"reason":"Invalid","text":"continue is no token of a list"})");
}

TEST_F(SecondCloud, ListsByOffset) {
    for (const char* name : {"a", "b", "c"}) create(name);
    const auto count = [&](const std::string& query) {
        const net::Response response = cloud_->answer(request("GET", "/v0/boxes" + query), nullptr);
        EXPECT_EQ(response.headers.find("Total-Count"), "3");
        return json::parse(response.body).value().find("boxes")->as_array()->size();
    };
    EXPECT_EQ(count(""), 2U);
    EXPECT_EQ(count("?offset=0&limit=1"), 1U);
    EXPECT_EQ(count("?offset=2"), 1U);
    EXPECT_EQ(count("?offset=9223372036854775807&limit=9223372036854775807"), 0U);
    EXPECT_TRUE(ask("GET", "/v0/boxes?offset=-1").starts_with("400 "));
}

TEST_F(SecondCloud, GoesOnWithWhatTakesTimeAfterItEnded) {
    const std::string uuid = create("a");
    const ActionFault fault;
    const std::string broken = create("b", &fault);
    open();
    EXPECT_EQ(state(uuid), "filling");
    clock_.advance(std::chrono::seconds(5));
    EXPECT_EQ(state(uuid), "full");
    EXPECT_EQ(state(broken), "broken");
    const json::Value summary = cloud_->summary();
    for (const auto& [project, counts] : *summary.as_object()) {
        EXPECT_EQ(json::to_text(counts), R"({"box":2})");
    }
}

TEST_F(SecondCloud, TakesTheTokenThatTheProcessMade) {
    EXPECT_TRUE(ask("GET", "/boxes", "", "another form").starts_with("403 "));
    cloud_ =
        make_cloud("quay", {.token = "another form", .settings = {}, .clock = &clock_}, kClouds)
            .value();
    EXPECT_TRUE(ask("GET", "/boxes", "", "another form").starts_with("200 "));
    EXPECT_TRUE(ask("GET", "/boxes", "", "").starts_with("403 "));
}

TEST_F(SecondCloud, HasAProjectForEachKey) {
    create("a");
    EXPECT_EQ(ask("GET", "/boxes", "", "key-another"), R"(200 {"items":[],"continue":""})");
    EXPECT_NE(ask("GET", "/boxes", "", "key-reader").find("\"name\":\"a\""), std::string::npos);
}

TEST_F(SecondCloud, IsServedWithFaultsLikeAnyOther) {
    FaultMiddleware middleware(*cloud_, "own", [] {});
    ASSERT_TRUE(
        middleware
            .add_fault(
                Fault::from_json(json::parse(R"({"kind":"status","status":503,"times":1})").value())
                    .value())
            .ok());
    auto server =
        net::Server::create({}, [&](const net::Request& asked, const net::RequestContext& context) {
            return middleware.answer(asked, context).to_answer();
        });
    ASSERT_TRUE(server.ok());
    (*server)->start();
    const auto get = [&] {
        return fakes::body_of(
            fakes::get((*server)->port(), "/api/quay/boxes", "X-Quay-Key: key-own\r\n"));
    };
    EXPECT_EQ(get(), R"({"reason":"SlowDown","text":"the sandbox was told to answer so"})");
    EXPECT_EQ(get(), R"({"items":[],"continue":""})");
}

}
}
