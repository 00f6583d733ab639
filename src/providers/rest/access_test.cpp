#include "providers/rest/access.hpp"

#include <gtest/gtest.h>

namespace providers::rest {
namespace {

constexpr Vendor kVendor{.name = "Acme",
                         .endpoint = "https://api.acme.test/v1",
                         .how_to_give = "`token = …`",
                         .how_to_name_it = "ACME_ENDPOINT beside ACME_TOKEN"};

CredentialSource source(std::string place, std::string token, std::string endpoint = {}) {
    CredentialSource out{.place = std::move(place),
                         .credential = {base::SecretText(std::move(token))},
                         .endpoint = {}};
    if (!endpoint.empty()) out.endpoint = {.url = std::move(endpoint), .place = out.place};
    return out;
}

// "TOKEN to ENDPOINT", or what is said instead.
std::string sent(const std::vector<CredentialSource>& sources, const std::string& endpoint = {}) {
    std::optional<NamedEndpoint> wanted;
    if (!endpoint.empty()) wanted = {.url = endpoint, .place = "the program"};
    const auto access = Access::found(kVendor, wanted, sources);
    if (!access.ok()) return access.error().text();
    return access->credential().front().reveal() + " to " + access->endpoint();
}

TEST(Access, OfWhatLiesAboutGoesToTheVendor) {
    EXPECT_EQ(sent({source("ENV", "t")}), "t to https://api.acme.test/v1");
    EXPECT_EQ(sent({source("ENV", "t")}, "https://API.acme.test:443/v2/"),
              "t to https://API.acme.test:443/v2");
}

TEST(Access, OfWhatLiesAboutGoesNowhereElse) {
    for (const char* other : {"https://evil.test/v1", "https://api.acme.test.evil.test",
                              "https://api.acme.test:8443/v1", "http://127.0.0.1:8080/v1",
                              "https://api.acme.test./v1"}) {
        EXPECT_EQ(sent({source("ENV", "t")}, other),
                  "no token is sent to " + std::string(other) +
                      ", which the program names: that of ENV is for https://api.acme.test/v1");
    }
    const auto refused = Access::found(kVendor, NamedEndpoint{.url = "https://x", .place = "it"},
                                       std::vector{source("ENV", "t")});
    EXPECT_EQ(refused.error().code(), base::Code::Unauthenticated);
    EXPECT_EQ(refused.error().help(),
              "if it is to be trusted, give the connection a token of its own, as `token = …`; or "
              "name the endpoint where the token is: ACME_ENDPOINT beside ACME_TOKEN");
}

TEST(Access, GoesWhereItsOwnSourceSays) {
    const auto env = source("ENV", "e", "http://127.0.0.1:80/v1");
    const auto file = source("FILE", "f", "https://other.test");
    EXPECT_EQ(sent({env, file}), "e to http://127.0.0.1:80/v1");
    EXPECT_EQ(sent({env, file}, "http://127.0.0.1/v1"), "e to http://127.0.0.1/v1");
    EXPECT_EQ(sent({env, file}, "https://other.test/v1"), "f to https://other.test/v1");
    EXPECT_EQ(sent({env, file}, "https://third.test"),
              "no token is sent to https://third.test, which the program names: that of ENV is for "
              "http://127.0.0.1:80/v1 and for https://api.acme.test/v1, that of FILE is for "
              "https://other.test and for https://api.acme.test/v1");
}

TEST(Access, IsNeverSentInClear) {
    constexpr std::string_view kWhy = " is plain http to another machine: whoever is on the way "
                                      "would read the token";
    const auto said = [](std::string url) {
        return Access::given({.url = std::move(url), .place = "it"}, {}).error().text();
    };
    EXPECT_EQ(said("http://api.acme.test"),
              "http://api.acme.test, which it names," + std::string(kWhy));
    EXPECT_EQ(sent({source("ENV", "t", "http://10.0.0.1")}),
              "http://10.0.0.1, which ENV names," + std::string(kWhy));
    EXPECT_EQ(sent({source("ENV", "t")}, "http://api.acme.test/v1"),
              "http://api.acme.test/v1, which the program names," + std::string(kWhy));
    EXPECT_EQ(said("x"), "it: \"x\" is no usable URL: it does not begin with http:// or https://");
}

}
}
