#include "calls.hpp"

#include <fmt/core.h>

#include <algorithm>

// Null that is seen is a value: an optional input that was set and that somebody has taken away is
// a difference, and an update sets it again.
namespace conformance {
namespace {

using provider::ObservedResource;
using provider::PlannedAction;
using value::Value;

bool is_declared(const Subject& subject, const std::vector<Removal>& removals,
                 const std::string& input) {
    const bool is_removed =
        std::ranges::any_of(removals, [&](const Removal& r) { return r.input == input; });
    return is_removed || std::ranges::any_of(subject.unremovable, [&](const Unremovable& one) {
               return one.inputs.empty() ||
                      std::ranges::find(one.inputs, input) != one.inputs.end();
           });
}

Verdict check_inputs_are_declared(const Trial& trial, const std::vector<Removal>& removals) {
    const Subject& subject = trial.subject();
    for (const provider::InputField& input : trial.type().inputs) {
        if (input.required || input.write_only || is_declared(subject, removals, input.name))
            continue;
        return fmt::format("nothing is said of taking `{}` away", input.name);
    }
    for (const Removal& removal : removals) {
        const provider::InputField* input = trial.type().input(removal.input);
        if (input == nullptr) return fmt::format("there is no input `{}`", removal.input);
    }
    for (const Unremovable& one : subject.unremovable) {
        for (const std::string& name : one.inputs) {
            if (trial.type().input(name) == nullptr) {
                return fmt::format("there is no input `{}`", name);
            }
        }
    }
    return "";
}

Verdict check_repair(Trial& trial, const Removal& removal, const ObservedResource& made,
                     const Value& inputs) {
    removal.outside();
    auto seen = trial.read(made.key, inputs);
    if (!seen.ok()) return seen.error().text();
    if (!*seen) return fmt::format("without `{}` it is told to be gone", removal.input);
    if ((*seen)->inputs.find(removal.input) == nullptr) {
        return fmt::format("that `{}` was taken away is not shown", removal.input);
    }
    const PlannedAction action = trial.plan(**seen, inputs, inputs);
    if (action != PlannedAction::Update) {
        return fmt::format("`{}` was taken away, and the plan is to {}", removal.input,
                           name_of(action));
    }
    provider::Intent intent = trial.update_intent(**seen, inputs, inputs);
    auto updated = trial.act(intent);
    if (!updated.ok()) return fmt::format("`{}`: {}", removal.input, updated.error().text());
    auto now = trial.read(made.key, inputs);
    if (!now.ok()) return now.error().text();
    if (!*now || trial.plan(**now, inputs, inputs) != PlannedAction::None) {
        return fmt::format("`{}` is set again, and the plan is not empty", removal.input);
    }
    return "";
}

Verdict sees_what_was_taken_away(Trial& trial) {
    const Subject& subject = trial.subject();
    if (!trial.type().outside_effects) return "";
    const std::vector<Removal> removals =
        subject.removals ? subject.removals() : std::vector<Removal>();
    if (Verdict wrong = check_inputs_are_declared(trial, removals); !wrong.empty()) return wrong;
    if (removals.empty()) return "";
    Value inputs = subject.inputs;
    for (const Removal& removal : removals) {
        if (!removal.value.is_null()) inputs.set(removal.input, removal.value);
    }
    auto made = trial.create(inputs);
    if (!made.ok()) return made.error().text();
    for (const Removal& removal : removals) {
        if (Verdict wrong = check_repair(trial, removal, *made, inputs); !wrong.empty()) {
            return wrong;
        }
    }
    return "";
}

}

std::vector<Demand> removal_demands() {
    return {{.name = "taken away outside is drift",
             .check = sees_what_was_taken_away,
             .is_possible = [](const Subject&) { return true; },
             .needs = "",
             .contradiction = nullptr,
             .adds_inputs = true}};
}

}
