#include "providers/hetzner/access_check.hpp"

#include "net/client/rate_headers.hpp"

#include <fmt/core.h>

namespace providers::hetzner {
namespace {

using Permission = provider::AccessReport::Permission;

// The API tells no rights of a token. But it looks at them before it looks at the body, and a key
// without a name and a text is refused by all.
base::Result<Permission> may_write(const rest::Api& api, const rest::CallScope& scope) {
    rest::Call call;
    call.method = "POST";
    call.path = "/ssh_keys";
    call.body = json::Object{};
    call.is_idempotent = true;   // it makes nothing
    call.what = "asking whether the token may write";
    auto answer = api.send(call, scope);
    if (answer.ok()) {
        return Permission{.name = "write",
                          .state = Permission::State::Unknown,
                          .why = "a key without a name was taken, which is not as documented"};
    }
    const rest::ApiError* refusal = rest::api_error_of(answer.error());
    if (refusal == nullptr) return std::move(answer).error();
    if (refusal->code == "token_readonly") {
        return Permission{
            .name = "write", .state = Permission::State::Missing, .why = refusal->message};
    }
    const bool is_about_body = refusal->code == "invalid_input" || refusal->code == "json_error";
    if (is_about_body) return Permission{.name = "write", .state = Permission::State::Granted};
    return std::move(answer).error();
}

}

base::Result<provider::AccessReport> check_access(const rest::Api& api,
                                                  const rest::CallScope& scope) {
    rest::Call look;
    look.path = "/servers?per_page=1";
    look.what = "asking for the servers";
    const rest::Answer seen = TRY(api.send(look, scope));
    provider::AccessReport out;
    out.permissions.push_back({.name = "read", .state = Permission::State::Granted});
    out.permissions.push_back(TRY(may_write(api, scope)));
    const net::RateHeaders rate = net::read_rate_headers(seen.headers, base::Time{});
    if (rate.limit && rate.remaining) {
        out.notes.push_back(
            fmt::format("{} requests left of {} an hour", *rate.remaining, *rate.limit));
    }
    return out;
}

}
