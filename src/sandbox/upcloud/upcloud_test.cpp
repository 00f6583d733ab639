#include "sandbox/upcloud/upcloud.hpp"

#include "base/base64.hpp"
#include "base/clock.hpp"
#include "json/value.hpp"

#include <gtest/gtest.h>

#include <fmt/core.h>

namespace sandbox::upcloud {
namespace {

constexpr const char* kToken = "ucat_0123456789ABCDEF";
constexpr const char* kDebian = "01000000-0000-4000-8000-000020070100";

class UpcloudSandbox : public testing::Test {
protected:
    UpcloudSandbox() {
        cloud_ = make({.folder = {},
                       .seed = 3,
                       .token = kToken,
                       .read_only_token = "ucat_reader0123456789",
                       .settings = {.speed = 1, .rate_limit = 0, .quotas = {}},
                       .clock = &clock_})
                     .value();
    }
    net::Response send(std::string method, std::string path, std::string body = {},
                       std::string authorization = std::string("Bearer ") + kToken) {
        return cloud_->answer({.method = std::move(method),
                               .target = "/1.3" + std::move(path),
                               .headers = {{"Authorization", std::move(authorization)}},
                               .body = std::move(body)},
                              nullptr);
    }
    json::Value ask(std::string method, std::string path, std::string body = {}) {
        const net::Response response = send(std::move(method), std::move(path), std::move(body));
        auto document = json::parse(response.body);
        return document.ok() ? std::move(*document) : json::Value();
    }
    std::string code(std::string method, std::string path, std::string body = {}) {
        const json::Value answer = ask(std::move(method), std::move(path), std::move(body));
        const json::Value* error = answer.find("error");
        return std::string(error != nullptr ? error->string_or("error_code", "")
                                            : answer.string_or("type", ""));
    }
    std::string make_server() {
        const json::Value made =
            ask("POST", "/server",
                fmt::format(
                    R"({{"server":{{"title":"a","hostname":"a.test","zone":"fi-hel1",)"
                    R"("plan":"1xCPU-1GB","metadata":"yes","storage_devices":)"
                    R"({{"storage_device":[{{"action":"clone","storage":"{}","title":"os"}}]}},)"
                    R"("networking":{{"interfaces":{{"interface":[{{"type":"public"}}]}}}}}}}})",
                    kDebian));
        const json::Value* server = made.find("server");
        return server != nullptr ? std::string(server->string_or("uuid", "")) : std::string();
    }
    std::string state_of(const std::string& server) {
        const json::Value shown = ask("GET", "/server/" + server);
        return std::string(shown.find("server")->string_or("state", ""));
    }

