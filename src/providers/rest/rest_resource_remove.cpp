#include "providers/rest/rest_resource.hpp"

#include "base/probe.hpp"
#include "providers/rest/wire.hpp"

// Deleting: first what stands in its way, one call a phase, then the object.
namespace providers::rest {

using provider::Intent;
using provider::OperationResult;

base::Result<std::optional<Call>> RestResource::call_before_delete(const Intent& intent,
                                                                   const json::Value& object,
                                                                   const CallScope& context) const {
    if (rest_.before_delete != nullptr) {
        if (auto call = rest_.before_delete(object)) return call;
    }
    if (rest_.release == nullptr) return std::optional<Call>();
    const auto ask = [&](std::string path) -> base::Result<std::optional<json::Value>> {
        Call call;
        call.path = std::move(path);
        call.what = what("deleting", intent.inputs, intent.key);
        auto answer = connection().api->send(call, context);
        if (answer.ok()) return std::optional(std::move(answer->body));
        if (is_absent(answer.error())) return std::optional<json::Value>();
        return std::move(answer).error();
    };
    return rest_.release(object, intent.inputs, ask);
}

base::Result<OperationResult> RestResource::remove(const Intent& intent,
                                                   const OperationCursor& place,
                                                   const CallScope& context) const {
    if (rest_.before_delete != nullptr || rest_.release != nullptr || rest_.progress != nullptr) {
        const Object object = TRY(get(intent.key, context));
        if (!object) return done();
        // It takes no call while something goes on at it, which may be its removal.
        if (is_busy(*object)) return running({.id = intent.key, .call = kWait, .waits = {}});
        // What stands in the way of deleting: protection, an attachment. One call a phase, with a
        // look between.
        std::optional<Call> before = TRY(call_before_delete(intent, *object, context));
        // It was called and is still in the way.
        if (before && before->name == place.call) {
            return does_not_show().with_context(what("deleting", intent.inputs, intent.key));
        }
        if (before) {
            base::probe("rest: what stands in the way of a deletion is released");
            before->what = what("deleting", intent.inputs, intent.key) + " (" + before->name + ")";
            auto answer = connection().api->send(*before, context);
            if (!answer.ok()) {
                const bool is_refused = answer.error().code() == base::Code::FailedPrecondition;
                if (!is_refused ||
                    TRY(is_still_due(intent, intent.key, *before, place.call, context))) {
                    return std::move(answer).error();
                }
                // It is out of the way without us.
                return next_phase({.id = intent.key, .call = before->name, .waits = {}});
            }
            const OperationCursor made{
                .id = intent.key, .call = before->name, .waits = begun(*answer)};
            if (!made.waits.empty()) return running(made);
            // Made durable, so that `find` of a dead run does not take an object without
            // protection for untouched.
            return before->shows_within.count() > 0 ? running(made) : next_phase(made);
        }
    }
    Call call;
    call.name = kDelete;
    call.method = "DELETE";
    call.path = with_query(rest_.path_of(intent.key), rest_.delete_query);
    // Deleting it twice is deleting it once; a repetition finds it absent.
    call.is_idempotent = true;
    call.what = what("deleting", intent.inputs, intent.key);
    auto answer = connection().api->send(call, context);
    if (!answer.ok()) {
        // Gone is what was wanted, whoever did it.
        if (is_absent(answer.error())) return done();
        return std::move(answer).error();
    }
    const OperationCursor made{.id = intent.key, .call = call.name, .waits = begun(*answer)};
    // What has a state of its own may stay for a while in that of being deleted.
    const bool is_gone = rest_.progress == nullptr || rest_.is_gone_at_once;
    return made.waits.empty() && is_gone ? done() : running(made);
}

// What a removal waited for has come to its end.
base::Result<OperationResult> RestResource::poll_removal(const Intent& intent,
                                                         const OperationCursor& place,
                                                         const CallScope& context) const {
    if (place.call != kDelete && rest_.progress != nullptr) {
        const Object object = TRY(get(intent.key, context));
        if (!object) return done();
        if (is_busy(*object)) return running(place);
        const std::optional<Call> again = TRY(call_before_delete(intent, *object, context));
        if (again && again->name == place.call && is_in_grace(intent, *again)) {
            return running(place);
        }
    }
    if (place.call != kDelete) {
        return next_phase({.id = place.id, .call = place.call, .waits = {}});
    }
    if (rest_.progress == nullptr) return done();
    const Object object = TRY(get(intent.key, context));
    if (!object) return done();
    if (is_busy(*object)) return running({.id = place.id, .call = place.call, .waits = {}});
    // It stayed in a state that is not that of being deleted.
    return does_not_show().with_context(what("deleting", intent.inputs, intent.key));
}

}
