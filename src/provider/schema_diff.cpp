#include "provider/provider.hpp"
#include "provider/same_value.hpp"

#include <algorithm>

namespace provider {
namespace {

// A field that a program leaves out and a platform tells as null is the same to a schema.
const value::Value kNull;

// Absent and null are the same thing to a schema, but where anything may stand.
const value::Value& field_of(const value::Value& record, std::string_view name) {
    const value::Value* found = record.find(name);
    return found != nullptr ? *found : kNull;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

void compare_inputs(const Change& change, PlannedChange& planned, bool& surely_replaced) {
    for (const InputField& field : change.type.inputs) {
        const value::Value& wanted = field_of(change.inputs, field.name);
        // Where anything may stand, null is a value, and not the same as none.
        const bool is_given = change.inputs.find(field.name) != nullptr;
        // What the platform shows decides: it may have been changed by hand to what is wanted now.
        // Otherwise an edit that follows a change by hand would be called again, for nothing.
        const value::Value* seen =
            change.prior && !field.write_only ? change.prior->inputs.find(field.name) : nullptr;
        const value::Value& is =
            seen != nullptr ? *seen : field_of(change.recorded_inputs, field.name);
        const bool was_given =
            seen != nullptr || change.recorded_inputs.find(field.name) != nullptr;
        const bool is_other_null = field.type.kind == FieldType::Kind::Any && is_given != was_given;
        if (is_same_value(field.type, wanted, is) && !is_other_null) continue;
        // Named even if it only may differ: approval covers the inputs that were named.
        planned.changed.push_back(field.name);
        if (!field.forces_replacement) continue;
        planned.forcing.push_back(field.name);
        // An unknown value may turn out to be the one that is there. Then it is no replacement,
        // and the plan says "may be".
        surely_replaced = surely_replaced || !wanted.has_unknown();
    }
}

// Whether what reads the output may be planned with the value of today.
bool stays(const OutputField& output, const PlannedChange& planned) {
    switch (planned.action) {
        case PlannedAction::None: return true;
        case PlannedAction::Update: break;
        case PlannedAction::Create:
        case PlannedAction::Replace:
        // Of something that is made anew nothing is known but by luck. Values that come out equal
        // all the same stop the chain while applying.
        case PlannedAction::MayReplace: return false;
    }
    return std::none_of(output.changes_with.begin(), output.changes_with.end(),
                        [&](const std::string& input) { return contains(planned.changed, input); });
}

}

PlannedChange plan_by_schema(const Change& change) {
    PlannedChange planned;
    if (!change.prior) {
        planned.action = PlannedAction::Create;
    } else {
        bool surely_replaced = false;
        compare_inputs(change, planned, surely_replaced);
        if (surely_replaced) {
            planned.action = PlannedAction::Replace;
        } else if (!planned.forcing.empty()) {
            planned.action = PlannedAction::MayReplace;
        } else if (!planned.changed.empty()) {
            planned.action = PlannedAction::Update;
        }
    }
    value::Value::Record outputs;
    outputs.reserve(change.type.outputs.size());
    for (const OutputField& output : change.type.outputs) {
        // A replacement cannot be undone, so it wins over what is only possible.
        const value::Value* known = change.prior && stays(output, planned)
                                        ? change.prior->outputs.find(output.name)
                                        : nullptr;
        outputs.emplace_back(output.name,
                             known != nullptr ? *known : value::Value::unknown(output.type));
        // A record sorts its members; the schema may have them in the order of its page.
    }
    planned.outputs = value::Value(std::move(outputs));
    return planned;
}

}
