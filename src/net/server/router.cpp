#include "net/server/router.hpp"

namespace net {
namespace {

Router::Refusal refusal_of(const RouteMatch& match) {
    switch (match.outcome) {
        case RouteMatch::Outcome::Malformed:
            return {.status = 400, .message = "the path is malformed", .allow = {}};
        case RouteMatch::Outcome::NoMethod:
            return {.status = 405, .message = "the method is not allowed", .allow = match.allow};
        case RouteMatch::Outcome::NoPath:
        case RouteMatch::Outcome::Found: break;
    }
    return {.status = 404, .message = "there is nothing here", .allow = {}};
}

}

base::Result<void> Router::add(std::string_view method, std::string_view pattern,
                               std::string_view name, Handler handler) {
    TRY(table_.add(method, pattern, name));
    handlers_.push_back(std::move(handler));
    return {};
}

Answer Router::handle(const Request& request, RequestContext context) const {
    const std::string_view path = path_of(request.target);
    RouteMatch match = table_.match(request.method, path);
    // RFC 9110, 9.3.2: HEAD is GET without the body.
    if (match.outcome == RouteMatch::Outcome::NoMethod && request.method == "HEAD") {
        RouteMatch get = table_.match("GET", path);
        if (get.outcome == RouteMatch::Outcome::Found) match = std::move(get);
    }
    if (match.outcome == RouteMatch::Outcome::Found) {
        context.parameters = std::move(match.parameters);
        return handlers_[match.route](request, context);
    }
    const Refusal refusal = refusal_of(match);
    Response response = refuse_ ? refuse_(request, context, refusal)
                                : Response{.status = refusal.status,
                                           .headers = {{"Content-Type", "text/plain"}},
                                           .body = std::string(refusal.message) + "\n"};
    if (!refusal.allow.empty()) response.headers.set("Allow", std::string(refusal.allow));
    return response;
}

}
