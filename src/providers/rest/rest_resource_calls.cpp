#include "providers/rest/rest_resource.hpp"
#include "providers/rest/wire.hpp"

// The calls that a change takes, and the documents that they send.
namespace providers::rest {

using provider::Intent;
using value::Value;

static json::Value written(const Field& field, const Value& value) {
    return field.form != nullptr ? field.form->write(value) : to_json(value);
}

Labels RestResource::wanted_labels(const Intent& intent, const Labels& now) const {
    Labels out = tags_of(intent);
    // The token stays that of the intent that made it, or took it over.
    // Otherwise an update would put its own token on, and a create whose answer was lost and that
    // is looked for by the first one would not be found.
    if (const auto token = now.find(std::string(kTokenTag)); token != now.end()) {
        out[token->first] = token->second;
    }
    for (const auto& [name, text] : connection().default_labels) out[name] = text;
    // Those of the program over those of the connection, which are a default.
    for (const auto& [name, text] : labels_from(field_of(intent.inputs, rest_.tags.input))) {
        out[name] = text;
    }
    return out;
}

// All of an object, as it is created.
json::Value RestResource::body_of(const Intent& intent, const Labels& now) const {
    json::Value body = json::Object{};
    for (const Field& field : rest_.fields) {
        const Value& wanted = field_of(intent.inputs, field.input.name);
        if (!field.is_created_with || wanted.is_null()) continue;
        // Null in a create may mean "none" to one API and be an error to the next; absent is the
        // same for all.
        set_at(body, field.member_name(), written(field, wanted));
    }
    if (rest_.has_tags()) {
        set_at(body, rest_.tags.member, labels_to_json(rest_.tags, wanted_labels(intent, now)));
    }
    if (rest_.complete_body != nullptr) rest_.complete_body(intent.inputs, *body.as_object());
    return body;
}

// What of an object is to change; an empty object for nothing.
json::Value RestResource::changes_of(const Intent& intent, const json::Value& object,
                                     const Value& shown) const {
    const bool is_patch = rest_.update_body == UpdateBody::MergePatch;
    json::Value body = json::Object{};
    for (const Field& field : rest_.fields) {
        if (field.method != UpdateMethod::Update || field.is_never_shown) continue;
        const Value& wanted = field_of(intent.inputs, field.input.name);
        // The platform chose it, or others look after it: what the program does not say is not
        // changed.
        if (wanted.is_null() && field.is_chosen()) continue;
        const Value& now = field_of(shown, field.input.name);
        if (field.is_same(wanted, now)) continue;
        set_at(body, field.member_name(),
               // By RFC 7396 null removes: of a map of labels only what differs is sent, and those
               // that go as null.
               is_patch ? merge_patch(written(field, now), written(field, wanted))
                        : written(field, wanted));
    }
    if (!rest_.has_tags()) return body;
    const Labels now = labels_of(rest_.tags, object);
    const Labels wanted = wanted_labels(intent, now);
    if (now == wanted) return body;
    const json::Value all = labels_to_json(rest_.tags, wanted);
    set_at(body, rest_.tags.member,
           is_patch ? merge_patch(labels_to_json(rest_.tags, now), all) : all);
    return body;
}

std::optional<Call> RestResource::update_call(const Intent& intent, const json::Value& object,
                                              std::string_view key, const Value& shown) const {
    json::Value body = changes_of(intent, object, shown);
    if (body.as_object()->empty()) return std::nullopt;
    // PUT replaces all of it, so what does not change has to be there too.
    if (rest_.update_body == UpdateBody::Whole) {
        body = body_of(intent, labels_of(rest_.tags, object));
    }
    if (!rest_.version_at.empty()) {
        // Optimistic concurrency in the document, as Kubernetes has it: repeated as it was read.
        const json::Value* version = at_path(object, rest_.version_at);
        if (version != nullptr) set_at(body, rest_.version_at, *version);
    }
    Call call;
    call.name = kUpdate;
    call.method = rest_.update_method;
    call.path = rest_.path_of(key);
    if (rest_.update_body == UpdateBody::MergePatch) {
        // Kubernetes and others choose by this what PATCH means (RFC 7396, section 4).
        call.headers.add("Content-Type", "application/merge-patch+json");
    }
    set_at(call.body, rest_.envelopes.update, std::move(body));
    // Under a condition it fails the second time, whatever became of the first.
    call.is_idempotent = !rest_.has_etags && rest_.version_at.empty();
    return call;
}

std::optional<Call> RestResource::next_call(const Intent& intent, const json::Value& object,
                                            std::string_view key, std::string_view named,
                                            std::string_view made) const {
    const Value shown = shown_inputs(object);
    std::optional<Call> call = update_call(intent, object, key, shown);
    // First all fields that one request changes, then actions one by one, then what only code can
    // say.
    for (const Field& field : rest_.fields) {
        if (call) break;
        if (field.method != UpdateMethod::Action) continue;
        const Value& wanted = field_of(intent.inputs, field.input.name);
        if (wanted.is_null() || field.is_same(wanted, field_of(shown, field.input.name))) continue;
        json::Value body;
        set_at(body, field.member_name(), written(field, wanted));
        call = action_call(rest_, key, field.action, std::move(body));
    }
    if (!call && rest_.next != nullptr) {
        call = rest_.next({.object = object,
                           .key = key,
                           .shown = shown,
                           .intent = intent,
                           .named = named,
                           .made = made});
    }
    if (call && call->what.empty()) {
        call->what = what("changing", intent.inputs, key) + " (" + call->name + ")";
    }
    return call;
}

Call RestResource::create_call(const Intent& intent) const {
    const std::string key = rest_.key_of(intent.inputs);
    Call call;
    call.name = kCreate;
    call.method = rest_.create_method;
    call.path = call.method == "PUT" ? rest_.path_of(key) : rest_.collection_of(key);
    // A PUT would otherwise change what somebody else has made there.
    if (call.method == "PUT") call.headers.add("If-None-Match", "*");
    // A new object has no labels that would have to stay.
    set_at(call.body, rest_.envelopes.create, body_of(intent, {}));
    call.what = what("creating", intent.inputs, {});
    call.has_secrets = intent.inputs.has_secret();
    return call;
}

// What was made goes by: what the answer shows, or where it says that it is, or what it was asked
// to be called. Empty when nothing tells.
std::string RestResource::created_key(const Intent& intent, const Answer& answer) const {
    const std::string wanted = rest_.key_of(intent.inputs);
    const json::Value* object = at_path(answer.body, rest_.envelopes.created);
    std::string key = rest_.key_of(object != nullptr ? *object : json::Value(), wanted);
    if (rest_.is_key(key)) return key;
    if (rest_.is_key(wanted)) return wanted;
    // RFC 9110, 15.3.2: a 201 tells the place of what was made. Its last part is the id.
    if (const auto location = answer.headers.find("Location"); location && answer.status == 201) {
        const std::size_t slash = key.rfind('/');
        key.resize(slash == std::string::npos ? 0 : slash + 1);
        key += location->substr(location->rfind('/') + 1);
        if (rest_.is_key(key)) return key;
    }
    return {};
}

}
