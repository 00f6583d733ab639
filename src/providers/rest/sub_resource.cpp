#include "providers/rest/sub_resource.hpp"

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

constexpr std::string_view kAdd = "add";

// "4711:10.0.1.0/24"
std::pair<std::string_view, std::string_view> split_key(std::string_view key) {
    const std::size_t colon = key.find(':');
    if (colon == std::string_view::npos) return {key, {}};
    return {key.substr(0, colon), key.substr(colon + 1)};
}

ObservedResource seen_of(std::string_view owner, Part part) {
    ObservedResource out;
    out.key = fmt::format("{}:{}", owner, part.name);
    out.inputs = std::move(part.inputs);
    out.outputs = std::move(part.outputs);
    out.outputs.set("id", out.key);
    return out;
}

}

std::string SubResource::what(std::string_view verb, std::string_view key) const {
    const auto [owner, name] = split_key(key);
    return fmt::format("{} the {} {} of the {} {}", verb, part_.words, name, part_.owner->words,
                       owner);
}

std::string SubResource::key_of(const Intent& intent) const {
    if (intent.action != Action::Create) return intent.key;
    return id_text(intent.inputs.find(part_.owner_input)) + ":" + part_.name_of(intent.inputs);
}

base::Result<void> SubResource::validate(const Value& inputs) const {
    if (part_.validate != nullptr) return part_.validate(inputs);
    return {};
}

base::Result<provider::PlannedChange> SubResource::plan(const provider::Change& change) const {
    provider::Change spelled = change;
    if (spelled.prior) normalize(*spelled.prior, change.inputs);
    return provider::plan_by_schema(spelled);
}

void SubResource::normalize(ObservedResource& seen, const Value& recorded_inputs) const {
    if (part_.normalize != nullptr) part_.normalize(seen.inputs, recorded_inputs);
}

base::Result<SubResource::Owner> SubResource::owner(std::string_view id,
                                                    const provider::CallContext& context) const {
    if (id.empty() || id.find_first_not_of("0123456789abcdefABCDEF-") != std::string_view::npos) {
        return base::invalid_argument(
                   fmt::format("\"{}\" is no id of a {}", id, part_.owner->words))
            .with_help(fmt::format("a {} is named by its {}'s id and itself: 4711:…", part_.words,
                                   part_.owner->words));
    }
    Call call;
    call.path = part_.owner->path_of(id);
    call.what = fmt::format("reading the {} {}", part_.owner->words, id);
    auto answer = account().api->send(call, context);
    if (!answer.ok()) {
        if (is_absent(answer.error())) return Owner();
        return std::move(answer).error();
    }
    const json::Value* object = answer->find(part_.owner->singular);
    if (object != nullptr && object->is_object()) return Owner(*object);
    return base::Error(base::Code::Unavailable,
                       fmt::format("{} answered without a `{}`",
                                   account().api->error_mapping().service, part_.owner->singular))
        .with_context(call.what);
}

std::optional<Part> SubResource::part_in(const json::Value& owner, std::string_view name) const {
    for (Part& part : part_.parts_of(owner)) {
        if (part.name == name) return std::move(part);
    }
    return std::nullopt;
}

base::Result<std::optional<ObservedResource>>
SubResource::look(std::string_view key, const provider::CallContext& context) const {
    const auto [id, name] = split_key(key);
    const Owner there = TRY(owner(id, context));
    if (!there) return std::optional<ObservedResource>();
    std::optional<Part> part = part_in(*there, name);
    if (!part) return std::optional<ObservedResource>();
    return std::optional(seen_of(id, std::move(*part)));
}

base::Result<std::optional<ObservedResource>>
SubResource::read(const std::string& key, const provider::CallContext& context) const {
    return look(key, context);
}

base::Result<provider::Page> SubResource::list(std::string_view page,
                                               const provider::CallContext& context) const {
    Call call;
    call.path = part_.owner->collection + account().style->page_query(page);
    call.what = fmt::format("listing {}", part_.owner->plural());
    const json::Value answer = TRY(account().api->send(call, context));
    provider::Page out;
    const json::Value* owners = answer.find(part_.owner->plural());
    if (owners != nullptr && owners->is_array()) {
        for (const json::Value& one : *owners->as_array()) {
            for (Part& part : part_.parts_of(one)) {
                out.items.push_back(seen_of(id_text(one.find("id")), std::move(part)));
            }
        }
    }
    PageLinks links = account().style->links_of(answer);
    out.next = std::move(links.next);
    out.others = std::move(links.others);
    return out;
}

bool SubResource::is_as_wanted(const Intent& intent, const ObservedResource& seen) const {
    Value shown = seen.inputs;
    if (part_.normalize != nullptr) part_.normalize(shown, intent.inputs);
    for (const provider::InputField& field : part_.schema.inputs) {
        if (field.write_only) continue;
        const Value& now = field_of(shown, field.name);
        if (!field_of(intent.inputs, field.name).same_as(now)) return false;
    }
    return true;
}

std::vector<std::string> SubResource::changes(const Intent& intent) const {
    std::vector<std::string> out;
    if (part_.changes != nullptr) out = part_.changes(intent);
    const std::string key = key_of(intent);
    out.push_back(fmt::format("{}:{}", part_.owner->singular, split_key(key).first));
    return out;
}

