#include "providers/rest/rest_resource.hpp"

#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <algorithm>

// Making and changing; deleting is in rest_resource_remove.cpp, looking is in
// rest_resource_look.cpp.
namespace providers::rest {

using provider::Action;
using provider::Intent;
using provider::OperationResult;
using value::Value;

namespace {

// Somebody else who changes an object again and again would keep us for ever.
constexpr int kConflictAttempts = 3;

}

std::string RestResource::what(std::string_view verb, const Value& inputs,
                               std::string_view key) const {
    const std::string& name = text_of(inputs, rest_.name_input);
    if (!name.empty()) return fmt::format("{} the {} \"{}\"", verb, rest_.noun, name);
    if (!key.empty()) return fmt::format("{} the {} {}", verb, rest_.noun, key);
    return fmt::format("{} the {}", verb, rest_.noun);
}

base::Error RestResource::is_gone(std::string_view key) const {
    return base::not_found(fmt::format("the {} {} is gone", rest_.noun, key));
}

base::Error RestResource::does_not_show() const {
    return {base::Code::FailedPrecondition,
            fmt::format("{} took the change and does not show it", service())};
}

base::Result<OperationResult> RestResource::start(const Intent& intent,
                                                  const CallScope& context) const {
    const OperationCursor place = OperationCursor::from_text(intent.phase);
    if (intent.action == Action::Delete) return remove(intent, place, context);
    // An update or the later phases of a create: from whatever is there to what is wanted.
    if (intent.action != Action::Create) return change(intent, place, context);
    if (place.id.empty() && rest_.is_told_by_difference) return note_what_is_there(context);
    if (place.id.empty() || place.id == kNoId) return create(intent, context);
    auto changed = change(intent, place, context);
    // It is there, and no row has its key yet.
    if (!changed.ok()) return after_effect(std::move(changed).error());
    return changed;
}

base::Result<OperationResult> RestResource::note_what_is_there(const CallScope& context) const {
    OperationCursor place{.id = kNoId, .call = kCreate, .waits = {}};
    for (const json::Value& object : TRY(all(context))) place.waits.push_back(rest_.key_of(object));
    return next_phase(place);
}

base::Result<OperationResult> RestResource::create(const Intent& intent,
                                                   const CallScope& context) const {
    const Call call = create_call(intent);
    auto answer = connection().api->send(call, context);
    if (!answer.ok()) {
        // PUT with If-None-Match answers 412 where something is there (RFC 9110, 13.1.2).
        const bool is_taken = answer.error().code() == base::Code::AlreadyExists ||
                              (rest_.create_method == "PUT" && is_outdated(answer.error()));
        if (!is_taken) return std::move(answer).error();
        return take_over(intent, std::move(answer).error(), context);
    }
    const std::string key = created_key(intent, *answer);
    // It was made, and cannot be named: unknown, so that `find` looks for it by its token.
    if (key.empty()) {
        return base::Error(base::Code::Unavailable,
                           fmt::format("{} did not say what it made", service()))
            .with_context(call.what);
    }
    // At once: the answer is the only one that has the password.
    remember(key, answer->body);
    const OperationCursor made{.id = key, .call = call.name, .waits = begun(*answer)};
    const json::Value* object = at_path(answer->body, rest_.envelopes.created);
    const bool is_shown =
        object != nullptr && !id_text(at_path(*object, rest_.id.back().path())).empty();
    // Where the answer does not show it, a poll looks.
    if (!made.waits.empty() || !is_shown) return running(made);
    return after_call(intent, made, *object);
}

// The name is taken: by ourselves, if an earlier answer was lost.
base::Result<OperationResult> RestResource::take_over(const Intent& intent, base::Error refused,
                                                      const CallScope& context) const {
    const Object ours = TRY(find_by_token(intent, context));
    if (ours) {
        const std::string key = rest_.key_of(*ours, rest_.key_of(intent.inputs));
        OperationCursor made{.id = key, .call = std::string(kCreate), .waits = {}};
        // It is still being made: the earlier request was answered to nobody.
        made.waits = TRY(running_at(intent, key, context));
        if (!made.waits.empty()) return running(made);
        return after_call(intent, made, *ours);
    }
    const Object other = TRY(find_by_name(intent, context));
    // Taken by something that cannot be seen, perhaps of another type: the service's words are
    // all.
    if (!other) return refused;
    const std::string key = rest_.key_of(*other, rest_.key_of(intent.inputs));
    return std::move(refused)
        .with_help(fmt::format("{} {} has that name and was not made by this resource: choose "
                               "another name, or take it over",
                               rest_.noun, key))
        .with_advice(
            {.next = base::Next::ImportResource, .subject = intent.address, .object = key});
}

base::Result<OperationResult> RestResource::change(const Intent& intent,
                                                   const OperationCursor& place,
                                                   const CallScope& context) const {
    const std::string key = place.id.empty() ? intent.key : place.id;
    // Each turn looks first. That makes a change independent of how far an earlier run came: what
    // is as wanted already needs no call.
    for (int attempt = 1;; ++attempt) {
        const std::optional<Answer> object = TRY(fetch(key, context));
        if (!object) {
            return is_gone(key)
                .with_context(what("changing", intent.inputs, key))
                .with_help("it will be made anew")
                .with_advice({.next = base::Next::PlanAgain});
        }
        // It takes no change while something goes on at it.
        // Polled by the engine without an operation's id: the look itself is the poll.
        if (is_busy(object->body)) return running({.id = key, .call = kWait, .waits = {}});
        std::optional<Call> call = next_call(intent, object->body, key, place.call);
        if (!call) return done(this->made(intent, object->body, key));
        const OperationCursor next{.id = key, .call = call->name, .waits = {}};
        // Only what was made durable is called; the first call is, by the intent.
        // Example: a server is renamed and gets another type. "update" is called at once;
        // "change_type" becomes a phase of its own first. If the run dies in between, `find` knows
        // which of them was asked for.
        if (!place.call.empty() && place.call != kWait && place.call != call->name) {
            return next_phase(next);
        }
        const auto etag = object->headers.find("ETag");
        // Of the object as it was just looked at: if it changed since, 412 and not a lost update.
        if (rest_.has_etags && call->name == kUpdate && etag) {
            call->headers.set("If-Match", std::string(*etag));
        }
        auto sent = connection().api->send(*call, context);
        if (sent.ok()) return after_change(intent, next, *sent, context);
        // Somebody else changed it meanwhile: what is still to be done is seen anew.
        const bool has_condition = rest_.has_etags || !rest_.version_at.empty();
        if (has_condition && is_outdated(sent.error()) && attempt < kConflictAttempts) continue;
        const bool is_refused = sent.error().code() == base::Code::FailedPrecondition;
        // What is worth an attempt (a graceful shutdown) is given up for what comes after it.
        if (is_refused && call->grace.count() > 0) return after_attempt(intent, next, context);
        // What it was to change may have changed by itself: a server that is deleted meanwhile
        // lets its volume go.
        if (is_refused && attempt < kConflictAttempts &&
            !TRY(is_still_due(intent, key, *call, place.call, context))) {
            continue;
        }
        return walk_back(intent, key, *call, std::move(sent).error(), context);
    }
}

// Of a call that was refused, whether a look still asks for it.
base::Result<bool> RestResource::is_still_due(const Intent& intent, std::string_view key,
                                              const Call& refused, std::string_view named,
                                              const CallScope& context) const {
    const Object object = TRY(get(key, context));
    if (!object || is_busy(*object)) return false;
    const std::optional<Call> again = intent.action == Action::Delete
                                          ? TRY(call_before_delete(intent, *object, context))
                                          : next_call(intent, *object, key, named);
    return again && again->name == refused.name;
}

// A call was answered: its answer, or a look, shows what has come of it.
base::Result<OperationResult> RestResource::after_change(const Intent& intent,
                                                         const OperationCursor& next,
                                                         const Answer& answer,
                                                         const CallScope& context) const {
    remember(next.id, answer.body);
    const OperationCursor made{.id = next.id, .call = next.call, .waits = begun(answer)};
    if (!made.waits.empty()) return running(made);
    // The answer to an update shows the object by convention; that to an action only where the
    // type says.
    const bool shows_it = made.call == kUpdate || !rest_.envelopes.updated.empty();
    const json::Value* now = shows_it ? at_path(answer.body, rest_.envelopes.updated) : nullptr;
    if (now != nullptr && now->is_object()) return after_call(intent, made, *now);
    auto read = get(next.id, context);
    if (!read.ok()) return after_effect(std::move(read).error());
    if (!*read) return is_gone(next.id);
    // Not without effect: the call was answered well.
    return after_call(intent, made, **read);
}

// Whether the call that was made still is what it would take, and was no more than an attempt.
bool RestResource::is_attempt(const Intent& intent, const OperationCursor& made,
                              const json::Value& object) const {
    const std::optional<Call> again = next_call(intent, object, made.id, made.call);
    return again && again->name == made.call && again->grace.count() > 0;
}

bool RestResource::is_in_grace(const Intent& intent, const Call& call) const {
    const std::chrono::nanoseconds now = connection().clock->elapsed();
    const std::chrono::milliseconds grace =
        std::max<std::chrono::milliseconds>({call.grace, call.shows_within, rest_.shows_within});
    if (grace.count() == 0) return false;
    return grace_until_.with([&](auto& until) {
        // From the first time that it is seen as not done. After the grace the next call is asked
        // for, which for one is to pull the plug.
        const auto known = until.try_emplace(intent.token + " " + call.name, now + grace).first;
        if (now < known->second) return true;
        until.erase(known);
        return false;
    });
}

// It failed, or was refused: so be it.
base::Result<OperationResult> RestResource::after_attempt(const Intent& intent,
                                                          const OperationCursor& made,
                                                          const CallScope& context) const {
    const Object object = TRY(get(made.id, context));
    if (!object) return is_gone(made.id);
    // `made` tells the hook which call has just ended, so that it asks for another.
    const std::optional<Call> next = next_call(intent, *object, made.id, {}, made.call);
    if (!next) return done(this->made(intent, *object, made.id));
    return next_phase({.id = made.id, .call = next->name, .waits = {}});
}

// A call has come to its end: what is next?
base::Result<OperationResult> RestResource::after_call(const Intent& intent,
                                                       const OperationCursor& made,
                                                       const json::Value& object) const {
    if (rest_.progress != nullptr) {
        const Progress progress = rest_.progress(object);
        // Running here is a state inside the object; operations have been waited for before.
        if (progress.kind == Progress::Kind::Running) return running(made);
        if (progress.kind == Progress::Kind::Failed) {
            return failed_in_background(*connection().api, progress)
                .with_context(what("changing", intent.inputs, made.id));
        }
    }
    if (const auto again = next_call(intent, object, made.id, made.call);
        again && again->name == made.call && is_in_grace(intent, *again)) {
        return running({.id = made.id, .call = made.call, .waits = {}});
    }
    const std::optional<Call> next = next_call(intent, object, made.id, {}, made.call);
    if (!next) return done(this->made(intent, object, made.id));
    // To call it once more would do the same again, and again.
    if (next->name == made.call) {
        return does_not_show().with_context(next->what);
    }
    return next_phase({.id = made.id, .call = next->name, .waits = {}});
}

// What the platform locks while it works at it. A new object has no lock yet, as nobody knows its
// id.
std::vector<std::string> RestResource::changes(const Intent& intent) const {
    std::vector<std::string> out = ResourceHandler::changes(intent);
    if (intent.action != Action::Create && rest_.has_operations) {
        out.push_back(rest_.queue_name(intent.key));
    }
    return out;
}

base::Result<OperationResult> RestResource::poll(const Intent& intent,
                                                 const CallScope& context) const {
    const OperationCursor place = OperationCursor::from_text(intent.handle);
    const Progress progress = TRY(connection().poller->look(place.waits, context));
    if (progress.kind == Progress::Kind::Running) return running(place);
    if (place.call == kWalkBack) return after_walk_back(intent);
    const bool is_failed = progress.kind == Progress::Kind::Failed;
    const OperationCursor made{.id = place.id, .call = place.call, .waits = {}};
    std::string doing = what("changing", intent.inputs, place.id) + " (" + place.call + ")";
    if (place.call == kCreate) doing = what("creating", intent.inputs, place.id);
    if (place.call == kDelete) doing = what("deleting", intent.inputs, place.id);
    if (intent.action == Action::Delete) {
        if (!is_failed) return poll_removal(intent, place, context);
        // An operation that failed because the object had already gone.
        if (place.call == kDelete && !TRY(get(intent.key, context))) return done();
        // Or because what was in the way had.
        if (place.call != kDelete) {
            Call refused;
            refused.name = place.call;
            if (!TRY(is_still_due(intent, intent.key, refused, place.call, context))) {
                return next_phase({.id = place.id, .call = place.call, .waits = {}});
            }
        }
        return failed_in_background(*connection().api, progress).with_context(std::move(doing));
    }
    auto read = get(place.id, context);
    if (is_failed) {
        // The failed operation was an attempt: go on with what follows it.
        if (read.ok() && *read && is_attempt(intent, made, **read)) {
            return after_attempt(intent, made, context);
        }
        Call failed;
        failed.name = place.call;
        return walk_back(
            intent, place.id, failed,
            failed_in_background(*connection().api, progress).with_context(std::move(doing)),
            context);
    }
    const Object object = TRY(std::move(read));
    if (!object) return is_gone(place.id).with_context(std::move(doing));
    return after_call(intent, made, *object);
}

}
