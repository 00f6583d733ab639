#include "providers/rest/paging.hpp"

#include "base/hash.hpp"
#include "providers/rest/resource_handler.hpp"
#include "providers/rest/wire.hpp"

#include <gtest/gtest.h>

namespace providers::rest {
namespace {

Answer answer_of(const char* body, net::Headers headers = {}) {
    return {.status = 200,
            .headers = std::move(headers),
            .body = json::parse(body).value(),
            .url = "https://api.test:8443/v1/things"};
}

TEST(Paging, FollowsTheNextLinkOfSeveral) {
    const Paging paging{.by = Paging::By::Link};
    const auto next = [&](const char* link) {
        return pages_after(paging, answer_of("[]", {{"Link", link}}), "", 0).next;
    };
    EXPECT_EQ(
        next(R"(<https://a.test/x?p=1>; rel="prev", <https://a.test/x?p=3>; rel="last next")"),
        "https://a.test/x?p=3");
    EXPECT_EQ(next("</v1/things?p=2>; title=\"a\"; rel=next"),
              "https://api.test:8443/v1/things?p=2");
    EXPECT_EQ(next("<https://a.test/x>; rel=\"nextish\""), "");
    EXPECT_EQ(next("<broken"), "");
    EXPECT_EQ(page_path(paging, "/things?a=b", "https://a.test/x?p=3"), "https://a.test/x?p=3");
}

TEST(Paging, CountsTokensAndOffsetsOn) {
    const Paging token{.by = Paging::By::Token, .parameter = "after", .next_at = "page.next"};
    EXPECT_EQ(pages_after(token, answer_of(R"({"page":{"next":"a b"}})"), "", 1).next, "a b");
    EXPECT_EQ(page_path(token, "/things", "a b"), "/things?after=a%20b");
    // One that names itself again has no end.
    EXPECT_EQ(pages_after(token, answer_of(R"({"page":{"next":"a"}})"), "a", 1).next, "");
    const Paging offset{
        .by = Paging::By::Offset, .parameter = "offset", .size_parameter = "limit", .size = 2};
    EXPECT_EQ(pages_after(offset, answer_of("[]"), "2", 2).next, "4");
    EXPECT_EQ(pages_after(offset, answer_of("[]"), "2", 1).next, "");
    EXPECT_EQ(page_path(offset, "/things", "4"), "/things?limit=2&offset=4");
}

TEST(Paging, ANumberThatDoesNotGrowIsTheEnd) {
    const Paging numbers{.by = Paging::By::Page, .parameter = "page", .next_at = "next"};
    EXPECT_EQ(pages_after(numbers, answer_of(R"({"next":2})"), "", 1).next, "2");
    EXPECT_EQ(pages_after(numbers, answer_of(R"({"next":2})"), "2", 1).next, "");
    EXPECT_EQ(pages_after(numbers, answer_of(R"({"next":1})"), "2", 1).next, "");
}

TEST(Signing, KnowsItsSchemes) {
    const net::Request request;
    EXPECT_EQ(basic("Aladdin", base::SecretText("open sesame"))(request).find("Authorization"),
              "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    EXPECT_EQ(bearer(base::SecretText("t"))(request).find("Authorization"), "Bearer t");
    EXPECT_EQ(api_key("X-Auth", base::SecretText("k"))(request).find("X-Auth"), "k");
    // RFC 4231, test case 2.
    EXPECT_EQ(base::to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Wire, AMergePatchHasWhatDiffersAndNullForWhatGoes) {
    const auto patch = [](const char* now, const char* wanted) {
        return json::to_text(merge_patch(json::parse(now).value(), json::parse(wanted).value()));
    };
    EXPECT_EQ(patch(R"({"a":1,"b":{"c":1,"d":2}})", R"({"a":1,"b":{"c":3}})"),
              R"({"b":{"d":null,"c":3}})");
    EXPECT_EQ(patch("[1]", "[2]"), "[2]");
}

TEST(OperationCursor, CarriesAnyText) {
    const OperationCursor cursor{
        .id = "a b/-", .call = "-", .waits = {"https://a.test/x%20y?z=1", "2"}};
    const OperationCursor back = OperationCursor::from_text(cursor.text());
    EXPECT_EQ(back.id, cursor.id);
    EXPECT_EQ(back.call, cursor.call);
    EXPECT_EQ(back.waits, cursor.waits);
    EXPECT_EQ((OperationCursor{.id = "7", .call = "dim", .waits = {}}).text(), "7 dim");
}

TEST(RestType, KeysHavePartsAndCannotLeadElsewhere) {
    RestType type;
    type.base = "/dns";
    type.collection = "/zones/{zone}/records";
    type.id = {{.name = "zone", .shown_at = {}, .input = "zone"},
               {.name = "record", .shown_at = "name", .input = {}}};
    EXPECT_EQ(type.path_of("a.test/w@w"), "/dns/zones/a.test/records/w%40w");
    EXPECT_EQ(type.collection_of("a.test/"), "/dns/zones/a.test/records");
    EXPECT_EQ(type.key_of(json::parse(R"({"name":"www"})").value(), "a.test/x"), "a.test/www");
    EXPECT_TRUE(type.is_key("a.test/www"));
    for (const char* key : {"", "a.test", "a/..", "a/", "a/b/c", "a/b?c", "a/b c"}) {
        EXPECT_FALSE(type.is_key(key)) << key;
    }
}

}
}
