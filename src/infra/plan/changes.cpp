#include "infra/plan/changes.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace infra {
namespace {

std::string member_path(const std::string& path, std::string_view name) {
    bool plain = !name.empty() && name.find_first_of(".[]\" ") == std::string_view::npos;
    std::string shown = plain ? std::string(name) : base::quote_json(name);
    return path.empty() ? shown : path + "." + shown;
}

const Value* known_part(const Value* value) {
    return value != nullptr && !value->is_null() ? value : nullptr;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

void add_record_changes(std::vector<FieldChange>& changes, const std::string& path,
                        const Value::Record& before, const Value::Record& after, bool forces) {
    std::size_t b = 0;
    std::size_t a = 0;
    while (b < before.size() || a < after.size()) {
        bool takes_before =
            a == after.size() || (b < before.size() && before[b].first <= after[a].first);
        bool takes_after =
            b == before.size() || (a < after.size() && after[a].first <= before[b].first);
        const std::string& name = takes_before ? before[b].first : after[a].first;
        add_changes(changes, member_path(path, name), takes_before ? &before[b].second : nullptr,
                    takes_after ? &after[a].second : nullptr, forces);
        b += takes_before ? 1 : 0;
        a += takes_after ? 1 : 0;
    }
}

std::string_view kind_name(FieldType::Kind kind) {
    switch (kind) {
        case FieldType::Kind::Bool: return "Bool";
        case FieldType::Kind::Number: return "Number";
        case FieldType::Kind::Integer: return "an integer";
        case FieldType::Kind::String: return "String";
        case FieldType::Kind::Enum: return "one of the tags";
        case FieldType::Kind::Array: return "Array";
        case FieldType::Kind::Dict:
        case FieldType::Kind::Record: return "a record";
        case FieldType::Kind::Any: break;
    }
    return "Dyn";
}

bool fits(const FieldType& type, const Value& value) {
    if (value.is_unknown() || value.is_null()) return true;
    switch (type.kind) {
        case FieldType::Kind::Any: return true;
        case FieldType::Kind::Bool: return value.as_bool() != nullptr;
        case FieldType::Kind::Number:
            return value.as_integer() != nullptr || value.as_rational() != nullptr;
        case FieldType::Kind::Integer:
            return value.as_integer() != nullptr || value.as_rational() != nullptr;
        case FieldType::Kind::String: return value.as_string() != nullptr;
        case FieldType::Kind::Enum:
            return value.as_string() != nullptr && contains(type.tags, *value.as_string());
        case FieldType::Kind::Array: return value.as_array() != nullptr;
        case FieldType::Kind::Dict:
        case FieldType::Kind::Record: return value.as_record() != nullptr;
    }
    return true;
}

}

void add_changes(std::vector<FieldChange>& changes, const std::string& path, const Value* before,
                 const Value* after, bool forces) {
    before = known_part(before);
    after = known_part(after);
    if (before == nullptr && after == nullptr) return;
    if (before != nullptr && after != nullptr) {
        if (before->same_as(*after)) return;
        if (!before->is_secret() && !after->is_secret()) {
            if (before->as_record() != nullptr && after->as_record() != nullptr) {
                add_record_changes(changes, path, *before->as_record(), *after->as_record(),
                                   forces);
                return;
            }
            const Value::Array* old_items = before->as_array();
            const Value::Array* new_items = after->as_array();
            if (old_items != nullptr && new_items != nullptr &&
                old_items->size() == new_items->size()) {
                for (std::size_t i = 0; i < old_items->size(); ++i) {
                    add_changes(changes, fmt::format("{}[{}]", path, i), &(*old_items)[i],
                                &(*new_items)[i], forces);
                }
                return;
            }
        }
    }
    FieldChange change{.path = path, .before = {}, .after = {}, .forces = forces};
    if (before != nullptr) change.before = *before;
    if (after != nullptr) change.after = *after;
    changes.push_back(std::move(change));
}

std::vector<FieldChange> field_changes(const std::vector<std::string>& inputs, const Value& before,
                                       const Value& after,
                                       const std::vector<std::string>& forcing) {
    std::vector<FieldChange> changes;
    for (const std::string& input : inputs) {
        add_changes(changes, member_path({}, input), before.find(input), after.find(input),
                    contains(forcing, input));
    }
    return changes;
}

std::vector<FieldChange> whole_changes(const Value& inputs, bool is_new) {
    std::vector<FieldChange> changes;
    const Value::Record* members = inputs.as_record();
    if (members == nullptr) return changes;
    for (const auto& [name, value] : *members) {
        add_changes(changes, member_path({}, name), is_new ? nullptr : &value,
                    is_new ? &value : nullptr, false);
    }
    return changes;
}

std::vector<FieldChange> drift_changes(const ResourceType& type, const Value& recorded_inputs,
                                       const Value& recorded_outputs, const Seen& seen) {
    std::vector<FieldChange> changes;
    for (const InputField& field : type.inputs) {
        const Value* shown = field.write_only ? nullptr : seen.inputs.find(field.name);
        if (shown != nullptr) {
            add_changes(changes, field.name, recorded_inputs.find(field.name), shown, false);
        }
    }
    for (const OutputField& field : type.outputs) {
        const Value* shown = seen.outputs.find(field.name);
        if (shown != nullptr) {
            add_changes(changes, field.name, recorded_outputs.find(field.name), shown, false);
        }
    }
    return changes;
}

std::vector<InputProblem> check_inputs(const ResourceType& type, const Value& inputs) {
    std::vector<InputProblem> problems;
    const Value::Record* members = inputs.as_record();
    if (members == nullptr) return problems;
    for (const auto& [name, value] : *members) {
        const InputField* field = type.input(name);
        if (field == nullptr) {
            std::vector<std::string> names;
            for (const InputField& known : type.inputs) names.push_back(known.name);
            problems.push_back({name, fmt::format("{} has no input `{}`", type.name, name),
                                base::did_you_mean(name, names)});
        } else if (!fits(field->type, value)) {
            problems.push_back(
                {name,
                 fmt::format("`{}` of {} must be {}", name, type.name, kind_name(field->type.kind)),
                 ""});
        }
    }
    for (const InputField& field : type.inputs) {
        if (field.required && inputs.find(field.name) == nullptr) {
            problems.push_back(
                {"", fmt::format("{} needs `{}`", type.name, field.name), field.doc});
        }
    }
    return problems;
}

}
