#include "engine/plan/changes.hpp"

#include "base/text.hpp"
#include "engine/plan/list_edits.hpp"
#include "provider/same_value.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {
namespace {

// Names with a dot or a bracket are quoted, as the path could be read in two ways: `labels.a.b`
// may be the field `b` of `a` or the label `a.b`.
std::string member_path(const std::string& path, std::string_view name) {
    bool plain = !name.empty() && name.find_first_of(".[]\" ") == std::string_view::npos;
    std::string shown = plain ? std::string(name) : base::quote_json(name);
    return path.empty() ? shown : path + "." + shown;
}

// Of an input as a whole null and absent are the same: a program that does not give it and a
// platform that tells null for it mean the same, and a change between them would come back with
// each plan. Within one they are two values.
const value::Value* known_part(const value::Value* value) {
    return value != nullptr && !value->is_null() ? value : nullptr;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

const provider::FieldType* type_of_member(const provider::FieldType* type, std::string_view name) {
    if (type == nullptr) return nullptr;
    if (type->kind == provider::FieldType::Kind::Dict && !type->element.empty())
        return &type->element.front();
    const auto field = std::ranges::find(type->fields, name, &provider::InputField::name);
    return field != type->fields.end() ? &field->type : nullptr;
}

// Members of records are sorted by name, so that one walk over both finds what either lacks.
void add_record_changes(std::vector<FieldChange>& changes, const std::string& path,
                        const value::Value::Record& before, const value::Value::Record& after,
                        bool forces, const provider::FieldType* type) {
    std::size_t b = 0;
    std::size_t a = 0;
    while (b < before.size() || a < after.size()) {
        bool takes_before =
            a == after.size() || (b < before.size() && before[b].first <= after[a].first);
        bool takes_after =
            b == before.size() || (a < after.size() && after[a].first <= before[b].first);
        const std::string& name = takes_before ? before[b].first : after[a].first;
        add_value_changes(
            changes, member_path(path, name), takes_before ? &before[b].second : nullptr,
            takes_after ? &after[a].second : nullptr, forces, type_of_member(type, name));
        b += takes_before ? 1 : 0;
        a += takes_after ? 1 : 0;
    }
}

void add_list_changes(std::vector<FieldChange>& changes, const std::string& path,
                      const value::Value::Array& before, const value::Value::Array& after,
                      bool forces, const provider::FieldType* type) {
    const provider::FieldType* element =
        type != nullptr && !type->element.empty() ? &type->element.front() : nullptr;
    const auto path_of = [&](std::size_t at) { return fmt::format("{}[{}]", path, at); };
    for (const ListEdit& edit :
         list_edits(before, after, element, type != nullptr && type->any_order)) {
        const value::Value* was = edit.before ? &before[*edit.before] : nullptr;
        const value::Value* is = edit.after ? &after[*edit.after] : nullptr;
        const std::string at = path_of(edit.after ? *edit.after : *edit.before);
        if (was != nullptr && is != nullptr && edit.is_moved) {
            changes.push_back({.path = at,
                               .before = *was,
                               .after = *is,
                               .forces = forces,
                               .was_at = path_of(*edit.before)});
        } else {
            add_value_changes(changes, at, was, is, forces, element);
        }
    }
}

std::string_view kind_name(provider::FieldType::Kind kind) {
    switch (kind) {
        case provider::FieldType::Kind::Bool: return "Bool";
        case provider::FieldType::Kind::Number: return "Number";
        case provider::FieldType::Kind::Integer: return "an integer";
        case provider::FieldType::Kind::String: return "String";
        case provider::FieldType::Kind::Enum: return "one of the tags";
        case provider::FieldType::Kind::Array: return "Array";
        case provider::FieldType::Kind::Dict:
        case provider::FieldType::Kind::Record: return "a record";
        case provider::FieldType::Kind::Any: break;
    }
    return "Dyn";
}

bool fits(const provider::FieldType& type, const value::Value& value) {
    // What is unknown is judged when it is known; an absent input stands as null.
    if (value.is_unknown() || value.is_null()) return true;
    switch (type.kind) {
        case provider::FieldType::Kind::Any: return true;
        case provider::FieldType::Kind::Bool: return value.as_bool() != nullptr;
        case provider::FieldType::Kind::Number:
            return value.as_integer() != nullptr || value.as_rational() != nullptr;
        case provider::FieldType::Kind::Integer:
            return value.as_integer() != nullptr || value.as_rational() != nullptr;
        case provider::FieldType::Kind::String:
            return value.as_string() != nullptr || value.as_secret_template() != nullptr;
        case provider::FieldType::Kind::Enum:
            return value.as_string() != nullptr && contains(type.tags, *value.as_string());
        case provider::FieldType::Kind::Array: return value.as_array() != nullptr;
        case provider::FieldType::Kind::Dict:
        case provider::FieldType::Kind::Record: return value.as_record() != nullptr;
    }
    return true;
}

}

void add_value_changes(std::vector<FieldChange>& changes, const std::string& path,
                       const value::Value* before, const value::Value* after, bool forces,
                       const provider::FieldType* type) {
    if (before == nullptr && after == nullptr) return;
    if (before != nullptr && after != nullptr) {
        const bool is_same = type != nullptr ? provider::is_same_value(*type, *before, *after)
                                             : before->same_as(*after);
        if (is_same) return;
        // Of a secret only that it differs is shown: where within it would tell something about
        // it.
        if (!before->is_secret() && !after->is_secret()) {
            if (before->as_record() != nullptr && after->as_record() != nullptr) {
                return add_record_changes(changes, path, *before->as_record(), *after->as_record(),
                                          forces, type);
            }
            if (before->as_array() != nullptr && after->as_array() != nullptr) {
                return add_list_changes(changes, path, *before->as_array(), *after->as_array(),
                                        forces, type);
            }
        }
    }
    FieldChange change{.path = path, .before = {}, .after = {}, .forces = forces};
    if (before != nullptr) change.before = *before;
    if (after != nullptr) change.after = *after;
    changes.push_back(std::move(change));
}

void add_changes(std::vector<FieldChange>& changes, const std::string& path,
                 const value::Value* before, const value::Value* after, bool forces,
                 const provider::FieldType* type) {
    add_value_changes(changes, path, known_part(before), known_part(after), forces, type);
}

std::vector<FieldChange> whole_changes(const value::Value& inputs, bool is_new) {
    std::vector<FieldChange> changes;
    const value::Value::Record* members = inputs.as_record();
    if (members == nullptr) return changes;
    for (const auto& [name, value] : *members) {
        add_value_changes(changes, member_path({}, name), is_new ? nullptr : &value,
                          is_new ? &value : nullptr, false);
    }
    return changes;
}

std::vector<FieldChange> drift_changes(const provider::ResourceType& type,
                                       const value::Value& recorded_inputs,
                                       const value::Value& recorded_outputs,
                                       const provider::ObservedResource& seen) {
    std::vector<FieldChange> changes;
    for (const provider::InputField& field : type.inputs) {
        // What is written only is never read back; a platform that shows it masked would drift for
        // ever.
        const value::Value* shown = field.write_only ? nullptr : seen.inputs.find(field.name);
        if (shown != nullptr) {
            // Only what the platform shows: a field that it leaves out is not known to have
            // changed.
            add_changes(changes, field.name, recorded_inputs.find(field.name), shown, false,
                        &field.type);
        }
    }
    for (const provider::OutputField& field : type.outputs) {
        const value::Value* shown = seen.outputs.find(field.name);
        if (!field.relation.empty()) continue;
        // An output that the platform does not tell today was told at creation alone, or is not
        // there yet.
        const value::Value* recorded = recorded_outputs.find(field.name);
        const bool is_nothing = recorded == nullptr && shown != nullptr && shown->is_null();
        if (shown != nullptr && !is_nothing) {
            add_value_changes(changes, field.name, recorded, shown, false);
        }
    }
    return changes;
}

std::vector<InputProblem> check_inputs(const provider::ResourceType& type,
                                       const value::Value& inputs) {
    std::vector<InputProblem> problems;
    // The contract has looked at what the program gave it; a merge behind it may have put fields
    // past it.
    const value::Value::Record* members = inputs.as_record();
    if (members == nullptr) return problems;
    for (const auto& [name, value] : *members) {
        // A typo is an error here and not a field that the platform quietly ignores.
        const provider::InputField* field = type.input(name);
        if (field == nullptr) {
            std::vector<std::string> names;
            for (const provider::InputField& known : type.inputs) names.push_back(known.name);
            problems.push_back({name, fmt::format("{} has no input `{}`", type.name, name),
                                base::did_you_mean(name, names)});
        } else if (!fits(field->type, value)) {
            problems.push_back(
                {name,
                 fmt::format("`{}` of {} must be {}", name, type.name, kind_name(field->type.kind)),
                 ""});
        }
    }
    for (const provider::InputField& field : type.inputs) {
        if (field.required && inputs.find(field.name) == nullptr) {
            problems.push_back(
                {"", fmt::format("{} needs `{}`", type.name, field.name), field.doc});
        }
    }
    return problems;
}

}
