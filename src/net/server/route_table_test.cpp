#include "net/server/route_table.hpp"

#include <gtest/gtest.h>

namespace net {
namespace {

using Outcome = RouteMatch::Outcome;

RouteTable table_of(std::initializer_list<std::pair<const char*, const char*>> routes) {
    RouteTable table;
    for (const auto& [method, pattern] : routes) {
        EXPECT_TRUE(table.add(method, pattern).ok()) << pattern;
    }
    return table;
}

// "METHOD PATTERN name=value …" of the route that is found, or how it is not.
std::string found(const RouteTable& table, std::string_view method, std::string_view path) {
    const RouteMatch match = table.match(method, path);
    switch (match.outcome) {
        case Outcome::NoPath: return "no path";
        case Outcome::NoMethod: return "not allowed, but " + match.allow;
        case Outcome::Malformed: return "malformed";
        case Outcome::Found: break;
    }
    const RouteInfo& route = table.routes()[match.route];
    std::string out = route.method + " " + route.path;
    for (const auto& value : match.parameters.values()) {
        out += " " + value.name + "=" + value.text;
        if (value.number) out += "(" + std::to_string(*value.number) + ")";
    }
    return out;
}

TEST(RouteTable, FindsByMethodAndPath) {
    const RouteTable table = table_of({{"GET", "/"},
                                       {"GET", "/servers"},
                                       {"POST", "/servers"},
                                       {"POST", "/servers/{id:integer}/actions/{action}"}});
    EXPECT_EQ(found(table, "GET", "/"), "GET /");
    EXPECT_EQ(found(table, "POST", "/servers"), "POST /servers");
    EXPECT_EQ(found(table, "POST", "/servers/12/actions/reboot"),
              "POST /servers/{id}/actions/{action} id=12(12) action=reboot");
    EXPECT_EQ(found(table, "DELETE", "/servers"), "not allowed, but GET, POST");
    EXPECT_EQ(found(table, "get", "/servers"), "not allowed, but GET, POST");
    for (const char* path : {"", "servers", "/servers/", "//servers", "/servers/12", "/server",
                             "/servers/12/actions", "/servers/12/actions/", "/servers?a=b"}) {
        EXPECT_EQ(found(table, "GET", path), "no path") << path;
    }
}

TEST(RouteTable, TakesTheMoreExactPattern) {
    const RouteTable table = table_of({{"GET", "/files/{name}"},
                                       {"GET", "/files/{id:integer}"},
                                       {"GET", "/files/latest"},
                                       {"PUT", "/files/{name}"},
                                       {"GET", "/files/latest/meta"},
                                       {"GET", "/files/{name}/text"}});
    EXPECT_EQ(found(table, "GET", "/files/latest"), "GET /files/latest");
    EXPECT_EQ(found(table, "GET", "/files/7"), "GET /files/{id} id=7(7)");
    EXPECT_EQ(found(table, "GET", "/files/x7"), "GET /files/{name} name=x7");
    // Another pattern answers for what the more exact one has no method or no continuation for.
    EXPECT_EQ(found(table, "PUT", "/files/latest"), "PUT /files/{name} name=latest");
    EXPECT_EQ(found(table, "PUT", "/files/7"), "PUT /files/{name} name=7");
    EXPECT_EQ(found(table, "GET", "/files/latest/text"), "GET /files/{name}/text name=latest");
    EXPECT_EQ(found(table, "DELETE", "/files/7"), "not allowed, but GET, PUT");
}

TEST(RouteTable, KnowsIntegers) {
    const RouteTable table = table_of({{"GET", "/servers/{id:integer}"}});
    EXPECT_EQ(found(table, "GET", "/servers/0"), "GET /servers/{id} id=0(0)");
    EXPECT_EQ(found(table, "GET", "/servers/9223372036854775807"),
              "GET /servers/{id} id=9223372036854775807(9223372036854775807)");
    for (const char* text : {"9223372036854775808", "-1", "+1", "1.0", "0x1", "1 ", "a", ""}) {
        EXPECT_EQ(found(table, "GET", "/servers/" + std::string(text)), "no path") << text;
    }
}

TEST(RouteTable, DecodesAndBoundsParameters) {
    const RouteTable table = table_of({{"GET", "/files/{name}"}});
    EXPECT_EQ(found(table, "GET", "/files/a%20b%2Fc+d"), "GET /files/{name} name=a b/c+d");
    EXPECT_EQ(found(table, "GET", "/f%69les/%C3%BC"), "GET /files/{name} name=ü");
    for (const char* text : {"%", "%4", "%zz", "%00", "%0a", "%7f", "%ff", "%c3"}) {
        EXPECT_EQ(found(table, "GET", "/files/" + std::string(text)), "malformed") << text;
    }
    const std::string longest(kMaxParameterBytes, 'x');
    EXPECT_EQ(found(table, "GET", "/files/" + longest), "GET /files/{name} name=" + longest);
    EXPECT_EQ(found(table, "GET", "/files/" + longest + "x"), "malformed");
    std::string deep;
    for (std::size_t i = 0; i <= kMaxSegments; ++i) deep += "/x";
    EXPECT_EQ(found(table, "GET", deep), "malformed");
}

TEST(RouteTable, RefusesPatternsThatAreNone) {
    RouteTable table = table_of({{"GET", "/a/{id:integer}"}, {"GET", "/a/{name}"}});
    for (const char* pattern :
         {"", "a", "/a//b", "/a/", "/a/x{id}", "/a/{id}x", "/a/{}", "/a/{id:number}", "/a/{Id}",
          "/a/{id}/{id}", "/a%20b", "/a/{name:text}", "/a/{other:integer}", "/a/{id"}) {
        const auto added = table.add("GET", pattern);
        ASSERT_FALSE(added.ok()) << pattern;
        EXPECT_EQ(added.error().code(), base::Code::InvalidArgument);
    }
    EXPECT_EQ(table.add("GET", "/a/{other}").error().text(),
              "route GET /a/{other}: another route fits the same paths");
    EXPECT_EQ(table.routes().size(), 2U);
}

TEST(RouteTable, ListsWhatADescriptionNeeds) {
    RouteTable table;
    ASSERT_TRUE(table.add("PUT", "/a/{id:integer}/{name}", "put_a").ok());
    const RouteInfo& route = table.routes()[0];
    EXPECT_EQ(route.method + " " + route.path + " " + route.name, "PUT /a/{id}/{name} put_a");
    ASSERT_EQ(route.parameters.size(), 2U);
    EXPECT_EQ(route.parameters[0].type, ParameterType::Integer);
    EXPECT_EQ(route.parameters[1].type, ParameterType::Text);
}

}
}
