#include "providers/aws/account.hpp"

#include "base/fs.hpp"

#include <gtest/gtest.h>

#include <map>

namespace providers::aws {
namespace {

using value::Value;

class AwsAccount : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = base::make_temporary_directory("aws-account").value();
        ASSERT_TRUE(base::make_directories(folder_ + "/.aws").ok());
        environment_["HOME"] = folder_;
    }
    void TearDown() override { (void)base::remove_tree(folder_); }

    void write(const std::string& name, std::string_view text) {
        ASSERT_TRUE(base::write_file_atomic(folder_ + "/.aws/" + name, text).ok());
    }
    void keys_in_environment() {
        environment_["AWS_ACCESS_KEY_ID"] = "AKIAENV";
        environment_["AWS_SECRET_ACCESS_KEY"] = "env's";
    }

    base::Result<Account> find(const Value& settings = Value::Record{}) {
        provider::Host host;
        host.environment = [this](const std::string& name) {
            const auto found = environment_.find(name);
            return found != environment_.end() ? std::optional(found->second) : std::nullopt;
        };
        return find_account(settings, host);
    }
    // Whose keys, and where: "AKIAENV https://ec2.eu-central-1.amazonaws.com".
    std::string found(const Value& settings = Value::Record{}) {
        const auto account = find(settings);
        if (!account.ok()) return std::string(base::name_of(account.error().code()));
        return account->keys.id + " " + account->endpoints.of("ec2")->url;
    }

    std::string folder_;
    std::map<std::string, std::string> environment_;
};

constexpr const char* kVendors = " https://ec2.eu-central-1.amazonaws.com";

TEST_F(AwsAccount, GoesByTheOrderOfTheVendorsTools) {
    write("credentials", "# mine\n[default]\naws_access_key_id = AKIADEFAULT\n"
                         "aws_secret_access_key=s ; old\n\n[work]\naws_access_key_id=AKIAWORK\n"
                         "aws_secret_access_key=s\n");
    write("config", "[default]\nregion = eu-central-1\n[profile work]\nregion=us-east-1\n"
                    "s3 =\n  region = nowhere\n");
    EXPECT_EQ(found(), std::string("AKIADEFAULT") + kVendors);
    environment_["AWS_PROFILE"] = "work";
    EXPECT_EQ(found(), "AKIAWORK https://ec2.us-east-1.amazonaws.com");
    keys_in_environment();
    EXPECT_EQ(found(), "AKIAENV https://ec2.us-east-1.amazonaws.com");
    environment_["AWS_REGION"] = "eu-central-1";
    EXPECT_EQ(found(), std::string("AKIAENV") + kVendors);
    // Named in the program, a profile goes before the environment; so does a region.
    EXPECT_EQ(found(Value::Record{{"profile", "work"}, {"region", "us-west-2"}}),
              "AKIAWORK https://ec2.us-west-2.amazonaws.com");
    EXPECT_EQ(found(Value::Record{{"profile", "play"}}), "Unauthenticated");
}

TEST_F(AwsAccount, WithoutKeysOrRegionItSaysWhere) {
    EXPECT_EQ(find().error().message(), "there is no region for AWS");
    environment_["AWS_REGION"] = "eu-central-1";
    EXPECT_EQ(found(), "Unauthenticated");
    write("config", "[default]\ncredential_process = x\n");
    EXPECT_NE(find().error().text().find("`credential_process`"), std::string::npos);
    keys_in_environment();
    EXPECT_FALSE(find(Value::Record{{"region", "nowhere"}}).ok());
    EXPECT_FALSE(find(Value::Record{{"region", "eu-x.evil.example/"}}).ok());
}

// What lies about on a machine goes to the vendor, or where the same source says.
TEST_F(AwsAccount, AmbientKeysGoNowhereElse) {
    environment_["AWS_REGION"] = "eu-central-1";
    keys_in_environment();
    const Value elsewhere = Value::Record{{"endpoint", "https://evil.example"}};
    EXPECT_EQ(found(elsewhere), "Unauthenticated");
    environment_["AWS_ENDPOINT_URL"] = "http://127.0.0.1:5000/";
    EXPECT_EQ(found(), "AKIAENV http://127.0.0.1:5000");
    EXPECT_EQ(found(elsewhere), "Unauthenticated");
    // Of a file, the environment's endpoint is another source.
    environment_.erase("AWS_ACCESS_KEY_ID");
    write("credentials", "[default]\naws_access_key_id=AKIAFILE\naws_secret_access_key=s\n");
    EXPECT_EQ(found(), "Unauthenticated");
    environment_.erase("AWS_ENDPOINT_URL");
    environment_["AWS_ENDPOINT_URL_STS"] = "https://evil.example";
    EXPECT_EQ(found(), "Unauthenticated");
    environment_.erase("AWS_ENDPOINT_URL_STS");
    write("config", "[default]\nendpoint_url = http://localhost:4566\n");
    EXPECT_EQ(found(), "AKIAFILE http://localhost:4566");
}

TEST_F(AwsAccount, AServiceMayHaveAnEndpointOfItsOwn) {
    environment_["AWS_REGION"] = "eu-central-1";
    environment_["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:7000";
    keys_in_environment();
    const auto account = find();
    ASSERT_TRUE(account.ok()) << account.error().text();
    EXPECT_EQ(account->endpoints.of("sts")->url, "http://127.0.0.1:7000");
    EXPECT_EQ(account->endpoints.of("ec2")->url, "https://ec2.eu-central-1.amazonaws.com");
}

TEST_F(AwsAccount, KeysOfTheProgramAreReferencesToSecrets) {
    environment_["AWS_REGION"] = "eu-central-1";
    keys_in_environment();
    Value settings = Value::Record{{"access_key_id", "AKIAGIVEN"},
                                   {"secret_access_key", "plain"},
                                   {"endpoint", "http://127.0.0.1:5000"}};
    EXPECT_EQ(found(settings), "InvalidArgument");
    Value secret = Value("hidden");
    secret.mark_secret();
    settings.set("secret_access_key", std::move(secret));
    EXPECT_EQ(found(settings), "AKIAGIVEN http://127.0.0.1:5000");
    settings.set("endpoint", Value("http://other.example"));
    EXPECT_EQ(found(settings), "InvalidArgument");   // plain http to another machine
}

TEST(AwsEndpoints, AreThoseOfThePublicPartitions) {
    EXPECT_EQ(public_endpoint("ec2", "eu-west-1")->url, "https://ec2.eu-west-1.amazonaws.com");
    EXPECT_EQ(public_endpoint("sqs", "cn-north-1")->url, "https://sqs.cn-north-1.amazonaws.com.cn");
    EXPECT_EQ(public_endpoint("ec2", "us-gov-west-1")->url,
              "https://ec2.us-gov-west-1.amazonaws.com");
    EXPECT_EQ(partition_of("us-gov-east-1"), "aws-us-gov");
    EXPECT_EQ(partition_of("eu-new-9"), "aws");   // newer than the model
    EXPECT_FALSE(public_endpoint("ec2", "us-iso-east-1").ok());
    EXPECT_FALSE(public_endpoint("ec2", "EU").ok());
}

}
}
