#include "providers/rest/rest_resource.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <algorithm>

// What there is, and what it would take to change it.
namespace providers::rest {

using provider::Intent;
using provider::LookupResult;
using provider::ObservedResource;
using value::Value;

namespace {

constexpr std::string_view kLabels = "labels";
constexpr std::string_view kMissing = "(missing)";   // no label can have this value

bool is_id(std::string_view key) {
    return !key.empty() && key.size() < 40 &&
           std::all_of(
               key.begin(), key.end(),
               [](char c) {
                   return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || c == '-';
               });
}

void erase(Value& record, std::string_view name) {
    if (Value::Record* members = record.as_record()) {
        std::erase_if(*members, [&](const Value::Member& member) { return member.first == name; });
    }
}

}

Value RestResource::shown_inputs(const json::Value& object) const {
    Value::Record out;
    for (const Field& field : rest_.fields) {
        if (field.is_never_shown) continue;
        Value value;
        if (field.show != nullptr) {
            value = field.show(object);
        } else {
            const json::Value* shown =
                at_path(object, field.shown_at.empty() ? field.member_name() : field.shown_at);
            if (shown != nullptr) value = from_json(*shown);
        }
        if (!value.is_null()) out.emplace_back(field.input.name, std::move(value));
    }
    if (rest_.has_labels) {
        const Labels labels = without_tags(labels_from(object.find(kLabels)));
        if (!labels.empty()) out.emplace_back(kLabels, labels_to_value(labels));
    }
    return out;
}

ObservedResource RestResource::seen_of(const json::Value& object) const {
    ObservedResource out;
    out.key = id_text(object.find("id"));
    out.inputs = shown_inputs(object);
    const Labels labels = labels_from(object.find(kLabels));
    if (const auto token = labels.find(std::string(kTokenTag)); token != labels.end()) {
        out.token = token->second;
    }
    const Value once = create_only_.with([&](const auto& told) {
        const auto found = told.find(out.key);
        return found != told.end() ? found->second : Value();
    });
    Value::Record outputs;
    for (const OutputRule& result : rest_.results) {
        Value value;
        if (!result.create_only.empty()) {
            value = field_of(once, result.output.name);
        } else if (result.show != nullptr) {
            value = result.show(object);
        } else {
            const json::Value* shown =
                at_path(object, result.shown_at.empty() ? result.output.name : result.shown_at);
            if (shown != nullptr) value = from_json(*shown);
        }
        if (result.output.secret) value.mark_secret();
        outputs.emplace_back(result.output.name, std::move(value));
    }
    out.outputs = Value(std::move(outputs));
    return out;
}

// As seen, with what was told only once and recorded.
ObservedResource RestResource::made(const Intent& intent, const json::Value& object) const {
    ObservedResource out = seen_of(object);
    for (const OutputRule& result : rest_.results) {
        const std::string& name = result.output.name;
        if (result.create_only.empty() || is_set(out.outputs, name)) continue;
        if (is_set(intent.prior_outputs, name)) {
            out.outputs.set(name, field_of(intent.prior_outputs, name));
        }
    }
    return out;
}

void RestResource::remember(std::string_view id, const json::Value& answer) const {
    Value told;
    for (const OutputRule& result : rest_.results) {
        if (result.create_only.empty()) continue;
        const json::Value* value = at_path(answer, result.create_only);
        if (value != nullptr && !value->is_null()) told.set(result.output.name, from_json(*value));
    }
    if (told.is_null()) return;
    create_only_.with([&](auto& all) { all[std::string(id)] = std::move(told); });
}

base::Result<void> RestResource::validate(const Value& inputs) const {
    for (const auto& [name, text] : labels_from(field_of(inputs, kLabels))) {
        if (!is_tag(name)) continue;
        return base::invalid_argument(
                   fmt::format("`labels` has `{}`, which is kept for this program's own", name))
            .with_help("choose a name that does not begin with `provisioning.`");
    }
    if (rest_.validate != nullptr) return rest_.validate(inputs);
    return {};
}

// Those of the connection are not shown where they are as they should be; one that is not there is
// shown as missing, so that it is seen.
Value RestResource::shown_labels(const Value& shown, const Value& wanted) const {
    Labels out = labels_from(shown);
    const Labels own = labels_from(wanted);
    for (const auto& [name, text] : account().default_labels) {
        if (own.contains(name)) continue;
        const auto there = out.find(name);
        if (there == out.end()) {
            out[name] = kMissing;
        } else if (there->second == text) {
            out.erase(there);
        }
    }
    return out == own ? wanted : labels_to_value(out);
}

void RestResource::normalize_fields(ObservedResource& seen, const Value& recorded) const {
    for (const Field& field : rest_.fields) {
        const std::string& name = field.input.name;
        const Value& known = field_of(recorded, name);
        const Value shown = field_of(seen.inputs, name);
        if (known.is_null() && field.is_chosen()) {
            erase(seen.inputs, name);
        } else if (!shown.is_null() && !known.has_unknown() && field.is_same(known, shown)) {
            seen.inputs.set(name, known);
        }
    }
}

void RestResource::normalize(ObservedResource& seen, const Value& recorded) const {
    normalize_fields(seen, recorded);
    if (!rest_.has_labels) return;
    const Value labels = shown_labels(field_of(seen.inputs, kLabels), field_of(recorded, kLabels));
    erase(seen.inputs, kLabels);
    if (!labels.is_null()) seen.inputs.set(kLabels, labels);
}

// What the platform shows is first spelled as the program does, so that only real differences are
// left to the schema's rules.
base::Result<provider::PlannedChange> RestResource::plan(const provider::Change& change) const {
    provider::Change spelled = change;
    if (spelled.prior) {
        normalize_fields(*spelled.prior, change.inputs);
        for (const Field& field : rest_.fields) {
            if (!field.is_chosen()) continue;
            const std::string& name = field.input.name;
            const Value& wanted = field_of(change.inputs, name);
            // Left to the platform from now on, or fixed to what it had chosen: no change.
            if (wanted.is_null()) {
                erase(spelled.recorded_inputs, name);
            } else if (!wanted.has_unknown() &&
                       field.is_same(wanted, field_of(spelled.prior->outputs, field.chosen))) {
                spelled.recorded_inputs.set(name, wanted);
            }
        }
    }
    provider::PlannedChange planned = provider::plan_by_schema(spelled);
    if (rest_.refine != nullptr) TRY(rest_.refine(spelled, planned));
    return planned;
}

base::Result<RestResource::Object> RestResource::get(std::string_view id,
                                                     const provider::CallContext& context) const {
    if (!is_id(id)) {
        return base::invalid_argument(fmt::format("\"{}\" is no id of a {}", id, rest_.words))
            .with_help("ids are what the platform's own tools show, as 4711");
    }
    Call call;
    call.path = rest_.path_of(id);
    call.what = what("reading", {}, id);
    auto answer = account().api->send(call, context);
    if (!answer.ok()) {
        if (is_absent(answer.error())) return Object();
        return std::move(answer).error();
    }
    const json::Value* object = answer->find(rest_.singular);
    if (object != nullptr && object->is_object()) return Object(*object);
    return base::Error(base::Code::Unavailable,
                       fmt::format("{} answered without a `{}`",
                                   account().api->error_mapping().service, rest_.singular))
        .with_context(call.what);
}

base::Result<RestResource::Object>
RestResource::find_one(std::string query, const provider::CallContext& context) const {
    Call call;
    call.path = rest_.collection + std::move(query);
    call.what = fmt::format("looking for the {}", rest_.words);
    const json::Value answer = TRY(account().api->send(call, context));
    const json::Value* items = answer.find(rest_.plural());
    if (items == nullptr || !items->is_array()) {
        return base::Error(base::Code::Unavailable,
                           fmt::format("{} answered without `{}`",
                                       account().api->error_mapping().service, rest_.plural()))
            .with_context(call.what);
    }
    if (items->as_array()->empty()) return Object();
    return Object(items->as_array()->front());
}

base::Result<RestResource::Object>
RestResource::find_by_token(const Intent& intent, const provider::CallContext& context) const {
    return find_one(account().style->label_query(kTokenTag, label_value(intent.token)), context);
}

base::Result<RestResource::Object>
RestResource::find_by_name(const Intent& intent, const provider::CallContext& context) const {
    const std::string& name = text_of(intent.inputs, "name");
    if (!rest_.is_found_by_name || name.empty()) return Object();
    return find_one(account().style->name_query(name), context);
}

base::Result<std::optional<ObservedResource>>
RestResource::read(const std::string& key, const provider::CallContext& context) const {
    const Object object = TRY(get(key, context));
    if (!object) return std::optional<ObservedResource>();
    return std::optional(seen_of(*object));
}

base::Result<provider::Page> RestResource::list(std::string_view page,
                                                const provider::CallContext& context) const {
    Call call;
    call.path = rest_.collection + account().style->page_query(page);
    call.what = fmt::format("listing {}", rest_.plural());
    const json::Value answer = TRY(account().api->send(call, context));
    provider::Page out;
    const json::Value* items = answer.find(rest_.plural());
    if (items != nullptr && items->is_array()) {
        for (const json::Value& object : *items->as_array()) out.items.push_back(seen_of(object));
    }
    PageLinks links = account().style->links_of(answer);
    out.next = std::move(links.next);
    out.others = std::move(links.others);
    return out;
}

base::Result<provider::Page> RestResource::list_own(const provider::Scope& scope,
                                                    std::string_view page,
                                                    const provider::CallContext& context) const {
    provider::Page out;
    if (!rest_.has_labels || scope.workspace.empty()) return out;
    const ApiConventions& style = *account().style;
    Call call;
    call.path = rest_.collection + style.label_query(kWorkspaceTag, label_value(scope.workspace)) +
                "&" + style.page_query(page).substr(1);
    call.what = fmt::format("listing our own {}", rest_.plural());
    const json::Value answer = TRY(account().api->send(call, context));
    const json::Value* items = answer.find(rest_.plural());
    const json::Array none;
    const json::Array* objects = items != nullptr ? items->as_array() : nullptr;
    for (const json::Value& object : objects != nullptr ? *objects : none) {
        const Labels labels = labels_from(object.find(kLabels));
        const auto environment = labels.find(std::string(kEnvironmentTag));
        if (environment == labels.end() || environment->second != label_value(scope.environment)) {
            continue;
        }
        const auto address = labels.find(std::string(kAddressTag));
        out.items.push_back(seen_of(object));
        out.addresses.push_back(address != labels.end() ? address->second : std::string());
    }
    PageLinks links = style.links_of(answer);
    out.next = std::move(links.next);
    out.others = std::move(links.others);
    return out;
}

base::Result<LookupResult> RestResource::find_created(const Intent& intent,
                                                      const provider::CallContext& context) const {
    const Object object = TRY(find_by_token(intent, context));
    if (!object) {
        const Object other = TRY(find_by_name(intent, context));
        if (!other) return found(LookupResult::Kind::Absent);
        return found(LookupResult::Kind::Foreign,
                     fmt::format("{} {} has its name and was not made by this resource",
                                 rest_.words, id_text(other->find("id"))));
    }
    const std::string id = id_text(object->find("id"));
    if (rest_.has_actions) {
        OperationCursor place{.id = id, .call = "create", .waits = {}};
        place.waits = TRY(account().style->running_at(*account().api, rest_, id, context));
        if (!place.waits.empty()) return found_running(place);
    }
    return found(next_call(intent, *object) ? LookupResult::Kind::Partial
                                            : LookupResult::Kind::Done,
                 made(intent, *object));
}

base::Result<LookupResult> RestResource::find(const Intent& intent,
                                              const provider::CallContext& context) const {
    if (intent.action == provider::Action::Create) return find_created(intent, context);
    const Object object = TRY(get(intent.key, context));
    if (intent.action == provider::Action::Delete) {
        return found(object ? LookupResult::Kind::Absent : LookupResult::Kind::Done);
    }
    if (!object) return found(LookupResult::Kind::Absent);
    if (rest_.has_actions) {
        OperationCursor place{
            .id = intent.key, .call = OperationCursor::from_text(intent.phase).call, .waits = {}};
        place.waits = TRY(account().style->running_at(*account().api, rest_, intent.key, context));
        if (!place.waits.empty()) return found_running(place);
    }
    if (!next_call(intent, *object)) return found(LookupResult::Kind::Done, made(intent, *object));
    const bool has_begun = !intent.phase.empty() || !intent.handle.empty();
    return has_begun ? found(LookupResult::Kind::Partial, made(intent, *object))
                     : found(LookupResult::Kind::Absent);
}

}
