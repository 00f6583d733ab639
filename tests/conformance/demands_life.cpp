#include "calls.hpp"

#include <fmt/core.h>

// What has to hold from the create to the delete, when nothing goes wrong on the way.
namespace conformance {
namespace {

using provider::Intent;
using provider::LookupResult;
using provider::ObservedResource;
using provider::PlannedAction;
using value::Value;

// What is there after a create: as a read shows it, where there is something to read.
base::Result<ObservedResource> create_and_read(Trial& trial) {
    const ObservedResource made = TRY(trial.create(trial.subject().inputs));
    if (!trial.type().outside_effects) return made;
    auto now = TRY(trial.read(made.key, trial.subject().inputs));
    if (!now) return base::internal("what was made is not there");
    return std::move(*now);
}

Verdict creates_and_reads(Trial& trial) {
    const Subject& subject = trial.subject();
    auto valid = trial.connection().validate(trial.type(), subject.inputs);
    if (!valid.ok()) return valid.error().text();
    auto seen = trial.create(subject.inputs);
    if (!seen.ok()) return seen.error().text();
    if (seen->key.empty()) return "what was made has no key";
    for (const provider::OutputField& output : trial.type().outputs) {
        const Value* value = seen->outputs.find(output.name);
        if (value == nullptr) return fmt::format("output `{}` is missing", output.name);
        if (value->has_unknown()) return fmt::format("output `{}` is unknown", output.name);
    }
    if (!trial.type().outside_effects) return "";
    auto again = trial.read(seen->key, subject.inputs);
    if (!again.ok()) return again.error().text();
    if (!*again) return "what was made is not there";
    if ((*again)->key != seen->key) return "a read shows another key than the create";
    if (!(*again)->outputs.same_as(seen->outputs)) {
        return "a read shows other outputs than the create";
    }
    return expect_count(subject, 1, "after a create");
}

Verdict second_plan_is_empty(Trial& trial) {
    auto seen = create_and_read(trial);
    if (!seen.ok()) return seen.error().text();
    const Value& inputs = trial.subject().inputs;
    const PlannedAction action = trial.plan(*seen, inputs, inputs);
    return action == PlannedAction::None ? ""
                                         : fmt::format("the second plan is to {}", name_of(action));
}

Verdict updates_in_place(Trial& trial) {
    const Subject& subject = trial.subject();
    auto seen = create_and_read(trial);
    if (!seen.ok()) return seen.error().text();
    const PlannedAction action = trial.plan(*seen, subject.inputs, subject.updated);
    if (action != PlannedAction::Update) {
        return fmt::format("the plan is to {}, not to update", name_of(action));
    }
    Intent intent = trial.update_intent(*seen, subject.inputs, subject.updated);
    auto updated = trial.act(intent);
    if (!updated.ok()) return updated.error().text();
    if (!*updated) return "an update says nothing of what is there";
    if ((*updated)->key != seen->key) return "an update in place has changed the key";
    if (trial.plan(**updated, subject.updated, subject.updated) != PlannedAction::None) {
        return "the plan after the update is not empty";
    }
    if (!trial.type().outside_effects) return "";
    auto found = trial.find_when_ended(intent);
    if (!found.ok()) return found.error().text();
    if (found->kind != LookupResult::Kind::Done) {
        return fmt::format("a finished update is found as {}", name_of(found->kind));
    }
    return expect_count(subject, 1, "after an update");
}

// Delete and create, as the engine orders them.
Verdict replaces(Trial& trial) {
    const Subject& subject = trial.subject();
    auto seen = create_and_read(trial);
    if (!seen.ok()) return seen.error().text();
    const PlannedAction action = trial.plan(*seen, subject.inputs, subject.replaced);
    if (action != PlannedAction::Replace) {
        return fmt::format("the plan is to {}, not to replace", name_of(action));
    }
    Intent removal = trial.delete_intent(*seen, subject.inputs);
    auto gone = trial.act(removal);
    if (!gone.ok()) return gone.error().text();
    auto made = trial.create(subject.replaced);
    if (!made.ok()) return made.error().text();
    if (trial.plan(*made, subject.replaced, subject.replaced) != PlannedAction::None) {
        return "the plan after the replacement is not empty";
    }
    return expect_count(subject, 1, "after a replacement");
}

Verdict imports(Trial& trial) {
    const Subject& subject = trial.subject();
    const std::string key = subject.make_by_hand();
    auto read = trial.read(key, Value());
    if (!read.ok()) return read.error().text();
    if (!*read) return fmt::format("\"{}\" was made by hand and is not read", key);
    ObservedResource seen = std::move(**read);
    if (seen.key != key)
        return fmt::format("it is read by \"{}\" and shown as \"{}\"", key, seen.key);
    for (const provider::OutputField& output : trial.type().outputs) {
        if (seen.outputs.find(output.name) == nullptr) {
            return fmt::format("output `{}` is missing", output.name);
        }
    }
    const PlannedAction action = trial.plan(seen, seen.inputs, subject.inputs);
    if (action != PlannedAction::None && action != PlannedAction::Update) {
        return fmt::format("the plan after the import is to {}", name_of(action));
    }
    Intent adoption = trial.update_intent(seen, seen.inputs, subject.inputs);
    auto adopted = trial.act(adoption);
    if (!adopted.ok()) return adopted.error().text();
    auto now = trial.read(key, subject.inputs);
    if (!now.ok()) return now.error().text();
    if (!*now) return "what was adopted is gone";
    if (trial.plan(**now, subject.inputs, subject.inputs) != PlannedAction::None) {
        return "the plan after the adoption is not empty";
    }
    Intent removal = trial.delete_intent(**now, subject.inputs);
    auto gone = trial.act(removal);
    if (!gone.ok()) return gone.error().text();
    return expect_count(subject, 0, "after what was adopted is deleted");
}

Verdict sees_drift(Trial& trial) {
    const Subject& subject = trial.subject();
    auto seen = trial.create(subject.inputs);
    if (!seen.ok()) return seen.error().text();
    subject.change_outside();
    auto now = trial.read(seen->key, subject.inputs);
    if (!now.ok()) return now.error().text();
    if (!*now) return "what was changed outside is told to be gone";
    return trial.plan(**now, subject.inputs, subject.inputs) != PlannedAction::None
               ? ""
               : "the change is not seen";
}

Verdict sees_absence(Trial& trial) {
    const Subject& subject = trial.subject();
    auto seen = trial.create(subject.inputs);
    if (!seen.ok()) return seen.error().text();
    subject.remove_outside();
    auto now = trial.read(seen->key, subject.inputs);
    if (!now.ok()) return now.error().text();
    if (*now) return "what was removed outside is still told to be there";
    auto again = trial.create(subject.inputs);
    if (!again.ok()) return again.error().text();
    return expect_count(subject, 1, "after it is made again");
}

Verdict deletes_and_deletes_again(Trial& trial) {
    const Subject& subject = trial.subject();
    auto seen = trial.create(subject.inputs);
    if (!seen.ok()) return seen.error().text();
    for (int i = 0; i < 2; ++i) {
        Intent intent = trial.delete_intent(*seen, subject.inputs);
        auto gone = trial.act(intent);
        if (!gone.ok()) return fmt::format("delete {}: {}", i + 1, gone.error().text());
        if (*gone) return "something is left after a delete";
        auto found = trial.find_when_ended(intent);
        if (!found.ok()) return found.error().text();
        if (found->kind != LookupResult::Kind::Done) {
            return fmt::format("a finished delete is found as {}", name_of(found->kind));
        }
    }
    auto now = trial.read(seen->key, subject.inputs);
    if (!now.ok()) return now.error().text();
    if (*now && subject.unread_because.empty()) return "what was deleted is still there";
    return expect_count(subject, 0, "after a delete");
}

Verdict refuses_foreign(Trial& trial) {
    const Subject& subject = trial.subject();
    subject.make_foreign();
    Intent intent = trial.create_intent(subject.inputs);
    intent.found_absent_before = false;
    auto made = trial.act(intent);
    if (made.ok()) return "a foreign thing was taken over";
    auto found = trial.find_when_ended(intent);
    if (!found.ok()) return found.error().text();
    if (found->kind == LookupResult::Kind::Done || found->kind == LookupResult::Kind::Partial) {
        return "a foreign thing is found as ours";
    }
    return expect_count(subject, 1, "beside the foreign thing");
}

Verdict has_effects(const Trial& trial) {
    return trial.type().outside_effects ? "the type has effects outside the state" : "";
}

Verdict has_replacing_input(const Trial& trial) {
    for (const provider::InputField& input : trial.type().inputs) {
        if (input.forces_replacement) return fmt::format("a change of `{}` replaces", input.name);
    }
    return "";
}

}

std::vector<Demand> life_demands() {
    constexpr auto always = [](const Subject&) { return true; };
    return {
        {.name = "create and read", .check = creates_and_reads, .is_possible = always, .needs = ""},
        {.name = "empty second plan",
         .check = second_plan_is_empty,
         .is_possible = always,
         .needs = ""},
        {.name = "update in place",
         .check = updates_in_place,
         .is_possible = [](const Subject& s) { return !s.updated.is_null(); },
         .needs = "`updated`"},
        {.name = "replace",
         .check = replaces,
         .is_possible = [](const Subject& s) { return !s.replaced.is_null(); },
         .needs = "`replaced`",
         .contradiction = has_replacing_input},
        {.name = "import",
         .check = imports,
         .is_possible = [](const Subject& s) { return bool(s.make_by_hand); },
         .needs = "`make_by_hand`"},
        {.name = "change outside is drift",
         .check = sees_drift,
         .is_possible = [](const Subject& s) { return bool(s.change_outside); },
         .needs = "`change_outside`"},
        {.name = "removed outside is absent",
         .check = sees_absence,
         .is_possible = [](const Subject& s) { return bool(s.remove_outside); },
         .needs = "`remove_outside`"},
        {.name = "delete, delete again",
         .check = deletes_and_deletes_again,
         .is_possible = [](const Subject& s) { return s.type->outside_effects; },
         .needs = "a type with effects",
         .contradiction = has_effects},
        {.name = "foreign thing",
         .check = refuses_foreign,
         .is_possible = [](const Subject& s) { return bool(s.make_foreign); },
         .needs = "`make_foreign`"},
    };
}

}
