#include "providers/rest/rest_resource.hpp"

#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <algorithm>

// Making, changing and deleting; looking is in rest_kind_look.cpp.
namespace providers::rest {

using provider::Action;
using provider::Intent;
using provider::OperationResult;
using value::Value;

std::string RestResource::what(std::string_view verb, const Value& inputs,
                               std::string_view id) const {
    const std::string& name = text_of(inputs, "name");
    if (!name.empty()) return fmt::format("{} the {} \"{}\"", verb, rest_.words, name);
    if (!id.empty()) return fmt::format("{} the {} {}", verb, rest_.words, id);
    return fmt::format("{} the {}", verb, rest_.words);
}

Labels RestResource::wanted_labels(const Intent& intent, const Labels& now) const {
    Labels out = tags_of(intent);
    // The token stays that of the intent that made it, or took it over.
    if (const auto token = now.find(std::string(kTokenTag)); token != now.end()) {
        out[token->first] = token->second;
    }
    for (const auto& [name, text] : account().default_labels) out[name] = text;
    for (const auto& [name, text] : labels_from(field_of(intent.inputs, "labels"))) {
        out[name] = text;
    }
    return out;
}

json::Value RestResource::body_of(const Intent& intent) const {
    json::Object body;
    for (const Field& field : rest_.fields) {
        const Value& wanted = field_of(intent.inputs, field.input.name);
        if (!field.is_created_with || wanted.is_null()) continue;
        body.set(field.member_name(), to_json(wanted));
    }
    if (rest_.has_labels) body.set("labels", labels_to_json(wanted_labels(intent, {})));
    if (rest_.complete_body != nullptr) rest_.complete_body(intent.inputs, body);
    return body;
}

std::optional<Call> RestResource::put_call(const Intent& intent, const json::Value& object,
                                           const Value& shown) const {
    json::Object body;
    for (const Field& field : rest_.fields) {
        if (field.way != UpdateMethod::Put || field.is_never_shown) continue;
        const Value& wanted = field_of(intent.inputs, field.input.name);
        if (wanted.is_null() && field.is_chosen()) continue;
        if (field.is_same(wanted, field_of(shown, field.input.name))) continue;
        body.set(field.member_name(), to_json(wanted));
    }
    if (rest_.has_labels) {
        const Labels now = labels_from(object.find("labels"));
        const Labels wanted = wanted_labels(intent, now);
        if (now != wanted) body.set("labels", labels_to_json(wanted));
    }
    if (body.empty()) return std::nullopt;
    Call call;
    call.name = "update";
    call.method = "PUT";
    call.path = rest_.path_of(id_text(object.find("id")));
    call.body = std::move(body);
    call.is_idempotent = true;
    return call;
}

std::optional<Call> RestResource::next_call(const Intent& intent, const json::Value& object,
                                            std::string_view named, std::string_view made) const {
    const Value shown = shown_inputs(object);
    std::optional<Call> call = put_call(intent, object, shown);
    const std::string id = id_text(object.find("id"));
    for (const Field& field : rest_.fields) {
        if (call) break;
        if (field.way != UpdateMethod::Action) continue;
        const Value& wanted = field_of(intent.inputs, field.input.name);
        if (wanted.is_null() || field.is_same(wanted, field_of(shown, field.input.name))) continue;
        call = action_call(rest_, id, field.action,
                           json::Object{{field.member_name(), to_json(wanted)}});
    }
    if (!call && rest_.next != nullptr) {
        call = rest_.next(
            {.object = object, .shown = shown, .intent = intent, .named = named, .made = made});
    }
    if (call && call->what.empty()) {
        call->what = what("changing", intent.inputs, id) + " (" + call->name + ")";
    }
    return call;
}

base::Result<OperationResult> RestResource::start(const Intent& intent,
                                                  const provider::CallContext& context) const {
    const OperationCursor place = OperationCursor::from_text(intent.phase);
    if (intent.action == Action::Delete) return remove(intent, place, context);
    if (intent.action != Action::Create) return change(intent, place, context);
    if (place.id.empty()) return create(intent, context);
    auto changed = change(intent, place, context);
    // It is there, and no row has its key yet.
    if (!changed.ok()) return after_effect(std::move(changed).error());
    return changed;
}

base::Result<OperationResult> RestResource::create(const Intent& intent,
                                                   const provider::CallContext& context) const {
    Call call;
    call.name = "create";
    call.method = "POST";
    call.path = rest_.collection;
    call.body = body_of(intent);
    call.what = what("creating", intent.inputs, {});
    call.has_secrets = intent.inputs.has_secret();
    auto answer = account().api->send(call, context);
    if (!answer.ok()) {
        if (answer.error().code() != base::Code::AlreadyExists) return std::move(answer).error();
        return take_over(intent, std::move(answer).error(), context);
    }
    const json::Value* object = answer->find(rest_.singular);
    const std::string id = object != nullptr ? id_text(object->find("id")) : std::string();
    if (id.empty()) {
        return base::Error(base::Code::Unavailable,
                           fmt::format("{} did not say what it made",
                                       account().api->error_mapping().service))
            .with_context(call.what);
    }
    remember(id, *answer);
    const OperationCursor made{
        .id = id, .call = call.name, .waits = account().style->begun(*answer)};
    if (!made.waits.empty()) return running(made);
    return settle(intent, made, *object);
}

// The name is taken: by ourselves, if an earlier answer was lost.
base::Result<OperationResult> RestResource::take_over(const Intent& intent, base::Error refused,
                                                      const provider::CallContext& context) const {
    const Object ours = TRY(find_by_token(intent, context));
    if (ours) {
        const std::string id = id_text(ours->find("id"));
        OperationCursor made{.id = id, .call = "create", .waits = {}};
        if (rest_.has_actions) {
            made.waits = TRY(account().style->running_at(*account().api, rest_, id, context));
        }
        if (!made.waits.empty()) return running(made);
        return settle(intent, made, *ours);
    }
    const Object other = TRY(find_by_name(intent, context));
    if (!other) return refused;
    const std::string id = id_text(other->find("id"));
    return std::move(refused).with_help(fmt::format(
        "{} {} has that name and was not made by this resource: choose another name, or take it "
        "over with `provisioning import {} {}`",
        rest_.words, id, intent.address, id));
}

base::Result<OperationResult> RestResource::change(const Intent& intent,
                                                   const OperationCursor& place,
                                                   const provider::CallContext& context) const {
    const std::string id = place.id.empty() ? intent.key : place.id;
    const Object object = TRY(get(id, context));
    if (!object) {
        return base::not_found(fmt::format("the {} {} is gone", rest_.words, id))
            .with_context(what("changing", intent.inputs, id))
            .with_help("plan again: it will be made anew");
    }
    std::optional<Call> call = next_call(intent, *object, place.call);
    if (!call) return done(this->made(intent, *object));
    const OperationCursor next{.id = id, .call = call->name, .waits = {}};
    // Only what was made durable is called; the first call is, by the intent.
    if (!place.call.empty() && place.call != call->name) return next_phase(next);
    auto sent = account().api->send(*call, context);
    const bool is_refused = !sent.ok() && sent.error().code() == base::Code::FailedPrecondition;
    if (is_refused && call->patience.count() > 0) return settle_attempt(intent, next, context);
    const json::Value answer = TRY(std::move(sent));
    remember(id, answer);
    const OperationCursor made{
        .id = id, .call = call->name, .waits = account().style->begun(answer)};
    if (!made.waits.empty()) return running(made);
    if (const json::Value* now = answer.find(rest_.singular)) return settle(intent, made, *now);
    auto read = get(id, context);
    if (!read.ok()) return after_effect(std::move(read).error());
    const Object& now = *read;
    if (!now) return base::not_found(fmt::format("the {} {} is gone", rest_.words, id));
    return settle(intent, made, *now);
}

// Whether the call that was made still is what it would take, and was no more than an attempt.
bool RestResource::is_attempt(const Intent& intent, const OperationCursor& made,
                              const json::Value& object) const {
    const std::optional<Call> again = next_call(intent, object, made.call);
    return again && again->name == made.call && again->patience.count() > 0;
}

bool RestResource::has_patience(const Intent& intent, std::chrono::nanoseconds patience) const {
    const std::chrono::nanoseconds now = account().clock->elapsed();
    return patient_until_.with([&](auto& until) {
        const auto known = until.try_emplace(intent.token, now + patience).first;
        if (now < known->second) return true;
        until.erase(known);
        return false;
    });
}

// It failed, or was refused: so be it.
base::Result<OperationResult>
RestResource::settle_attempt(const Intent& intent, const OperationCursor& made,
                             const provider::CallContext& context) const {
    const Object object = TRY(get(made.id, context));
    if (!object) return base::not_found(fmt::format("the {} {} is gone", rest_.words, made.id));
    const std::optional<Call> next = next_call(intent, *object, {}, made.call);
    if (!next) return done(this->made(intent, *object));
    return next_phase({.id = made.id, .call = next->name, .waits = {}});
}

// A call has come to its end: what is next?
base::Result<OperationResult> RestResource::settle(const Intent& intent,
                                                   const OperationCursor& made,
                                                   const json::Value& object) const {
    if (const auto again = next_call(intent, object, made.call);
        again && again->name == made.call && again->patience.count() > 0 &&
        has_patience(intent, again->patience)) {
        return running({.id = made.id, .call = made.call, .waits = {}});
    }
    const std::optional<Call> next = next_call(intent, object, {}, made.call);
    if (!next) return done(this->made(intent, object));
    if (next->name == made.call) {
        return base::Error(base::Code::FailedPrecondition,
                           fmt::format("{} took the change and does not show it",
                                       account().api->error_mapping().service))
            .with_context(next->what);
    }
    return next_phase({.id = made.id, .call = next->name, .waits = {}});
}

std::vector<std::string> RestResource::changes(const Intent& intent) const {
    std::vector<std::string> out;
    if (rest_.changes != nullptr) out = rest_.changes(intent);
    if (intent.action != Action::Create && rest_.has_actions) {
        out.push_back(rest_.singular + ":" + intent.key);
    }
    return out;
}

base::Result<OperationResult> RestResource::remove(const Intent& intent,
                                                   const OperationCursor& place,
                                                   const provider::CallContext& context) const {
    Call call;
    if (rest_.before_delete != nullptr) {
        const Object object = TRY(get(intent.key, context));
        if (!object) return done();
        std::optional<Call> before = rest_.before_delete(*object);
        if (before && before->name == place.call) {
            return base::Error(base::Code::FailedPrecondition,
                               fmt::format("{} took the change and does not show it",
                                           account().api->error_mapping().service))
                .with_context(what("deleting", intent.inputs, intent.key));
        }
        if (before) {
            before->what = what("deleting", intent.inputs, intent.key) + " (" + before->name + ")";
            json::Value answer = TRY(account().api->send(*before, context));
            const OperationCursor made{
                .id = intent.key, .call = before->name, .waits = account().style->begun(answer)};
            if (!made.waits.empty()) return running(made);
            return next_phase(made);
        }
    }
    call.name = "delete";
    call.method = "DELETE";
    call.path = rest_.path_of(intent.key);
    call.is_idempotent = true;
    call.what = what("deleting", intent.inputs, intent.key);
    auto answer = account().api->send(call, context);
    if (!answer.ok()) {
        if (is_absent(answer.error())) return done();
        return std::move(answer).error();
    }
    const OperationCursor made{
        .id = intent.key, .call = call.name, .waits = account().style->begun(*answer)};
    return made.waits.empty() ? done() : running(made);
}

base::Result<OperationResult> RestResource::poll(const Intent& intent,
                                                 const provider::CallContext& context) const {
    const OperationCursor place = OperationCursor::from_text(intent.handle);
    const Progress progress = TRY(account().waits->look(place.waits, context));
    if (progress.kind == Progress::Kind::Running) return running(place);
    const bool is_failed = progress.kind == Progress::Kind::Failed;
    if (intent.action == Action::Delete && place.call == "delete") {
        if (!is_failed) return done();
        if (!TRY(get(intent.key, context))) return done();
    }
    const OperationCursor made{.id = place.id, .call = place.call, .waits = {}};
    const bool is_delete = intent.action == Action::Delete;
    std::string doing = what("changing", intent.inputs, place.id) + " (" + place.call + ")";
    if (place.call == "create") doing = what("creating", intent.inputs, place.id);
    if (place.call == "delete") doing = what("deleting", intent.inputs, place.id);
    if (!is_failed && is_delete) return next_phase(made);
    auto read = is_delete ? base::Result<Object>(Object()) : get(place.id, context);
    if (is_failed) {
        if (read.ok() && *read && is_attempt(intent, made, **read)) {
            return settle_attempt(intent, made, context);
        }
        return failed_in_background(*account().api, progress).with_context(std::move(doing));
    }
    const Object object = TRY(std::move(read));
    if (!object) {
        return base::not_found(fmt::format("the {} {} is gone", rest_.words, place.id))
            .with_context(std::move(doing));
    }
    return settle(intent, made, *object);
}

}