base::Result<OperationResult> SubResource::start(const Intent& intent,
                                                 const provider::CallContext& context) const {
    if (intent.action == Action::Create) return add(intent, context);
    const std::optional<ObservedResource> there = TRY(look(intent.key, context));
    if (intent.action == Action::Delete) {
        if (!there) return done();
        Call call = part_.remove(there->inputs);
        call.what = what("deleting", intent.key);
        return make(intent, std::move(call), context);
    }
    if (!there) {
        return base::not_found(fmt::format("the {} is gone", part_.words))
            .with_context(what("changing", intent.key));
    }
    if (is_as_wanted(intent, *there) || part_.change == nullptr) return done(*there);
    const auto [id, name] = split_key(intent.key);
    Call call = part_.change(
        intent.inputs,
        {.name = std::string(name), .inputs = there->inputs, .outputs = there->outputs});
    call.what = what("changing", intent.key);
    return make(intent, std::move(call), context);
}

base::Result<OperationResult> SubResource::add(const Intent& intent,
                                               const provider::CallContext& context) const {
    const std::string key = key_of(intent);
    const OperationCursor place = OperationCursor::from_text(intent.phase);
    if (place.call.empty()) {
        if (!TRY(look(key, context)))
            return next_phase({.id = key, .call = std::string(kAdd), .waits = {}});
        return base::Error(base::Code::AlreadyExists,
                           "it exists, and was not made by this resource")
            .with_context(what("adding", key))
            .with_help(
                fmt::format("take it over with `provisioning import {} {}`", intent.address, key));
    }
    Call call = part_.add(intent.inputs);
    call.what = what("adding", key);
    auto made = make(intent, std::move(call), context);
    if (made.ok() || refusal_of(made.error()) == nullptr) return made;
    // An earlier request whose answer was lost may have added it.
    const std::optional<ObservedResource> there = TRY(look(key, context));
    if (there && is_as_wanted(intent, *there)) return done(*there);
    return made;
}

base::Result<OperationResult> SubResource::make(const Intent& intent, Call call,
                                                const provider::CallContext& context) const {
    const std::string key = key_of(intent);
    call.method = "POST";
    call.path = part_.owner->path_of(split_key(key).first) + call.path;
    auto answer = account().api->send(call, context);
    if (!answer.ok()) {
        if (intent.action == Action::Delete && is_absent(answer.error())) return done();
        return std::move(answer).error();
    }
    OperationCursor place{.id = key, .call = call.name, .waits = account().style->begun(*answer)};
    if (!place.waits.empty()) return running(place);
    auto settled = settle(intent, context);
    if (!settled.ok()) return after_effect(std::move(settled).error());
    return settled;
}

base::Result<OperationResult> SubResource::settle(const Intent& intent,
                                                  const provider::CallContext& context) const {
    const std::string key = key_of(intent);
    std::optional<ObservedResource> there = TRY(look(key, context));
    const bool is_delete = intent.action == Action::Delete;
    if (is_delete && !there) return done();
    if (!is_delete && there && is_as_wanted(intent, *there)) return done(std::move(there));
    return base::Error(base::Code::FailedPrecondition,
                       fmt::format("{} took the change and does not show it",
                                   account().api->error_mapping().service))
        .with_context(what(is_delete ? "deleting" : "changing", key));
}

base::Result<OperationResult> SubResource::poll(const Intent& intent,
                                                const provider::CallContext& context) const {
    const OperationCursor place = OperationCursor::from_text(intent.handle);
    const Progress progress = TRY(account().waits->look(place.waits, context));
    if (progress.kind == Progress::Kind::Running) return running(place);
    const bool is_delete = intent.action == Action::Delete;
    const bool is_create = intent.action == Action::Create;
    if (progress.kind == Progress::Kind::Failed) {
        return failed_in_background(*account().api, progress)
            .with_context(what(is_delete   ? "deleting"
                               : is_create ? "adding"
                                           : "changing",
                               place.id));
    }
    return settle(intent, context);
}

base::Result<LookupResult> SubResource::find(const Intent& intent,
                                             const provider::CallContext& context) const {
    const std::string key = key_of(intent);
    const auto [id, name] = split_key(key);
    const Owner there = TRY(owner(id, context));
    const bool is_delete = intent.action == Action::Delete;
    if (!there) return found(is_delete ? LookupResult::Kind::Done : LookupResult::Kind::Absent);
    std::optional<Part> part = part_in(*there, name);
    if (is_delete && !part) return found(LookupResult::Kind::Done);
    const OperationCursor phase = OperationCursor::from_text(intent.phase);
    const bool is_looked_for = intent.action == Action::Create && phase.call.empty();
    if (is_looked_for) {
        if (!part) return found(LookupResult::Kind::Absent);
        return found(
            LookupResult::Kind::Foreign,
            fmt::format("the {} {} exists, and was not made by this resource", part_.words, name));
    }
    if (part) {
        ObservedResource seen = seen_of(id, std::move(*part));
        if (!is_delete && is_as_wanted(intent, seen)) {
            return found(LookupResult::Kind::Done, std::move(seen));
        }
        if (intent.action == Action::Create)
            return found(LookupResult::Kind::Partial, std::move(seen));
    }
    const OperationCursor begun = OperationCursor::from_text(intent.handle);
    const bool may_be_begun = intent.action == Action::Create || !begun.waits.empty();
    if (part_.owner->has_actions && may_be_begun) {
        OperationCursor place{.id = key, .call = begun.call, .waits = {}};
        place.waits = TRY(account().style->running_at(*account().api, *part_.owner, id, context));
        if (!place.waits.empty()) return found_running(place);
    }
    return found(LookupResult::Kind::Absent);
}

}
