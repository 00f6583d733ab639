#pragma once

#include "base/result.hpp"
#include "net/http/message.hpp"
#include "net/server/parameters.hpp"
#include "sandbox/kit/project.hpp"
#include "sandbox/kit/query.hpp"

#include <string>
#include <string_view>

namespace sandbox {

// One request, on the way to its handler.
struct ApiCall {
    Project& project;
    std::string base;         // "http://127.0.0.1:8080/v1", for links
    std::string path;         // "/servers"
    std::string query_text;   // as it came
    Query query;
    net::Parameters parameters;   // of the path
    std::int64_t id = 0;          // {id} of the path, where it is an integer
    json::Value body;             // an object; empty when there was none
};

struct Reply {
    int status = 200;
    json::Value body;   // null: none
    net::Headers headers;
};

struct Route {
    std::string_view method;
    std::string_view path;   // "/servers/{id:integer}", see net::RouteTable
    base::Result<Reply> (*handle)(ApiCall&);
};

}
