#include "providers/rest/sub_resource.hpp"

#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

namespace providers::rest {

using provider::Action;
using provider::Intent;
using provider::LookupResult;
using provider::ObservedResource;
using provider::OperationResult;
using value::Value;

namespace {

// The phase in which the part is known to have been absent.
constexpr std::string_view kAdd = "add";

// "4711:10.0.1.0/24"
std::pair<std::string_view, std::string_view> split_key(std::string_view key) {
    // At the first colon: an id has none, a name may (an IPv6 network).
    const std::size_t colon = key.find(':');
    if (colon == std::string_view::npos) return {key, {}};
    return {key.substr(0, colon), key.substr(colon + 1)};
}

ObservedResource seen_of(std::string_view parent, SubObject part, const SubResourceType& type) {
    ObservedResource out;
    out.key = fmt::format("{}:{}", parent, part.name);
    out.inputs = std::move(part.inputs);
    out.outputs = std::move(part.outputs);
    out.outputs.set("id", out.key);
    // A document below the parent does not say whose it is.
    if (!type.below.empty() && !is_set(out.inputs, type.parent_input)) {
        out.inputs.set(type.parent_input, std::string(parent));
    }
    return out;
}

}

SubResourceType complete_sub_resource(SubResourceType type) {
    auto& outputs = type.schema.outputs;
    outputs.insert(outputs.begin(), Output("id", value::ValueType::String,
                                           "Its owner's id and itself, by which it is imported.")
                                        .fresh());
    type.schema.key = "id";
    return type;
}

Call parent_action(std::string name, json::Object body) {
    Call call;
    // Without the parent's path: the sub-resource puts it before.
    call.path = "/actions/" + name;
    call.name = std::move(name);
    call.body = std::move(body);
    return call;
}

std::string SubResource::what(std::string_view verb, std::string_view key) const {
    const auto [parent, name] = split_key(key);
    return fmt::format("{} the {} {} of the {} {}", verb, type_.noun, name, type_.parent->noun,
                       parent);
}

std::string SubResource::key_of(const Intent& intent) const {
    if (intent.action != Action::Create) return intent.key;
    return id_text(intent.inputs.find(type_.parent_input)) + ":" + type_.name_of(intent.inputs);
}

base::Result<provider::PlannedChange> SubResource::plan(const provider::Change& change,
                                                        const CallScope&) const {
    provider::Change normalized = change;
    if (normalized.prior) normalize(*normalized.prior, change.inputs);
    return provider::plan_by_schema(normalized);
}

void SubResource::normalize(ObservedResource& seen, const Value& recorded_inputs) const {
    if (type_.normalize != nullptr) type_.normalize(seen.inputs, recorded_inputs);
}

base::Result<SubResource::Parent> SubResource::parent(std::string_view id,
                                                      const CallScope& context) const {
    // Before it goes into a path.
    if (!type_.parent->is_key(id)) {
        return base::invalid_argument(
                   fmt::format("\"{}\" is no id of a {}", id, type_.parent->noun))
            .with_help(fmt::format("a {} is named by its {}'s id and itself: 4711:…", type_.noun,
                                   type_.parent->noun));
    }
    Call call;
    call.path = type_.parent->path_of(id) + type_.below;
    call.what = fmt::format("reading the {} {}", type_.parent->noun, id);
    auto answer = connection().api->send(call, context);
    if (!answer.ok()) {
        if (is_absent(answer.error())) return Parent();
        return std::move(answer).error();
    }
    const std::string path = type_.below.empty() ? type_.parent->envelopes.read : std::string();
    const json::Value* object = at_path(answer->body, path);
    if (object != nullptr && object->is_object()) return Parent(*object);
    return base::Error(base::Code::Unavailable,
                       fmt::format("{} answered without a {}", service(), type_.parent->noun))
        .with_context(call.what);
}

std::optional<SubObject> SubResource::object_in(const json::Value& parent,
                                                std::string_view name) const {
    for (SubObject& part : type_.objects_in(parent)) {
        // By what it says of itself, as a part has no id.
        if (part.name == name) return std::move(part);
    }
    return std::nullopt;
}

base::Result<std::optional<ObservedResource>> SubResource::look(std::string_view key,
                                                                const CallScope& context) const {
    const auto [id, name] = split_key(key);
    const Parent there = TRY(parent(id, context));
    // A parent that is gone has no parts.
    if (!there) return std::optional<ObservedResource>();
    std::optional<SubObject> part = object_in(*there, name);
    if (!part) return std::optional<ObservedResource>();
    return std::optional(seen_of(id, std::move(*part), type_));
}

base::Result<std::optional<ObservedResource>> SubResource::read(const std::string& key,
                                                                const CallScope& context) const {
    return look(key, context);
}

base::Result<provider::Page> SubResource::list(std::string_view page,
                                               const CallScope& context) const {
    const RestType& parent = *type_.parent;
    const Paging& paging = parent.paging ? *parent.paging : connection().conventions->paging;
    Call call;
    call.path = page_path(paging, parent.listing(), page);
    call.what = fmt::format("listing {}s", parent.noun);
    const Answer answer = TRY(connection().api->send(call, context));
    const json::Value* parents = at_path(answer.body, parent.envelopes.list);
    if (parents == nullptr || !parents->is_array()) {
        return base::Error(base::Code::Unavailable,
                           fmt::format("{} answered without a list", service()))
            .with_context(call.what);
    }
    provider::Page out;
    for (const json::Value& one : *parents->as_array()) {
        const std::string key = parent.key_of(one);
        const Parent shown = type_.below.empty() ? Parent(one) : TRY(this->parent(key, context));
        // It went meanwhile.
        if (!shown) continue;
        for (SubObject& part : type_.objects_in(*shown)) {
            out.items.push_back(seen_of(key, std::move(part), type_));
        }
    }
    PageLinks links = pages_after(paging, answer, page, parents->as_array()->size());
    out.next = std::move(links.next);
    out.others = std::move(links.others);
    return out;
}

bool SubResource::is_as_wanted(const Intent& intent, const ObservedResource& seen) const {
    Value shown = seen.inputs;
    if (type_.normalize != nullptr) type_.normalize(shown, intent.inputs);
    for (const provider::InputField& field : type_.schema.inputs) {
        // What is not read back cannot be held against it.
        if (field.write_only) continue;
        const Value& now = field_of(shown, field.name);
        if (!field_of(intent.inputs, field.name).same_as(now)) return false;
    }
    return true;
}

std::vector<std::string> SubResource::changes(const Intent& intent) const {
    std::vector<std::string> out = ResourceHandler::changes(intent);
    const std::string key = key_of(intent);
    // A change of a part is a change of its parent, which lets one at a time.
    out.push_back(type_.parent->queue_name(split_key(key).first));
    return out;
}

base::Result<OperationResult> SubResource::start(const Intent& intent,
                                                 const CallScope& context) const {
    if (intent.action == Action::Create) return add(intent, context);
    const std::optional<ObservedResource> there = TRY(look(intent.key, context));
    if (intent.action == Action::Delete) {
        // Whoever removed it.
        if (!there) return done();
        Call call = type_.remove(there->inputs);
        call.what = what("deleting", intent.key);
        return make(intent, std::move(call), context);
    }
    if (!there) {
        return base::not_found(fmt::format("the {} is gone", type_.noun))
            .with_context(what("changing", intent.key));
    }
    if (is_as_wanted(intent, *there) || type_.change == nullptr) return done(*there);
    const auto [id, name] = split_key(intent.key);
    Call call = type_.change(
        intent.inputs,
        {.name = std::string(name), .inputs = there->inputs, .outputs = there->outputs});
    call.what = what("changing", intent.key);
    return make(intent, std::move(call), context);
}

base::Result<OperationResult> SubResource::add(const Intent& intent,
                                               const CallScope& context) const {
    const std::string key = key_of(intent);
    const OperationCursor place = OperationCursor::from_text(intent.phase);
    // Two phases, as nothing marks a part as ours. First a look that has to find nothing; that
    // becomes durable; then it is added. Found after that, it is ours: nobody else had it before.
    if (place.call.empty()) {
        const std::optional<ObservedResource> there = TRY(look(key, context));
        if (!there) return next_phase({.id = key, .call = std::string(kAdd), .waits = {}});
        if (type_.is_shared && is_as_wanted(intent, *there)) return done(*there);
        return base::Error(base::Code::AlreadyExists,
                           "it exists, and was not made by this resource")
            .with_context(what("adding", key))
            .with_advice(
                {.next = base::Next::ImportResource, .subject = intent.address, .object = key});
    }
    Call call = type_.add(intent.inputs);
    call.what = what("adding", key);
    auto made = make(intent, std::move(call), context);
    // A refusal: it may say "exists already" to our own repetition.
    if (made.ok() || api_error_of(made.error()) == nullptr) return made;
    // An earlier request whose answer was lost may have added it.
    const std::optional<ObservedResource> there = TRY(look(key, context));
    if (there && is_as_wanted(intent, *there)) return done(*there);
    return made;
}

base::Result<OperationResult> SubResource::make(const Intent& intent, Call call,
                                                const CallScope& context) const {
    const std::string key = key_of(intent);
    // A call that changes is a POST unless it says otherwise.
    if (call.method == "GET") call.method = "POST";
    call.path = type_.parent->path_of(split_key(key).first) + call.path;
    auto answer = connection().api->send(call, context);
    if (!answer.ok()) {
        if (intent.action == Action::Delete && is_absent(answer.error())) return done();
        // What it was attached to may have been deleted meanwhile.
        const bool is_refused = answer.error().code() == base::Code::FailedPrecondition;
        if (intent.action == Action::Delete && is_refused && !TRY(look(key, context))) {
            return done();
        }
        return std::move(answer).error();
    }
    OperationCursor place{.id = key, .call = call.name, .waits = begun(*answer)};
    if (!place.waits.empty()) return running(place);
    auto ended = after_call(intent, context);
    // Answered and not shown: what was called had its effect.
    if (!ended.ok()) return after_effect(std::move(ended).error());
    return ended;
}

base::Result<OperationResult> SubResource::after_call(const Intent& intent,
                                                      const CallScope& context) const {
    const std::string key = key_of(intent);
    std::optional<ObservedResource> there = TRY(look(key, context));
    const bool is_delete = intent.action == Action::Delete;
    if (is_delete && !there) return done();
    if (!is_delete && there && is_as_wanted(intent, *there)) return done(std::move(there));
    // Should it appear a moment later, the next refresh sees it; to wait here has no end that is
    // told.
    return base::Error(base::Code::FailedPrecondition,
                       fmt::format("{} took the change and does not show it", service()))
        .with_context(what(is_delete ? "deleting" : "changing", key));
}

base::Result<OperationResult> SubResource::poll(const Intent& intent,
                                                const CallScope& context) const {
    const OperationCursor place = OperationCursor::from_text(intent.handle);
    const Progress progress = TRY(connection().poller->look(place.waits, context));
    if (progress.kind == Progress::Kind::Running) return running(place);
    const bool is_delete = intent.action == Action::Delete;
    const bool is_create = intent.action == Action::Create;
    if (progress.kind == Progress::Kind::Failed) {
        return failed_in_background(*connection().api, progress)
            .with_context(what(is_delete   ? "deleting"
                               : is_create ? "adding"
                                           : "changing",
                               place.id));
    }
    return after_call(intent, context);
}

// What goes on at the parent: as the service tells, or of what the intent knows has begun.
base::Result<std::vector<std::string>>
SubResource::running_at(std::string_view id, const std::vector<std::string>& begun_before,
                        const CallScope& context) const {
    const auto asked = connection().conventions->operations.running_at;
    if (asked != nullptr) return asked(*connection().api, *type_.parent, id, context);
    if (begun_before.empty()) return begun_before;
    const Progress progress = TRY(connection().poller->look(begun_before, context));
    return progress.kind == Progress::Kind::Running ? begun_before : std::vector<std::string>();
}

base::Result<LookupResult> SubResource::find(const Intent& intent, const CallScope& context) const {
    const std::string key = key_of(intent);
    const auto [id, name] = split_key(key);
    const Parent there = TRY(parent(id, context));
    const bool is_delete = intent.action == Action::Delete;
    // With the parent all of its parts are gone.
    if (!there) return found(is_delete ? LookupResult::Kind::Done : LookupResult::Kind::Absent);
    std::optional<SubObject> part = object_in(*there, name);
    if (is_delete && !part) return found(LookupResult::Kind::Done);
    const OperationCursor phase = OperationCursor::from_text(intent.phase);
    const bool is_looked_for = intent.action == Action::Create && phase.call.empty();
    if (is_looked_for) {
        if (!part) return found(LookupResult::Kind::Absent);
        ObservedResource seen = seen_of(id, *part, type_);
        if (type_.is_shared && is_as_wanted(intent, seen)) {
            return found(LookupResult::Kind::Done, std::move(seen));
        }
        // There before it was known to be absent: not ours, whatever it says.
        return found(
            LookupResult::Kind::Foreign,
            fmt::format("the {} {} exists, and was not made by this resource", type_.noun, name));
    }
    if (part) {
        ObservedResource seen = seen_of(id, std::move(*part), type_);
        if (!is_delete && is_as_wanted(intent, seen)) {
            return found(LookupResult::Kind::Done, std::move(seen));
        }
        // Ours, but not as wanted.
        if (intent.action == Action::Create)
            return found(LookupResult::Kind::Partial, std::move(seen));
    }
    const OperationCursor begun_before = OperationCursor::from_text(intent.handle);
    // A create in its second phase may have been sent without an answer.
    const bool may_be_begun = intent.action == Action::Create || !begun_before.waits.empty();
    if (type_.parent->has_operations && may_be_begun) {
        OperationCursor place{.id = key, .call = begun_before.call, .waits = {}};
        place.waits = TRY(running_at(id, begun_before.waits, context));
        if (!place.waits.empty()) return found_running(place);
    }
    return found(LookupResult::Kind::Absent);
}

}
