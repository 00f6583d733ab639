#include "providers/aws/sigv4.hpp"

#include "base/fs.hpp"
#include "json/value.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace providers::aws {
namespace {

json::Value vectors() {
    return json::parse(base::read_file("src/providers/aws/sigv4_vectors.json").value()).value();
}

Keys keys_of(const json::Value& all, std::string_view session) {
    return {.id = std::string(all.string_or("key_id", "")),
            .secret = base::SecretText(std::string(all.string_or("secret_key", ""))),
            .session = base::SecretText(std::string(session))};
}

net::Request request_of(const json::Value& one) {
    net::Request out{.method = std::string(one.string_or("method", "")),
                     .target = std::string(one.string_or("url", "")),
                     .headers = {},
                     .body = std::string(one.string_or("body", ""))};
    for (const json::Member& header : *one.find("headers")->as_object()) {
        out.headers.add(header.key, *header.value.as_string());
    }
    return out;
}

// What botocore signs is signed alike.
TEST(SigV4, IsAsBotocoreMakesIt) {
    const json::Value all = vectors();
    const base::Time now{std::chrono::seconds(all.int64_or("time", 0))};
    const std::string region(all.string_or("region", ""));
    ASSERT_GT(all.find("cases")->as_array()->size(), 30U);
    for (const json::Value& one : *all.find("cases")->as_array()) {
        SCOPED_TRACE(one.string_or("name", ""));
        const net::Headers made =
            sign_v4(request_of(one), keys_of(all, one.string_or("token", "")),
                    {.region = region, .service = std::string(one.string_or("service", ""))}, now);
        const json::Object& wanted = *one.find("signed")->as_object();
        EXPECT_EQ(made.fields().size(), wanted.size());
        for (const json::Member& header : wanted) {
            EXPECT_EQ(made.find(header.key).value_or("none"), *header.value.as_string());
        }
    }
}

TEST(SigV4, TheKeptKeyIsThatOfTheDay) {
    const json::Value all = vectors();
    const json::Value& one = all.find("cases")->as_array()->front();
    const Keys keys = keys_of(all, "");
    const SigningScope scope{.region = "eu-central-1", .service = "ec2"};
    base::FakeClock clock;
    const net::Sign sign = v4_signer(keys, scope, clock);
    for (int day = 0; day < 3; ++day) {
        for (int i = 0; i < 2; ++i) {
            const net::Request request = request_of(one);
            EXPECT_EQ(sign(request).fields(), sign_v4(request, keys, scope, clock.now()).fields());
        }
        clock.advance(std::chrono::hours(24));
    }
}

TEST(SigV4, AnEndpointThatIsNoUrlIsNotSigned) {
    net::Request request{.method = "GET", .target = "nowhere", .headers = {}, .body = {}};
    EXPECT_TRUE(sign_v4(request, {}, {}, {}).fields().empty());
}

}
}
