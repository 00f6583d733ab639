#include "providers/hetzner/provider.hpp"

#include "base/fs.hpp"
#include "providers/hetzner/account.hpp"
#include "providers/hetzner/conventions.hpp"
#include "providers/rest/api.hpp"
#include "json/value.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <mutex>

// What is sent and what is made of answers, over a transport that plays them.
namespace providers::hetzner {
namespace {

using value::Value;

struct Script {
    struct Answer {
        int status = 200;
        std::string body;
    };
    std::deque<Answer> answers;
    std::vector<net::Request> requests;
    net::Delivery delivery = net::Delivery::Unknown;   // of what is not answered
};

class ScriptTransport final : public net::Transport {
public:
    explicit ScriptTransport(std::shared_ptr<Script> script) : script_(std::move(script)) {}

    net::Exchange exchange(const net::Request& request, const net::ExchangeOptions&) override {
        script_->requests.push_back(request);
        if (script_->answers.empty()) {
            return {net::call_error(base::Code::Unavailable, "the line is dead", script_->delivery),
                    {}};
        }
        net::Response response{.status = script_->answers.front().status,
                               .headers = {},
                               .body = script_->answers.front().body};
        script_->answers.pop_front();
        return {std::move(response), {}};
    }

private:
    std::shared_ptr<Script> script_;
};

class HetznerTest : public ::testing::Test {
protected:
    void SetUp() override {
        Value token("tokenofthetest");
        token.mark_secret();
        settings_.set("token", std::move(token));
        settings_.set("endpoint", "https://api.test/v1");
        settings_.set("labels", Value::Record{{"team", "web"}});
        connection_ =
            connect_over(std::make_unique<ScriptTransport>(script_), settings_, {}).value();
    }

    void answer(int status, std::string body) {
        script_->answers.push_back({status, std::move(body)});
    }

    static provider::Intent create(const char* type, Value inputs) {
        provider::Intent out;
        out.token = "tok1";
        out.workspace = "/home/ops/my site";
        out.environment = "default";
        out.address = "net";
        out.type = type;
        out.inputs = std::move(inputs);
        return out;
    }
    static provider::Intent network() {
        return create("hetzner.Network",
                      Value::Record{{"name", "net"}, {"ip_range", "10.0.0.0/16"}});
    }
    std::string refusal(int status, std::string body) {
        answer(status, std::move(body));
        auto started = connection_->start(network(), {});
        if (started.ok()) return "it was not refused";
        const base::Error& error = started.error();
        return error.text() + "\n" + std::string(error.help()) + "\n" +
               std::string(base::name_of(error.code())) +
               (error.advice() != nullptr ? ", " + std::string(base::name_of(error.advice()->next))
                                          : "") +
               (provider::is_about_connection(error) ? ", of the connection" : "");
    }

    std::shared_ptr<Script> script_ = std::make_shared<Script>();
    Value settings_;
    std::unique_ptr<provider::Connection> connection_;
};

TEST_F(HetznerTest, ACreateCarriesItsIntentAndTheLabelsOfTheConnection) {
    answer(201, R"({"network":{"id":7,"name":"net","ip_range":"10.0.0.0/16","labels":{
        "team":"web","provisioning.token":"tok1","provisioning.address":"net",
        "provisioning.environment":"default","provisioning.workspace":"home-ops-my-site.9fd9b7a6a0"
        }}})");
    (void)connection_->start(network(), {});
    ASSERT_EQ(script_->requests.size(), 1U);
    const net::Request& sent = script_->requests[0];
    EXPECT_EQ(sent.method + " " + sent.target, "POST https://api.test/v1/networks");
    EXPECT_EQ(sent.headers.find("Authorization"), "Bearer tokenofthetest");
    const json::Value body = json::parse(sent.body).value();
    const json::Value& labels = *body.find("labels");
    EXPECT_EQ(labels.string_or("provisioning.token", ""), "tok1");
    EXPECT_EQ(labels.string_or("team", ""), "web");
    // No label takes a slash or a space.
    EXPECT_EQ(labels.string_or("provisioning.workspace", "").substr(0, 17), "home-ops-my-site.");
}