    base::FakeClock clock_;
    std::unique_ptr<Cloud> cloud_;
};

TEST_F(UpcloudSandbox, TakesTheTokenEitherWay) {
    EXPECT_EQ(send("GET", "/account").status, 200);
    const std::string basic = "Basic " + base::encode_base64(std::string("anybody:") + kToken);
    EXPECT_EQ(send("GET", "/account", "", basic).status, 200);
    const net::Response refused = send("GET", "/account", "", "Bearer nonsense");
    EXPECT_EQ(refused.status, 401);
    EXPECT_NE(refused.body.find("AUTHENTICATION_FAILED"), std::string::npos);
    EXPECT_EQ(send("POST", "/router", R"({"router":{"name":"r"}})", "Bearer ucat_reader0123456789")
                  .status,
              403);
}

TEST_F(UpcloudSandbox, RefusesInTheFormOfEachService) {
    EXPECT_EQ(code("GET", "/router/nonsense"), "ROUTER_INVALID");
    EXPECT_EQ(code("GET", "/router/04000000-0000-4000-8000-000000000000"), "ROUTER_NOT_FOUND");
    EXPECT_EQ(code("POST", "/router", R"({"router":{}})"), "ROUTER_NAME_MISSING");
    EXPECT_EQ(code("POST", "/router", R"({"server":{}})"), "UNKNOWN_ATTRIBUTE");
    EXPECT_EQ(code("POST", "/router", R"({"router":{"name":"r","labels":[{"key":"_a"}]}})"),
              "INVALID_LABEL_KEY");
    const net::Response problem = send("POST", "/gateway", R"({"name":"g"})");
    EXPECT_EQ(problem.status, 400);
    EXPECT_EQ(problem.headers.find("Content-Type"), "application/problem+json");
    EXPECT_NE(problem.body.find("errors#ERROR_INVALID_REQUEST"), std::string::npos);
    EXPECT_EQ(send("GET", "/router/").status, 200) << "with a slash at its end";
}

TEST_F(UpcloudSandbox, ListsByLabelsAndByOffset) {
    for (const char* name : {"a", "b", "c"}) {
        ask("POST", "/object-storage-2",
            fmt::format(R"({{"name":"{}","region":"europe-1","configured_status":"started",)"
                        R"("labels":[{{"key":"name","value":"{}"}}]}})",
                        name, name));
    }
    const net::Response page = send("GET", "/object-storage-2?limit=2&offset=2");
    EXPECT_EQ(page.headers.find("Upcloud-Total-Count"), "3");
    EXPECT_EQ(json::parse(page.body)->as_array()->size(), 1U);
    EXPECT_EQ(ask("GET", "/object-storage-2?label=name%3Db").as_array()->size(), 1U);
    EXPECT_EQ(ask("GET", "/object-storage-2?label=name&label=other").as_array()->size(), 0U);
    EXPECT_EQ(send("POST", "/object-storage-2",
                   R"({"name":"a","region":"europe-1","configured_status":"started"})")
                  .status,
              409);
}

TEST_F(UpcloudSandbox, AServerTakesItsTime) {
    const std::string server = make_server();
    EXPECT_EQ(state_of(server), "maintenance");
    EXPECT_EQ(code("PUT", "/server/" + server, R"({"server":{"title":"b"}})"),
              "SERVER_STATE_ILLEGAL");
    clock_.advance(std::chrono::seconds(24));
    EXPECT_EQ(state_of(server), "started");
    EXPECT_EQ(code("DELETE", "/server/" + server), "SERVER_STATE_ILLEGAL");
    const json::Value stopping =
        ask("POST", "/server/" + server + "/stop", R"({"stop_server":{"stop_type":"hard"}})");
    EXPECT_EQ(stopping.find("server")->string_or("state", ""), "started") << "the state before";
    clock_.advance(std::chrono::seconds(2));
    EXPECT_EQ(state_of(server), "maintenance");
    clock_.advance(std::chrono::seconds(10));
    EXPECT_EQ(state_of(server), "stopped");
    EXPECT_EQ(send("DELETE", "/server/" + server + "?storages=1").status, 204);
    EXPECT_EQ(code("GET", "/server/" + server), "SERVER_NOT_FOUND");
    EXPECT_TRUE(ask("GET", "/storage/private").find("storages", "storage")->as_array()->empty());
}

TEST_F(UpcloudSandbox, KeepsWhatIsInUse) {
    const json::Value router = ask("POST", "/router", R"({"router":{"name":"r"}})");
    const std::string id(router.find("router")->string_or("uuid", ""));
    const json::Value network =
        ask("POST", "/network",
            fmt::format(R"({{"network":{{"name":"n","zone":"fi-hel1","router":"{}","ip_networks":)"
                        R"({{"ip_network":[{{"address":"10.0.0.0/24","family":"IPv4",)"
                        R"("dhcp":"yes"}}]}}}}}})",
                        id));
    EXPECT_EQ(code("DELETE", "/router/" + id), "ROUTER_ATTACHED");
    const std::string net(network.find("network")->string_or("uuid", ""));
    EXPECT_EQ(send("PUT", "/network/" + net, R"({"network":{"router":null}})").status, 200);
    EXPECT_EQ(send("DELETE", "/router/" + id).status, 204);
    EXPECT_EQ(send("DELETE", "/network/" + net).status, 204);
}

}
}
