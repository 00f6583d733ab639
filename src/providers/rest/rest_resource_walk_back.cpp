#include "providers/rest/rest_resource.hpp"

#include "base/probe.hpp"

// After a call of a change has failed: what was only to prepare it is set right again.
namespace providers::rest {

using provider::Intent;
using provider::OperationResult;
using value::Value;

namespace {

// It was answered to the end: what is seen now is all that comes of it.
base::Error over(base::Error error) {
    if (const ApiError* told = api_error_of(error)) {
        auto kept = std::make_shared<ApiError>(*told);
        kept->is_over = true;
        return std::move(error).with_detail(std::move(kept));
    }
    auto failure = std::make_shared<provider::CallFailure>();
    failure->is_over = true;
    return std::move(error).with_detail(std::move(failure));
}

}

// Best effort: what failed is told in any case, and what is left over is seen by the next plan. It
// is told when what the way back began has ended: while that goes on, the change would seem to.
base::Result<OperationResult> RestResource::walk_back(const Intent& intent, std::string_view key,
                                                      const Call& failed, base::Error why,
                                                      const CallScope& context) const {
    if (rest_.walk_back == nullptr || intent.action != provider::Action::Update) return why;
    auto object = get(key, context);
    if (!object.ok() || !*object) return why;
    const Value shown = shown_inputs(**object);
    std::optional<Call> call = rest_.walk_back({.object = **object,
                                                .key = key,
                                                .shown = shown,
                                                .intent = intent,
                                                .named = failed.name,
                                                .made = {}});
    if (!call || call->name == failed.name) return why;
    base::probe("rest: a change that was refused is walked back");
    call->what = what("changing", intent.inputs, key) + " (" + call->name + ")";
    auto answer = connection().api->send(*call, context);
    if (!answer.ok()) return why;
    const OperationCursor back{.id = std::string(key), .call = kWalkBack, .waits = begun(*answer)};
    if (back.waits.empty()) return why;
    failed_.with(
        [&](auto& failures) { failures.insert_or_assign(intent.token, over(std::move(why))); });
    return running(back);
}

base::Result<OperationResult> RestResource::after_walk_back(const Intent& intent) const {
    return failed_.with([&](auto& failures) -> base::Error {
        const auto found = failures.find(intent.token);
        if (found != failures.end()) return std::move(failures.extract(found).mapped());
        // Another process has seen it fail.
        return over(base::Error(base::Code::FailedPrecondition,
                                "an earlier run was refused, and went back"));
    });
}

}
