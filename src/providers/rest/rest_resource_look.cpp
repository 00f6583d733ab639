#include "providers/rest/rest_resource.hpp"

#include "base/text.hpp"
#include "providers/rest/known_objects.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <algorithm>

// What an object shows, as the engine wants it.
namespace providers::rest {

using provider::Intent;
using provider::ObservedResource;
using value::Value;

namespace {

void erase(Value& record, std::string_view name) {
    if (Value::Record* members = record.as_record()) {
        std::erase_if(*members, [&](const Value::Member& member) { return member.first == name; });
    }
}

}

static std::optional<Value> shown(const Field& field, const json::Value& object) {
    const std::string& path = field.shown_at.empty() ? field.member_name() : field.shown_at;
    std::optional<Value> out = shown_at(object, path);
    if (!out && field.is_absent_none) return Value();
    if (!out || out->is_null() || field.form == nullptr) return out;
    return field.form->read(*at_path(object, path));
}

Value RestResource::shown_inputs(const json::Value& object) const {
    Value::Record out;
    for (const Field& field : rest_.fields) {
        // Passwords, scripts at creation: what the API never returns.
        if (field.is_never_shown) continue;
        // Null is seen like any other value: somebody may have taken away what is recorded.
        std::optional<Value> value =
            field.show != nullptr ? field.show(object) : shown(field, object);
        if (!value || (value->is_null() && field.is_null_unknown)) continue;
        out.emplace_back(field.input.name, std::move(*value));
    }
    if (rest_.has_tags()) {
        // Our own tags are not the program's; it would see them as labels to be removed.
        const Labels labels = without_tags(labels_of(rest_.tags, object));
        out.emplace_back(rest_.tags.input, labels.empty() ? Value() : labels_to_value(labels));
    }
    return out;
}

ObservedResource RestResource::seen_of(const json::Value& object, std::string_view key) const {
    ObservedResource out;
    out.key = rest_.key_of(object, key);
    if (connection().known != nullptr) connection().known->add(rest_.collection, out.key);
    out.inputs = shown_inputs(object);
    show_key(out);
    const Labels labels = labels_of(rest_.tags, object);
    if (const auto token = labels.find(std::string(kTokenTag)); token != labels.end()) {
        out.token = token->second;
    }
    // What a create told once, in this process: until the row has it, nobody else knows.
    const Value once = create_only_.with([&](const auto& told) {
        const auto found = told.find(out.key);
        return found != told.end() ? found->second : Value();
    });
    Value::Record outputs;
    for (const OutputRule& result : rest_.results) {
        Value value;
        // Several parts make one text, with slashes.
        if (result.output.name == "id" && rest_.id_type == value::ValueType::String) {
            value = out.key;
        } else if (!result.create_only.empty()) {
            value = field_of(once, result.output.name);
        } else if (result.show != nullptr) {
            value = result.show(object);
        } else {
            const json::Value* shown =
                at_path(object, result.shown_at.empty() ? result.output.name : result.shown_at);
            if (shown != nullptr) value = from_json(*shown);
        }
        // What the schema calls secret is marked wherever it is shown, also in a refresh.
        if (result.output.secret) value.mark_secret();
        outputs.emplace_back(result.output.name, std::move(value));
    }
    out.outputs = Value(std::move(outputs));
    return out;
}

// Ids that the program gives are inputs too, and may not be shown as anything else.
void RestResource::show_key(ObservedResource& seen) const {
    const auto parts = base::split(seen.key, '/');
    for (std::size_t i = 0; i < rest_.id.size() && i < parts.size(); ++i) {
        const std::string& input = rest_.id[i].input;
        if (input.empty() || is_set(seen.inputs, input)) continue;
        const provider::InputField* field = rest_.schema.input(input);
        const bool is_text =
            field != nullptr && field->type.kind == provider::FieldType::Kind::String;
        seen.inputs.set(input, is_text ? Value(parts[i]) : from_json(id_number(parts[i])));
    }
}

// As seen, with what was told only once and recorded.
ObservedResource RestResource::made(const Intent& intent, const json::Value& object,
                                    std::string_view key) const {
    ObservedResource out = seen_of(object, key);
    for (const OutputRule& result : rest_.results) {
        const std::string& name = result.output.name;
        // Of a change that goes on after the first phase: the password was told then and is in the
        // intent.
        if (result.create_only.empty() || is_set(out.outputs, name)) continue;
        if (is_set(intent.prior_outputs, name)) {
            out.outputs.set(name, field_of(intent.prior_outputs, name));
        }
    }
    return out;
}

void RestResource::remember(std::string_view key, const json::Value& answer) const {
    Value told;
    for (const OutputRule& result : rest_.results) {
        if (result.create_only.empty()) continue;
        const json::Value* value = at_path(answer, result.create_only);
        if (value != nullptr && !value->is_null()) told.set(result.output.name, from_json(*value));
    }
    if (told.is_null()) return;
    create_only_.with([&](auto& all) { all[std::string(key)] = std::move(told); });
}

base::Result<void> RestResource::validate(const Value& inputs) const {
    return rest::validate(rest_, inputs);
}

base::Result<void> validate(const RestType& type, const Value& inputs) {
    // Before anything is asked: labels with our prefix would be taken for our own by the next
    // refresh.
    for (const auto& [name, text] : labels_from(field_of(inputs, type.tags.input))) {
        if (!is_tag(name)) continue;
        return base::invalid_argument(
                   fmt::format("`{}` has `{}`, which is kept for this program's own",
                               type.tags.input, name))
            .with_help("choose a name that does not begin with `provisioning.`");
    }
    return type.validate != nullptr ? type.validate(inputs) : base::Result<void>();
}

// Those of the program over those of the connection. What is not known yet is known when they are
// told again, while applying.
void RestResource::inherit(Value& inputs) const {
    const Labels& inherited = connection().default_labels;
    const Value own = field_of(inputs, rest_.tags.input);
    if (!rest_.has_tags() || inherited.empty() || own.is_unknown() || own.is_secret()) return;
    Value labels = own.is_null() ? Value(Value::Record()) : own;
    for (const auto& [name, text] : inherited) {
        if (labels.find(name) == nullptr) labels.set(name, Value(text));
    }
    inputs.set(rest_.tags.input, std::move(labels));
}

void RestResource::normalize_fields(ObservedResource& seen, const Value& recorded,
                                    Against against) const {
    const auto is_same = [&](const Field& field, const Value& known, const Value& shown) {
        const bool may_be = against == Against::Record && field.may_be_recorded != nullptr;
        return may_be ? field.may_be_recorded(known, shown) : field.is_same(known, shown);
    };
    for (const Field& field : rest_.fields) {
        const std::string& name = field.input.name;
        const Value& known = field_of(recorded, name);
        const Value shown = field_of(seen.inputs, name);
        // A location that was left to the platform is no input, though the platform shows one.
        if (known.is_null() && field.is_chosen()) {
            erase(seen.inputs, name);
            // Another spelling of the same (`10.0.0.1/32`, `10.0.0.1`): taken as the program has
            // it.
        } else if (!shown.is_null() && !known.has_unknown() && is_same(field, known, shown)) {
            seen.inputs.set(name, known);
        }
    }
    // The known labels themselves where they are equal, with their marks; none are as good as null.
    if (!rest_.has_tags()) return;
    const Value& known = field_of(recorded, rest_.tags.input);
    if (!known.has_unknown() &&
        labels_from(field_of(seen.inputs, rest_.tags.input)) == labels_from(known)) {
        seen.inputs.set(rest_.tags.input, known);
    }
}

void RestResource::normalize(ObservedResource& seen, const Value& recorded) const {
    normalize_fields(seen, recorded, Against::Record);
}

// What is still as it was before the change is recorded so: it may have to be let go yet, and
// whoever takes it waits for that.
void RestResource::keep_prior(ObservedResource& seen, const Value& shown,
                              const Intent& intent) const {
    if (intent.action != provider::Action::Update) return;
    for (const Field& field : rest_.fields) {
        const std::string& name = field.input.name;
        const Value& prior = field_of(intent.prior, name);
        const Value& now = field_of(shown, name);
        if (prior.is_null() || now.is_null() || field_of(intent.inputs, name).same_as(prior))
            continue;
        if (field.is_same(prior, now)) {
            seen.inputs.set(name, prior);
        } else if (field.trim_half != nullptr && is_set(seen.inputs, name)) {
            seen.inputs.set(name, field.trim_half(now, prior, field_of(intent.inputs, name)));
        }
    }
}

// What the platform shows is first normalized, so that only real differences are left to the
// schema's rules.
base::Result<provider::PlannedChange> RestResource::plan(const provider::Change& change,
                                                         const CallScope&) const {
    provider::Change normalized = change;
    if (normalized.prior) {
        normalize_fields(*normalized.prior, change.inputs, Against::Wish);
        for (const Field& field : rest_.fields) {
            if (!field.is_chosen()) continue;
            const std::string& name = field.input.name;
            const Value& wanted = field_of(change.inputs, name);
            // Left to the platform from now on, or fixed to what it had chosen: no change.
            if (is_taken_away(change.inputs, name)) continue;
            if (wanted.is_null()) {
                erase(normalized.recorded_inputs, name);
            } else if (!field.chosen.empty() && !wanted.has_unknown() &&
                       field.is_same(wanted, field_of(normalized.prior->outputs, field.chosen))) {
                normalized.recorded_inputs.set(name, wanted);
            }
        }
    }
    provider::PlannedChange planned = provider::plan_by_schema(normalized);
    // After the schema's rules, with what only the type knows: a disk may grow but not shrink.
    if (rest_.refine != nullptr) TRY(rest_.refine(normalized, planned));
    return planned;
}

}