TEST_F(HetznerTest, RefusalsNameTheThingTheServicesWordsAndWhatToDo) {
    EXPECT_EQ(
        refusal(422,
                R"({"error":{"code":"invalid_input","message":"invalid input",)"
                R"("details":{"fields":[{"name":"ip_range","messages":["must be private"]}]}}})"),
        "creating the network \"net\": Hetzner Cloud says: invalid input; `ip_range` "
        "must be private (invalid_input, HTTP 422)\ncorrect what it names\nInvalidArgument");
    EXPECT_EQ(
        refusal(401, R"({"error":{"code":"unauthorized","message":"unable to authenticate"}})"),
        "creating the network \"net\": Hetzner Cloud says: unable to authenticate "
        "(unauthorized, HTTP 401)\nthe token is unknown: it may be of another service, "
        "revoked, or cut off. Make one in the project's page, Security, API "
        "tokens\nUnauthenticated, of the connection");
    EXPECT_EQ(refusal(401, R"({"error":{"code":"token_readonly","message":"only read access"}})"),
              "creating the network \"net\": Hetzner Cloud says: only read access "
              "(token_readonly, HTTP 401)\nthe token may only read. That is enough to plan; to "
              "apply, take one with read and write rights\nPermissionDenied, of the connection");
    EXPECT_EQ(refusal(403, R"({"error":{"code":"resource_limit_exceeded","message":"limit"}})"),
              "creating the network \"net\": Hetzner Cloud says: limit (resource_limit_exceeded, "
              "HTTP 403)\nthe project's limit is reached: delete what is not needed, or ask for a "
              "higher limit in the console, Limits\nExhausted");
    EXPECT_EQ(refusal(403, R"({"error":{"code":"maintenance","message":"at noon"}})"),
              "creating the network \"net\": Hetzner Cloud says: at noon (maintenance, HTTP "
              "403)\nthe API is under maintenance\nUnavailable, ApplyLater, of the connection");
    EXPECT_EQ(
        refusal(502, "<html>"),
        "creating the network \"net\": Hetzner Cloud says: Bad Gateway (HTTP 502)\nits answer "
        "was lost on the way\nUnavailable, FindOut, of the connection");
}

TEST_F(HetznerTest, WhatWasNotSentWasNotDoneWhateverItsCode) {
    script_->delivery = net::Delivery::NotSent;
    const auto started = connection_->start(network(), {});
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().code(), base::Code::Unavailable);
    EXPECT_TRUE(provider::is_without_effect(started.error()));
    EXPECT_TRUE(provider::is_about_connection(started.error()));
    EXPECT_NE(started.error().help().find("reachable from here?"), std::string_view::npos);
}

// A look can be made again by whatever made it: it is not "apply" that has to be.
TEST_F(HetznerTest, ALookThatIsRefusedAsksForNoApply) {
    answer(403, R"({"error":{"code":"maintenance","message":"at noon"}})");
    const auto page = connection_->list(*provider().schema().find("hetzner.Network"), "", {});
    ASSERT_FALSE(page.ok());
    EXPECT_EQ(page.error().help(), "the API is under maintenance");
    EXPECT_EQ(page.error().advice(), nullptr);
}

TEST(HetznerErrors, CodesAndAdviceFollowFromTheApisCode) {
    struct Case {
        int status;
        std::string code;
        base::Code is;
        std::optional<base::Next> next;
    };
    using base::Code;
    using base::Next;
    for (const Case& one : std::vector<Case>{
             {400, "json_error", Code::InvalidArgument, {}},
             {401, "unauthorized", Code::Unauthenticated, {}},
             {401, "token_readonly", Code::PermissionDenied, {}},
             {403, "forbidden", Code::PermissionDenied, {}},
             {403, "maintenance", Code::Unavailable, Next::ApplyLater},
             {403, "resource_limit_exceeded", Code::Exhausted, {}},
             {404, "not_found", Code::NotFound, Next::PlanAgain},
             {409, "conflict", Code::Conflict, Next::ApplyAgain},
             {409, "uniqueness_error", Code::AlreadyExists, Next::ImportResource},
             {412, "resource_unavailable", Code::Exhausted, Next::ApplyLater},
             {422, "placement_error", Code::FailedPrecondition, Next::ApplyLater},
             {423, "locked", Code::FailedPrecondition, Next::ApplyAgain},
             {429, "rate_limit_exceeded", Code::Busy, Next::ApplyLater},
             {500, "server_error", Code::Unavailable, {}},
             {503, "unavailable", Code::Unavailable, {}},
         }) {
        rest::ApiError refusal;
        refusal.status = one.status;
        refusal.code = one.code;
        EXPECT_EQ(error_mapping().code_of(refusal), one.is) << one.code;
        const rest::Remedy remedy = error_mapping().remedy_for(refusal);
        EXPECT_FALSE(remedy.help.empty()) << one.code;
        EXPECT_EQ(remedy.advice.has_value(), one.next.has_value()) << one.code;
        if (remedy.advice && one.next) EXPECT_EQ(remedy.advice->next, *one.next) << one.code;
    }
}

