#include "sandbox/kit/api.hpp"

namespace sandbox {

std::string Api::token_of(const net::Request& request) const {
    constexpr std::string_view kScheme = "Bearer ";
    const std::string_view header = request.headers.find("Authorization").value_or("");
    return std::string(header.starts_with(kScheme) ? header.substr(kScheme.size()) : "");
}

net::RouteTable table_of(const Api& api) {
    net::RouteTable table;
    // A route that cannot be added is a mistake in the vendor's table; it is found when the cloud
    // is made.
    for (const auto routes : api.routes()) {
        for (const Route& route : routes) CHECK(table.add(route.method, route.path).ok());
    }
    return table;
}

}
