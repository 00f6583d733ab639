#pragma once

#include "base/result.hpp"
#include "sandbox/hetzner/tenant.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sandbox::hetzner {

// The parameters after the question mark, decoded, in order.
class Query {
public:
    // InvalidArgument when the escapes are none.
    static base::Result<Query> parse(std::string_view text);

    std::optional<std::string_view> find(std::string_view name) const;
    std::vector<std::string_view> all(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

// One request, on the way to its handler.
struct Call {
    Tenant& tenant;
    std::string base;         // "http://127.0.0.1:8080/v1", for links
    std::string path;         // "/servers"
    std::string query_text;   // as it came
    Query query;
    std::int64_t id = 0;          // {id} of the path
    std::int64_t action_id = 0;   // {action_id}
    json::Value body;             // an object; empty when there was none
};

struct Reply {
    int status = 200;
    json::Value body;   // null: none
    std::string link;   // header Link of lists
};

struct Route {
    std::string_view method;
    std::string_view path;   // "/servers/{id}"
    base::Result<Reply> (*handle)(Call&);
};

// The routes of each family; routes.cpp lists the families.
std::span<const std::span<const Route>> all_routes();

struct Match {
    const Route* route = nullptr;   // null: no such path, or other methods only
    bool knows_path = false;
    std::int64_t id = 0;
    std::int64_t action_id = 0;
};
// An id that is no number fits no path.
Match find_route(std::string_view method, std::string_view path);

}
