#include "providers/aws/access_check.hpp"

#include "base/clock.hpp"

#include <fmt/core.h>

namespace providers::aws {
namespace {

using Permission = provider::AccessReport::Permission;

struct Probe {
    std::string_view operation;
    json::Object parameters;
};

// One look, and what the types make; with what the operations cannot be asked without.
std::vector<Probe> probes() {
    return {{"DescribeVpcs", {}},
            {"CreateInternetGateway", {}},
            {"CreateSecurityGroup", {{"GroupName", "provisioning"}, {"Description", "a question"}}},
            {"AllocateAddress", {{"Domain", "vpc"}}}};
}

base::Result<Permission> ask(const rest::Api& api, const rest::CallScope& scope, Probe probe) {
    rest::Call call;
    call.method = "POST";
    call.path = fmt::format("/operation/ec2/{}", probe.operation);
    probe.parameters.set("DryRun", true);
    call.body = std::move(probe.parameters);
    call.is_idempotent = true;   // it does nothing
    call.what = fmt::format("asking for the right to {}", probe.operation);
    Permission out{.name = fmt::format("ec2:{}", probe.operation),
                   .state = Permission::State::Unknown,
                   .why = {}};
    auto answer = api.send(call, scope);
    if (answer.ok()) {
        out.why = "it was done, which is not as documented";
        return out;
    }
    const rest::ApiError* refusal = rest::api_error_of(answer.error());
    if (refusal == nullptr || answer.error().code() == base::Code::Unauthenticated) {
        return std::move(answer).error();
    }
    if (refusal->code == "DryRunOperation") {
        out.state = Permission::State::Granted;
    } else {
        if (refusal->code == "UnauthorizedOperation") out.state = Permission::State::Missing;
        out.why = refusal->message;
    }
    return out;
}

}

base::Result<provider::AccessReport> check_access(const rest::Api& api,
                                                  const rest::CallScope& scope) {
    const rest::CallTime time(base::system_clock(), scope);
    rest::Call identity;
    identity.path = "/operation/sts/GetCallerIdentity";
    identity.what = "asking who we are";
    const rest::Answer told = TRY(api.send(identity, time.left()));
    provider::AccessReport out;
    out.account = told.body.string_or("Account", "");
    out.notes.emplace_back(told.body.string_or("Arn", ""));
    for (Probe& probe : probes()) {
        out.permissions.push_back(TRY(ask(api, time.left(), std::move(probe))));
    }
    return out;
}

}
