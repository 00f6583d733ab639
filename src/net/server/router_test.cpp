#include "net/server/router.hpp"

#include <gtest/gtest.h>

namespace net {
namespace {

Router::Handler say(std::string text) {
    return [text = std::move(text)](const Request&, const RequestContext& context) -> Answer {
        std::string body = text;
        for (const auto& value : context.parameters.values()) {
            body += " " + value.name + "=" + value.text;
        }
        return Response{.status = 200, .headers = {}, .body = body};
    };
}

Router router() {
    Router router;
    EXPECT_TRUE(router.add("GET", "/servers/{id:integer}", "show_server", say("show")).ok());
    EXPECT_TRUE(router.add("PUT", "/servers/{id:integer}", "put_server", say("put")).ok());
    EXPECT_TRUE(router.add("HEAD", "/probe", "probe", say("probe")).ok());
    return router;
}

Response ask(const Router& router, std::string method, std::string target) {
    return router
        .handle(
            {.method = std::move(method), .target = std::move(target), .headers = {}, .body = {}},
            {})
        .response;
}

TEST(Router, HandsARequestWithItsParametersToItsHandler) {
    EXPECT_EQ(ask(router(), "GET", "/servers/7?verbose=true").body, "show id=7");
    EXPECT_EQ(ask(router(), "PUT", "/servers/7").body, "put id=7");
    EXPECT_EQ(ask(router(), "HEAD", "/servers/7").body, "show id=7") << "as GET";
    EXPECT_EQ(ask(router(), "HEAD", "/probe").body, "probe");
}

TEST(Router, RefusesWhatHasNoHandler) {
    EXPECT_EQ(ask(router(), "GET", "/nothing").status, 404);
    EXPECT_EQ(ask(router(), "GET", "/servers/%zz").status, 400);
    const Response response = ask(router(), "DELETE", "/servers/7");
    EXPECT_EQ(response.status, 405);
    EXPECT_EQ(response.headers.find("Allow"), "GET, PUT");
    EXPECT_EQ(response.body, "the method is not allowed\n");
    EXPECT_EQ(ask(router(), "GET", "/probe").headers.find("Allow"), "HEAD");
}

TEST(Router, RefusesInTheWordsOfTheService) {
    Router own = router();
    own.refuse_with(
        [](const Request& request, const RequestContext&, const Router::Refusal& refusal) {
            return Response{.status = refusal.status == 405 ? 400 : refusal.status,
                            .headers = {{"Content-Type", "application/problem+json"}},
                            .body = "no " + request.method};
        });
    const Response response = ask(own, "DELETE", "/servers/7");
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(response.body, "no DELETE");
    EXPECT_EQ(response.headers.find("Allow"), "GET, PUT") << "whatever the words are";
    EXPECT_FALSE(ask(own, "GET", "/nothing").headers.find("Allow"));
}

TEST(Router, ListsItsRoutes) {
    std::string all;
    const Router listed = router();
    for (const RouteInfo& route : listed.routes()) {
        all += route.method + " " + route.path + " " + route.name + "\n";
    }
    EXPECT_EQ(all, "GET /servers/{id} show_server\n"
                   "PUT /servers/{id} put_server\n"
                   "HEAD /probe probe\n");
}

}
}
