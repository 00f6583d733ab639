#include "net/http/url.hpp"

#include <gtest/gtest.h>

namespace net {
namespace {

std::string again(std::string_view text) {
    auto url = parse_url(text);
    return url.ok() ? url->text() : url.error().text();
}

TEST(Url, HasItsParts) {
    const auto url = parse_url("HTTPS://API.Example.com:8443/v1/servers?page=2&name=a%20b#part");
    ASSERT_TRUE(url.ok());
    EXPECT_EQ(url->scheme, "https");
    EXPECT_EQ(url->host, "api.example.com");
    EXPECT_EQ(url->port, 8443);
    EXPECT_EQ(url->path, "/v1/servers");
    EXPECT_EQ(url->query, "page=2&name=a%20b");
    EXPECT_EQ(url->authority(), "api.example.com:8443");
    EXPECT_EQ(url->target(), "/v1/servers?page=2&name=a%20b");
    EXPECT_EQ(url->text(), "https://api.example.com:8443/v1/servers?page=2&name=a%20b");
}

TEST(Url, FillsInWhatIsLeftOut) {
    EXPECT_EQ(again("http://x"), "http://x/");
    EXPECT_EQ(again("http://x?a=b"), "http://x/?a=b");
    EXPECT_EQ(again("http://[::1]:80/"), "http://[::1]:80/");
    EXPECT_EQ(again("http://[fe80::1]"), "http://[fe80::1]/");
    EXPECT_EQ(parse_url("https://x")->effective_port(), 443);
    EXPECT_EQ(parse_url("http://x")->effective_port(), 80);
    EXPECT_EQ(parse_url("http://x:81")->effective_port(), 81);
}

TEST(Url, RefusesWhatIsNoUrlAndSaysWhy) {
    EXPECT_EQ(again("servers"),
              "\"servers\" is no usable URL: it does not begin with http:// or https://");
    EXPECT_EQ(again("ftp://x/"), "\"ftp://x/\" is no usable URL: only http and https are spoken");
    EXPECT_EQ(again("http://x:0/"),
              "\"http://x:0/\" is no usable URL: the port is no number from 1 to 65535");
    EXPECT_EQ(again("http://x:65536/"),
              "\"http://x:65536/\" is no usable URL: the port is no number from 1 to 65535");
    EXPECT_EQ(again("http:///a"), "\"http:///a\" is no usable URL: the host is no name or address");
    EXPECT_EQ(again("http://a b/"),
              "\"http://a b/\" is no usable URL: the host is no name or address");
    EXPECT_EQ(again("http://x/a b"),
              "\"http://x/a b\" is no usable URL: a character in it has to be written as %XX");
    EXPECT_EQ(again("http://x/\r\nHost: y").substr(0, 12), "\"http://x/\\u");
    EXPECT_FALSE(parse_url("http://x/" + std::string(kMaxUrlBytes, 'a')).ok());
}

TEST(Url, NeverShowsAPassword) {
    const std::string text = again("https://root:hunter2@x/");
    EXPECT_EQ(text, "a URL with a user or a password in it is not accepted");
}

TEST(Url, IsOfTheSameOrigin) {
    EXPECT_TRUE(have_same_origin("https://API.x/v1", "https://api.x:443"));
    EXPECT_TRUE(have_same_origin("http://x:80/a?b", "http://x/c"));
    for (const char* other : {"http://api.x/v1", "https://api.x:8443/v1", "https://api.x./v1",
                              "https://api.x.evil/v1", "https://xapi.x/v1", "api.x", ""}) {
        EXPECT_FALSE(have_same_origin("https://api.x/v1", other)) << other;
    }
    EXPECT_FALSE(have_same_origin("", ""));
}

TEST(Url, IsConfidentialByTlsOrOnThisMachine) {
    for (const char* text :
         {"https://x", "http://localhost", "http://LOCALHOST:80/", "http://127.0.0.1:8080/v1",
          "http://127.255.0.9", "http://[::1]:80", "http://[0:0:0:0:0:0:0:1]"}) {
        EXPECT_TRUE(is_confidential(parse_url(text).value())) << text;
    }
    for (const char* text :
         {"http://x", "http://localhost.evil", "http://127.0.0.1.evil", "http://0.0.0.0",
          "http://128.0.0.1", "http://10.0.0.1", "http://[::]", "http://[::2]", "http://127.1",
          "http://0x7f.0.0.1", "http://2130706433", "http://localhost."}) {
        EXPECT_FALSE(is_confidential(parse_url(text).value())) << text;
    }
}

TEST(Percent, EncodesAllButUnreserved) {
    EXPECT_EQ(percent_encode("a-Z_0.~"), "a-Z_0.~");
    EXPECT_EQ(percent_encode("a b/c?d=é"), "a%20b%2Fc%3Fd%3D%C3%A9");
    EXPECT_EQ(*percent_decode("a%20b%2fc+"), "a b/c+");
    EXPECT_FALSE(percent_decode("%").ok());
    EXPECT_FALSE(percent_decode("%2").ok());
    EXPECT_FALSE(percent_decode("%zz").ok());
}

TEST(Query, IsBuiltAndReadBack) {
    const QueryFields fields{
        {"status", "running"}, {"status", "error"}, {"label_selector", "a=b,c"}};
    const std::string text = build_query(fields);
    EXPECT_EQ(text, "status=running&status=error&label_selector=a%3Db%2Cc");
    EXPECT_EQ(*parse_query(text), fields);
    EXPECT_EQ(*parse_query("a+b=c&&d"), (QueryFields{{"a b", "c"}, {"d", ""}}));
    EXPECT_TRUE(parse_query("")->empty());
}

TEST(Query, HasLimits) {
    std::string many;
    for (std::size_t i = 0; i <= kMaxQueryFields; ++i) many += "a&";
    EXPECT_FALSE(parse_query(many).ok());
    EXPECT_FALSE(parse_query(std::string(kMaxUrlBytes + 1, 'a')).ok());
    EXPECT_FALSE(parse_query("a=%g0").ok());
}

}
}
