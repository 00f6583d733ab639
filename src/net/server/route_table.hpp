#pragma once

#include "base/result.hpp"
#include "net/server/parameters.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace net {

inline constexpr std::size_t kMaxSegments = 32;           // of a path
inline constexpr std::size_t kMaxParameterBytes = 1024;   // of a text, decoded

enum class ParameterType : unsigned char {
    Text,      // any segment that is not empty
    Integer,   // digits, from 0 to 2^63 - 1
};

struct RouteInfo {
    struct Parameter {
        std::string name;
        ParameterType type = ParameterType::Text;
    };

    std::string method;   // "GET"
    std::string path;     // "/servers/{id}", as OpenAPI writes it
    std::string name;     // "show_server"
    std::vector<Parameter> parameters;
};

struct RouteMatch {
    enum class Outcome : unsigned char {
        Found,
        NoPath,      // 404
        NoMethod,    // 405: the path is there for other methods
        Malformed,   // 400: escapes that are none, no UTF-8, control characters, or beyond a limit
    };

    Outcome outcome = Outcome::NoPath;
    std::size_t route = 0;   // Found: its place among the routes
    Parameters parameters;
    std::string allow;   // NoMethod: "GET, PUT"
};

// Methods and patterns of paths: which route a request is for. Not bound to what the routes do, so
// that one table serves whoever answers requests. Any thread, once it is filled.
class RouteTable {
public:
    RouteTable();

    // A pattern is "/servers/{id:integer}/files/{name}": a parameter is a whole segment, and a text
    // unless declared. InvalidArgument when it is none, or when another route of the method fits
    // the same paths.
    base::Result<void> add(std::string_view method, std::string_view pattern,
                           std::string_view name = {});
    // The more exact pattern wins: a word before an integer before a text, from the left.
    RouteMatch match(std::string_view method, std::string_view path) const;
    const std::vector<RouteInfo>& routes() const { return routes_; }

private:
    // One segment of patterns: what may follow it, and the routes that end here.
    struct Node {
        std::map<std::string, std::size_t, std::less<>> words;
        std::size_t integer = 0;   // 0: none; the root follows nothing
        std::size_t text = 0;
        std::map<std::string, std::size_t, std::less<>> methods;   // to a place in routes_
    };
    struct Search;

    std::size_t child(std::size_t node, std::string_view segment, RouteInfo& info);
    void visit(Search& search, std::size_t node, std::size_t depth) const;

    std::vector<Node> nodes_;
    std::vector<RouteInfo> routes_;
};

// Of a request's target: what is before the question mark, and behind it.
std::string_view path_of(std::string_view target);
std::string_view query_of(std::string_view target);

}
