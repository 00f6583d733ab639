#pragma once

#include "net/server/answer.hpp"
#include "net/server/context.hpp"
#include "net/server/route_table.hpp"

#include <functional>
#include <string_view>
#include <vector>

namespace net {

// Hands each request to the handler of its route. Filled first, then used by any thread.
class Router {
public:
    using Handler = std::function<Answer(const Request&, const RequestContext&)>;

    // A request that no handler gets.
    struct Refusal {
        int status = 404;   // 400, 404 or 405
        std::string_view message;
        std::string_view allow;   // of 405, as the header says it
    };
    using Refuse = std::function<Response(const Request&, const RequestContext&, const Refusal&)>;

    // Says refusals in the service's own words; otherwise they are a line of text. The header
    // Allow of 405 is set here.
    void refuse_with(Refuse refuse) { refuse_ = std::move(refuse); }

    // See RouteTable::add.
    base::Result<void> add(std::string_view method, std::string_view pattern, std::string_view name,
                           Handler handler);
    // HEAD is answered as GET is, where it has no route of its own; the server sends no body.
    Answer handle(const Request& request, RequestContext context) const;
    const std::vector<RouteInfo>& routes() const { return table_.routes(); }

private:
    RouteTable table_;
    std::vector<Handler> handlers_;   // by the place of the route
    Refuse refuse_;
};

}