TEST_F(HetznerTest, WhetherAnAnswerWasLostIsToldByTheCode) {
    auto lost = connection_->start(network(), {});
    EXPECT_EQ(lost.error().code(), base::Code::Unavailable);
    answer(502, "<html>bad gateway</html>");
    EXPECT_EQ(connection_->start(network(), {}).error().code(), base::Code::Unavailable);
    answer(201, "{\"network\":");
    EXPECT_EQ(connection_->start(network(), {}).error().code(), base::Code::Unavailable);
    answer(422, R"({"error":{"code":"invalid_input","message":"no"}})");
    EXPECT_EQ(connection_->start(network(), {}).error().code(), base::Code::InvalidArgument);
}

TEST_F(HetznerTest, ANameThatIsTakenIsOursOnlyByTheToken) {
    const std::string taken = R"({"error":{"code":"uniqueness_error","message":"name is used"}})";
    answer(409, taken);
    answer(200, R"({"networks":[]})");
    answer(200, R"({"networks":[{"id":9,"name":"net"}]})");
    auto foreign = connection_->start(network(), {});
    ASSERT_FALSE(foreign.ok());
    ASSERT_NE(foreign.error().advice(), nullptr);
    EXPECT_EQ(*foreign.error().advice(),
              (base::Advice{.next = base::Next::ImportResource, .subject = "net", .object = "9"}));
    EXPECT_NE(script_->requests[1].target.find("label_selector=provisioning.token%3D%3Dtok1"),
              std::string::npos);
}

TEST_F(HetznerTest, ListsTellAllTheirPages) {
    answer(200, R"({"networks":[{"id":1,"name":"a","ip_range":"10.0.0.0/8"}],"meta":{"pagination":
        {"page":1,"per_page":50,"previous_page":null,"next_page":2,"last_page":4}}})");
    const auto page = connection_->list(*provider().schema().find("hetzner.Network"), "", {});
    ASSERT_TRUE(page.ok());
    EXPECT_EQ(page->items.size(), 1U);
    EXPECT_EQ(page->next, "2");
    EXPECT_EQ(page->others, (std::vector<std::string>{"3", "4"}));
}

// "TOKEN for ENDPOINT" of a context in a configuration file.
std::string in_configuration(std::string_view toml, std::string_view context) {
    const auto source = source_in_configuration(toml, context, "cli.toml");
    if (!source.ok()) return source.error().text();
    return source->credential.front().reveal() + " for " +
           (source->endpoint ? source->endpoint->url : "the vendor");
}

TEST(HetznerToken, IsFoundAsTheVendorsToolsDo) {
    const std::string toml = "active_context = \"work\"\n[[contexts]]\nname = \"home\"\ntoken = "
                             "\"aaa\"\n[[contexts]]\nname = \"work\"\ntoken = \"bbb\"\n";
    EXPECT_EQ(in_configuration(toml, ""), "bbb for the vendor");
    EXPECT_EQ(in_configuration(toml, "home"), "aaa for the vendor");
    EXPECT_EQ(in_configuration(toml, "away"), "its context \"away\" has no token");
    EXPECT_EQ(in_configuration("", ""), "no context is active");
    EXPECT_FALSE(source_in_configuration("= x", "", "").ok());
    const std::string own = toml + "[contexts.preferences]\nendpoint = \"https://w\"\n";
    EXPECT_EQ(in_configuration(own, ""), "bbb for https://w");
    EXPECT_EQ(in_configuration(own, "home"), "aaa for the vendor");
    EXPECT_EQ(in_configuration(own + "[preferences]\nendpoint = \"https://all\"\n", "home"),
              "aaa for https://all");
}

