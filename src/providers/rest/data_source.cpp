#include "providers/rest/data_source.hpp"

#include "providers/rest/api_conventions.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace providers::rest {

using provider::LookupResult;
using provider::ObservedResource;
using provider::OperationResult;
using value::Value;

DataSourceType complete_data_source(DataSourceType type) {
    type.results.insert(
        type.results.begin(),
        {.output = Output("id", type.id_type, "At the platform."), .shown_at = type.id});
    std::vector<std::string> inputs;
    for (const provider::InputField& input : type.schema.inputs) inputs.push_back(input.name);
    // Each output follows from the inputs: if one of them changes, all may.
    for (OutputRule& result : type.results) {
        result.output.changes_with = inputs;
        result.output.computed_in_plan = true;
        type.schema.outputs.push_back(result.output);
    }
    type.schema.key = "id";
    // Nothing is made and nothing deleted, so results alone are recorded; but each refresh looks
    // again, as an image of that name may be another one tomorrow.
    type.schema.outside_effects = false;
    type.schema.is_looked_up = true;
    return type;
}

base::Result<provider::PlannedChange> DataSource::plan(const provider::Change& change,
                                                       const CallScope& context) const {
    provider::PlannedChange planned = provider::plan_by_schema(change);
    // Nothing is asked anew where nothing changed: what refresh has seen stands.
    if (planned.action == provider::PlannedAction::None || change.inputs.has_unknown())
        return planned;
    // Planning needs the id now: with an unknown one, whatever reads it could not be compared.
    auto seen = TRY(look_up(change.inputs, context));
    if (!seen) return nothing_fits(change.inputs);
    for (const OutputRule& result : type_.results) {
        planned.outputs.set(result.output.name, *seen->outputs.find(result.output.name));
    }
    return planned;
}

base::Result<provider::Page> DataSource::list(std::string_view, const CallScope&) const {
    // A list of all images of a platform would be gone through for nothing.
    return provider::Page{};   // each is found by its own question
}

base::Result<std::optional<ObservedResource>> DataSource::read(const std::string&,
                                                               const CallScope&) const {
    return base::invalid_argument(
        fmt::format("a {} is looked up by what the program says of it", type_.noun));
}

base::Result<std::optional<ObservedResource>>
DataSource::read_again(const std::string&, const Value& recorded_inputs,
                       const CallScope& context) const {
    return look_up(recorded_inputs, context);
}

base::Result<OperationResult> DataSource::start(const provider::Intent& intent,
                                                const CallScope& context) const {
    if (intent.action == provider::Action::Delete) return done();
    auto seen = TRY(look_up(intent.inputs, context));
    if (!seen) return nothing_fits(intent.inputs);
    return done(std::move(seen));
}

base::Result<OperationResult> DataSource::poll(const provider::Intent& intent,
                                               const CallScope& context) const {
    return start(intent, context);
}

base::Result<LookupResult> DataSource::find(const provider::Intent& intent,
                                            const CallScope& context) const {
    if (intent.action == provider::Action::Delete) return found(LookupResult::Kind::Done);
    auto seen = TRY(look_up(intent.inputs, context));
    return seen ? found(LookupResult::Kind::Done, std::move(*seen))
                : found(LookupResult::Kind::Absent);
}

base::Result<std::optional<ObservedResource>> DataSource::look_up(const Value& inputs,
                                                                  const CallScope& context) const {
    const std::string query = type_.query != nullptr ? type_.query(inputs) : std::string();
    const std::string wanted = query + json::to_text(to_json(inputs));
    auto known = found_.with([&](const auto& all) {
        const auto at = all.find(wanted);
        return at != all.end() ? std::optional(at->second) : std::nullopt;
    });
    // Asked once in the life of the connection. A plan and the apply that follows see the same
    // image, also where a new one appears in between.
    if (known) {
        known->inputs = inputs;
        return known;
    }
    Call call;
    call.path = with_query(type_.collection, query);
    call.what = fmt::format("looking up a {}", type_.noun);
    const Answer answer = TRY(connection().api->send(call, context));
    const json::Value* items = at_path(answer.body, type_.list);
    const json::Array one =
        items != nullptr && items->is_object() ? json::Array{*items} : json::Array{};
    const json::Array* objects = items != nullptr ? items->as_array() : nullptr;
    if (objects == nullptr && !one.empty()) objects = &one;
    if (objects == nullptr) {
        // What is no list must not read as "nothing fits".
        return base::Error(base::Code::Unavailable,
                           fmt::format("{} answered without a list", service()))
            .with_context(call.what);
    }
    // The first is the one meant: the query says in which order they come.
    const auto meant = std::ranges::find_if(*objects, [&](const json::Value& object) {
        return type_.fits == nullptr || type_.fits(object, inputs);
    });
    if (meant == objects->end()) return std::optional<ObservedResource>();
    const json::Value& object = *meant;
    ObservedResource seen;
    seen.key = id_text(at_path(object, type_.id));
    seen.inputs = inputs;
    seen.outputs = outputs_of(object);
    // Whoever asked the same at the same time, and was answered first, has told it on already.
    seen.outputs =
        found_.with([&](auto& all) { return all.try_emplace(wanted, seen).first->second.outputs; });
    return std::optional(std::move(seen));
}

base::Error DataSource::nothing_fits(const Value& inputs) const {
    std::string wanted;
    if (const Value::Record* members = inputs.as_record()) {
        for (const auto& [name, value] : *members) {
            const std::string* text = value.as_string();
            if (text == nullptr) continue;
            wanted += fmt::format("{}{} \"{}\"", wanted.empty() ? "" : ", ", name, *text);
        }
    }
    // It is the program that names what is not there.
    return base::invalid_argument(fmt::format("{} has no {} of {}", service(), type_.noun, wanted))
        .with_help(fmt::format("nothing is made by a {}: it names what there is", type().name));
}

Value DataSource::outputs_of(const json::Value& object) const {
    Value::Record out;
    for (const OutputRule& result : type_.results) {
        Value value;
        if (result.show != nullptr) {
            value = result.show(object);
        } else {
            const std::string& path =
                result.shown_at.empty() ? result.output.name : result.shown_at;
            const json::Value* shown = at_path(object, path);
            if (shown != nullptr) value = from_json(*shown);
        }
        out.emplace_back(result.output.name, std::move(value));
    }
    return out;
}

}
