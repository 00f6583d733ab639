#include "providers/kit/rest_type.hpp"

#include "providers/kit/describe.hpp"

namespace providers::kit {
namespace {

Field field_of(infra::InputField input, Way way) {
    Field out;
    out.input = std::move(input);
    out.way = way;
    out.input.forces_replacement = way == Way::Replace;
    return out;
}

infra::InputField labels_input() {
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
        Output("id", lang::ValueType::Number, "The number that the platform gave it.").fresh();
    type.results.insert(type.results.begin(), std::move(id));
    for (OutputRule& result : type.results) result.output.told_once = !result.told_once.empty();
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

Field replacing(infra::InputField input) { return field_of(std::move(input), Way::Replace); }
Field put(infra::InputField input) { return field_of(std::move(input), Way::Put); }
Field own(infra::InputField input) { return field_of(std::move(input), Way::Own); }
Field by_action(infra::InputField input, std::string action) {
    Field out = field_of(std::move(input), Way::Action);
    out.action = std::move(action);
    out.is_created_with = false;
    return out;
}

void force(const infra::Change& change, infra::PlannedChange& planned, std::string_view input) {
    planned.forcing.emplace_back(input);
    const infra::Value* wanted = change.inputs.find(input);
    const bool is_sure = wanted == nullptr || !wanted->has_unknown();
    if (is_sure || planned.action == infra::PlannedAction::Replace) {
        planned.action = infra::PlannedAction::Replace;
    } else {
        planned.action = infra::PlannedAction::MayReplace;
    }
    for (const infra::OutputField& output : change.type.outputs) {
        planned.outputs.set(output.name, infra::Value::unknown(output.type));
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

OutputRule shown(infra::OutputField output, std::string path) {
    OutputRule out;
    out.output = std::move(output);
    out.shown_at = std::move(path);
    return out;
}

OutputRule shown(infra::OutputField output, infra::Value (*show)(const json::Value& object)) {
    OutputRule out;
    out.output = std::move(output);
    out.show = show;
    return out;
}

}
