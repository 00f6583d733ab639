#include "providers/upcloud/access_check.hpp"

#include "providers/rest/wire.hpp"

#include <fmt/core.h>

namespace providers::upcloud {
namespace {

using Permission = provider::AccessReport::Permission;

// Rights are looked at before the body is, and a router without a name is refused by all.
base::Result<Permission> may_write(const rest::Api& api, const rest::CallScope& scope) {
    rest::Call call;
    call.method = "POST";
    call.path = "/router";
    call.body = json::Object{{"router", json::Object{}}};
    call.is_idempotent = true;   // it makes nothing
    call.what = "asking whether the credential may write";
    auto answer = api.send(call, scope);
    if (answer.ok()) {
        return Permission{.name = "write",
                          .state = Permission::State::Unknown,
                          .why = "a router without a name was taken, which is not as documented"};
    }
    const rest::ApiError* refusal = rest::api_error_of(answer.error());
    if (refusal == nullptr) return std::move(answer).error();
    if (refusal->status == 403) {
        return Permission{
            .name = "write", .state = Permission::State::Missing, .why = refusal->message};
    }
    if (refusal->status == 400) {
        return Permission{.name = "write", .state = Permission::State::Granted, .why = {}};
    }
    return std::move(answer).error();
}

}

base::Result<provider::AccessReport> check_access(const rest::Api& api,
                                                  const rest::CallScope& scope) {
    rest::Call look;
    look.path = "/account";
    look.what = "asking for the account";
    const rest::Answer seen = TRY(api.send(look, scope));
    provider::AccessReport out;
    if (const json::Value* name = rest::at_path(seen.body, "account.username")) {
        out.account = rest::id_text(name);
    }
    out.permissions.push_back({.name = "read", .state = Permission::State::Granted, .why = {}});
    out.permissions.push_back(TRY(may_write(api, scope)));
    return out;
}

}
