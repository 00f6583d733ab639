#include "providers/rest/rest_type.hpp"

#include "providers/rest/describe.hpp"

namespace providers::rest {
namespace {

Field field_of(provider::InputField input, UpdateMethod way) {
    Field out;
    out.input = std::move(input);
    out.way = way;
    out.input.forces_replacement = way == UpdateMethod::Replace;
    return out;
}

provider::InputField labels_input() {
    return Input("labels", dict_of(a_string()),
                 "Labels, beside those of the connection and our own (provisioning.*), which tell "
                 "what this program made.");
}

}

RestType complete(RestType type) {
    for (Field& field : type.fields) {
        if (field.is_never_shown) field.input.write_only = true;
        type.schema.inputs.push_back(field.input);
    }
    if (type.has_labels) type.schema.inputs.push_back(labels_input());
    OutputRule id;
    id.output =
        Output("id", value::ValueType::Number, "The number that the platform gave it.").fresh();
    type.results.insert(type.results.begin(), std::move(id));
    for (OutputRule& result : type.results) result.output.create_only = !result.create_only.empty();
    for (const OutputRule& result : type.results) type.schema.outputs.push_back(result.output);
    type.schema.key = "id";
    return type;
}

Call action_call(const RestType& type, std::string_view id, std::string_view action,
                 json::Value body, std::string name) {
    Call call;
    call.name = name.empty() ? std::string(action) : std::move(name);
    call.method = "POST";
    call.path = type.action_path(id, action);
    call.body = std::move(body);
    return call;
}

Field replacing(provider::InputField input) {
    return field_of(std::move(input), UpdateMethod::Replace);
}
Field put(provider::InputField input) { return field_of(std::move(input), UpdateMethod::Put); }
Field own(provider::InputField input) { return field_of(std::move(input), UpdateMethod::Own); }
Field by_action(provider::InputField input, std::string action) {
    Field out = field_of(std::move(input), UpdateMethod::Action);
    out.action = std::move(action);
    out.is_created_with = false;
    return out;
}

void force(const provider::Change& change, provider::PlannedChange& planned,
           std::string_view input) {
    planned.forcing.emplace_back(input);
    const value::Value* wanted = change.inputs.find(input);
    const bool is_sure = wanted == nullptr || !wanted->has_unknown();
    if (is_sure || planned.action == provider::PlannedAction::Replace) {
        planned.action = provider::PlannedAction::Replace;
    } else {
        planned.action = provider::PlannedAction::MayReplace;
    }
    for (const provider::OutputField& output : change.type.outputs) {
        planned.outputs.set(output.name, value::Value::unknown(output.type));
    }
}

Field delete_protection() {
    Field out = by_action(
        Input("delete_protection", a_bool(), "Let the platform refuse to delete it, whoever asks.")
            .by_default("false"),
        "change_protection");
    out.member = "delete";
    out.shown_at = "protection.delete";
    return out;
}

OutputRule shown(provider::OutputField output, std::string path) {
    OutputRule out;
    out.output = std::move(output);
    out.shown_at = std::move(path);
    return out;
}

OutputRule shown(provider::OutputField output, value::Value (*show)(const json::Value& object)) {
    OutputRule out;
    out.output = std::move(output);
    out.show = show;
    return out;
}

}
