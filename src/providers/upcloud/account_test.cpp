#include "providers/upcloud/account.hpp"

#include <gtest/gtest.h>

#include <map>

namespace providers::upcloud {
namespace {

using value::Value;

provider::Host host_with(std::map<std::string, std::string> variables) {
    provider::Host host;
    host.environment = [variables = std::move(variables)](const std::string& name) {
        const auto found = variables.find(name);
        return found != variables.end() ? std::optional(found->second) : std::nullopt;
    };
    return host;
}

base::Code code_of(const Value& settings, std::map<std::string, std::string> variables) {
    const auto account = find_account(settings, host_with(std::move(variables)));
    return account.ok() ? base::Code::Internal : account.error().code();
}

Value secret(const char* text) {
    Value out(text);
    out.mark_secret();
    return out;
}

TEST(UpcloudAccount, IsFoundAsTheVendorsToolsDo) {
    const auto by_token = find_account({}, host_with({{"UPCLOUD_TOKEN", "ucat_1"}}));
    ASSERT_TRUE(by_token.ok());
    EXPECT_EQ(by_token->access.endpoint(), kEndpoint);
    EXPECT_EQ(by_token->access.credential().size(), 1U);
    const auto by_name =
        find_account({}, host_with({{"UPCLOUD_USERNAME", "ops"}, {"UPCLOUD_PASSWORD", "x"}}));
    ASSERT_TRUE(by_name.ok());
    EXPECT_EQ(by_name->access.credential().size(), 2U);
    EXPECT_EQ(code_of({}, {}), base::Code::Unauthenticated);
    EXPECT_EQ(code_of({}, {{"UPCLOUD_USERNAME", "ops"}}), base::Code::Unauthenticated);
    EXPECT_EQ(code_of({}, {{"UPCLOUD_TOKEN", "a"}, {"UPCLOUD_USERNAME", "b"}}),
              base::Code::Unauthenticated);
}

TEST(UpcloudAccount, GoesWhereTheSameSourceSays) {
    const auto account =
        find_account({}, host_with({{"UPCLOUD_TOKEN", "ucat_1"},
                                    {"UPCLOUD_DEBUG_API_BASE_URL", "http://127.0.0.1:9/"}}));
    ASSERT_TRUE(account.ok());
    EXPECT_EQ(account->access.endpoint(), "http://127.0.0.1:9/1.3");
}

TEST(UpcloudAccount, IsNotSentWhereAProgramSays) {
    const Value elsewhere = Value::Record{{"endpoint", "https://api.example.com/1.3"}};
    EXPECT_EQ(code_of(elsewhere, {{"UPCLOUD_TOKEN", "ucat_1"}}), base::Code::Unauthenticated);
    const Value given =
        Value::Record{{"endpoint", "https://api.example.com/1.3"}, {"token", secret("ucat_2")}};
    const auto account = find_account(given, host_with({{"UPCLOUD_TOKEN", "ucat_1"}}));
    ASSERT_TRUE(account.ok());
    EXPECT_EQ(account->access.credential().front().reveal(), "ucat_2");
    EXPECT_EQ(stranger_of(given, host_with({})), "api.example.com");
}

TEST(UpcloudAccount, TakesNoPlainTextsAndNoHalves) {
    EXPECT_EQ(code_of(Value::Record{{"token", "ucat_1"}}, {}), base::Code::InvalidArgument);
    EXPECT_EQ(code_of(Value::Record{{"username", "ops"}}, {}), base::Code::InvalidArgument);
    EXPECT_EQ(
        code_of(
            Value::Record{{"username", "ops"}, {"password", secret("x")}, {"token", secret("y")}},
            {}),
        base::Code::InvalidArgument);
}

}
}