// A machine with these variables, and a folder for the vendor's configuration.
class HetznerAccount : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = base::make_temporary_directory("hetzner-token").value();
        variables_ = {{"XDG_CONFIG_HOME", folder_}};
        host_.environment = [&](const std::string& name) -> std::optional<std::string> {
            const auto found = variables_.find(name);
            if (found == variables_.end()) return std::nullopt;
            return found->second;
        };
    }
    void TearDown() override { (void)base::remove_tree(folder_); }

    void configure(const std::string& more = {}) {
        ASSERT_TRUE(base::make_directories(folder_ + "/hcloud").ok());
        ASSERT_TRUE(base::write_file_atomic(folder_ + "/hcloud/cli.toml",
                                            "active_context = \"a\"\n[[contexts]]\n"
                                            "name = \"a\"\ntoken = \"ttt\"\n" +
                                                more)
                        .ok());
    }
    // "TOKEN to ENDPOINT", or what is said instead.
    std::string sent(const std::string& endpoint = {}, const std::string& token = {}) {
        Value settings((Value::Record()));
        if (!endpoint.empty()) settings.set("endpoint", Value(endpoint));
        if (!token.empty()) {
            Value secret(token);
            secret.mark_secret();
            settings.set("token", std::move(secret));
        }
        const auto account = find_account(settings, host_);
        if (!account.ok()) return account.error().text();
        return account->access.credential().front().reveal() + " to " + account->access.endpoint();
    }

    std::string folder_;
    std::map<std::string, std::string> variables_;
    provider::Host host_;
};

TEST_F(HetznerAccount, SaysWhereATokenWasLookedFor) {
    auto account = find_account(Value(), host_);
    ASSERT_FALSE(account.ok());
    EXPECT_EQ(account.error().code(), base::Code::Unauthenticated);
    EXPECT_NE(account.error().text().find("HCLOUD_TOKEN is not set, and cannot open"),
              std::string::npos);
    configure();
    EXPECT_EQ(sent(), "ttt to https://api.hetzner.cloud/v1");
}

TEST_F(HetznerAccount, OfTheMachineGoesToTheVendorOrWhereItsSourceSays) {
    variables_["HCLOUD_TOKEN"] = "eee";
    EXPECT_EQ(sent(), "eee to https://api.hetzner.cloud/v1");
    EXPECT_EQ(sent("https://api.hetzner.cloud/v1/"), "eee to https://api.hetzner.cloud/v1");
    variables_["HCLOUD_ENDPOINT"] = "http://127.0.0.1:81/v1";
    EXPECT_EQ(sent(), "eee to http://127.0.0.1:81/v1");
    EXPECT_EQ(sent("http://127.0.0.1:81/v1"), "eee to http://127.0.0.1:81/v1");
    variables_.erase("HCLOUD_TOKEN");
    variables_.erase("HCLOUD_ENDPOINT");
    configure("[contexts.preferences]\nendpoint = \"https://own\"\n");
    EXPECT_EQ(sent(), "ttt to https://own");
    EXPECT_EQ(sent("https://own/v2"), "ttt to https://own/v2");
}

TEST_F(HetznerAccount, OfTheMachineGoesNowhereElse) {
    configure();
    const std::string of_file = "that of the context \"a\" of \"" + folder_ +
                                "/hcloud/cli.toml\" is for https://api.hetzner.cloud/v1";
    EXPECT_EQ(sent("http://127.0.0.1:81/v1"),
              "no token is sent to http://127.0.0.1:81/v1, which `endpoint` of the connection "
              "names: " +
                  of_file);
    variables_["HCLOUD_ENDPOINT"] = "http://127.0.0.1:81/v1";
    EXPECT_EQ(sent(), "no token is sent to http://127.0.0.1:81/v1, which HCLOUD_ENDPOINT names: " +
                          of_file);
    variables_.erase("HCLOUD_ENDPOINT");
    variables_["HCLOUD_TOKEN"] = "eee";
    EXPECT_EQ(sent("https://evil.test/v1"),
              "no token is sent to https://evil.test/v1, which `endpoint` of the connection names: "
              "that of HCLOUD_TOKEN is for https://api.hetzner.cloud/v1, " +
                  of_file);
}

TEST_F(HetznerAccount, OfTheProgramGoesWhereItLeads) {
    variables_["HCLOUD_TOKEN"] = "eee";
    variables_["HCLOUD_ENDPOINT"] = "http://127.0.0.1:81/v1";
    EXPECT_EQ(sent("https://own.test/v1", "own"), "own to https://own.test/v1");
    EXPECT_EQ(sent("", "own"), "own to http://127.0.0.1:81/v1");
    EXPECT_EQ(sent("http://own.test/v1", "own"),
              "http://own.test/v1, which `endpoint` of the connection names, is plain http to "
              "another machine: whoever is on the way would read the token");
}

TEST(HetznerToken, IsNoPlainText) {
    Value settings(Value::Record{{"token", "plain"}});
    auto access = find_account(settings, {});
    ASSERT_FALSE(access.ok());
    EXPECT_EQ(access.error().code(), base::Code::InvalidArgument);
    EXPECT_EQ(access.error().text().find("plain"), std::string::npos);
}

}
}
