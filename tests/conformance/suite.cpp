#include "suite.hpp"

#include "base/ids.hpp"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <optional>
#include <thread>

namespace conformance {
namespace {

using infra::Action;
using infra::Change;
using infra::Found;
using infra::Intent;
using infra::PlannedAction;
using infra::Seen;
using infra::Started;
using infra::Value;

// What a demand has to say against a subject; empty when it is met.
using Verdict = std::string;

Intent intent_of(const Subject& subject, Action action, const Value& inputs, const Seen* seen) {
    Intent intent;
    intent.token = base::random_token(8);
    intent.run = "1-conformance";
    intent.workspace = "w";
    intent.environment = "default";
    intent.address = "subject";
    intent.action = action;
    intent.type = subject.type->name;
    intent.inputs = inputs;
    if (seen != nullptr) {
        intent.key = seen->key;
        intent.prior = subject.inputs;
        intent.prior_outputs = seen->outputs;
    } else if (const Value* key = inputs.find(subject.type->key); key != nullptr && key->as_string() != nullptr) {
        intent.key = *key->as_string();
        intent.found_absent_before = true;
    }
    return intent;
}

// Goes on until it is done, as the engine does: phases, then polling.
base::Result<std::optional<Seen>> finish(const Subject& subject, Intent& intent, base::Result<Started> started) {
    for (int i = 0; i < 1000; ++i) {
        if (!started.ok()) return std::move(started).error();
        switch (started->kind) {
        case Started::Kind::Done: return std::move(started->seen);
        case Started::Kind::NextPhase:
            intent.phase = started->phase;
            intent.handle.clear();
            started = subject.connection->start(intent, {});
            break;
        case Started::Kind::Running:
            if (!started->handle.empty()) intent.handle = started->handle;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            started = subject.connection->poll(intent, {});
            break;
        }
    }
    return base::internal("it does not come to an end");
}

base::Result<std::optional<Seen>> act(const Subject& subject, Intent& intent) {
    return finish(subject, intent, subject.connection->start(intent, {}));
}

base::Result<Seen> create(const Subject& subject, Intent* made = nullptr) {
    Intent intent = intent_of(subject, Action::Create, subject.inputs, nullptr);
    auto seen = TRY(act(subject, intent));
    if (made != nullptr) *made = intent;
    if (!seen) return base::internal("a create says nothing of what it made");
    return std::move(*seen);
}

base::Result<std::optional<Seen>> read(const Subject& subject, const std::string& key, const Value& inputs) {
    return subject.connection->read(*subject.type, key, inputs, {});
}

PlannedAction planned(const Subject& subject, const Seen& seen, const Value& recorded, const Value& wanted) {
    Change change{.type = *subject.type, .prior = seen, .recorded_inputs = recorded, .inputs = wanted};
    auto plan = subject.connection->plan(change);
    return plan.ok() ? plan->action : PlannedAction::Create;
}

Verdict creates_and_reads(Subject& subject) {
    auto valid = subject.connection->validate(*subject.type, subject.inputs);
    if (!valid.ok()) return valid.error().text();
    auto seen = create(subject);
    if (!seen.ok()) return seen.error().text();
    if (seen->key.empty()) return "what was made has no key";
    for (const infra::OutputField& output : subject.type->outputs) {
        const Value* value = seen->outputs.find(output.name);
        if (value == nullptr) return fmt::format("output `{}` is missing", output.name);
        if (value->has_unknown()) return fmt::format("output `{}` is unknown after a create", output.name);
    }
    if (!subject.type->outside_effects) return {};
    auto again = read(subject, seen->key, subject.inputs);
    if (!again.ok()) return again.error().text();
    if (!*again) return "what was made is not there";
    return (*again)->outputs.same_as(seen->outputs) ? "" : "a read shows other outputs than the create";
}

Verdict second_plan_is_empty(Subject& subject) {
    auto seen = create(subject);
    if (!seen.ok()) return seen.error().text();
    Seen now = *seen;
    if (subject.type->outside_effects) {
        auto again = read(subject, seen->key, subject.inputs);
        if (!again.ok() || !*again) return "what was made cannot be read";
        now = **again;
    }
    return planned(subject, now, subject.inputs, subject.inputs) == PlannedAction::None ? ""
                                                                                         : "the second plan is not empty";
}

Verdict updates_in_place(Subject& subject) {
    auto seen = create(subject);
    if (!seen.ok()) return seen.error().text();
    if (planned(subject, *seen, subject.inputs, subject.updated) != PlannedAction::Update) return "no update is planned";
    Intent intent = intent_of(subject, Action::Update, subject.updated, &*seen);
    auto updated = act(subject, intent);
    if (!updated.ok()) return updated.error().text();
    if (!*updated) return "an update says nothing of what is there";
    if ((*updated)->key != seen->key) return "an update in place has changed the key";
    return planned(subject, **updated, subject.updated, subject.updated) == PlannedAction::None
               ? ""
               : "the plan after the update is not empty";
}

Verdict plans_replacement(Subject& subject) {
    auto seen = create(subject);
    if (!seen.ok()) return seen.error().text();
    return planned(subject, *seen, subject.inputs, subject.replaced) == PlannedAction::Replace ? ""
                                                                                                : "no replacement is planned";
}

Verdict sees_drift(Subject& subject) {
    auto seen = create(subject);
    if (!seen.ok()) return seen.error().text();
    subject.change_outside();
    auto now = read(subject, seen->key, subject.inputs);
    if (!now.ok()) return now.error().text();
    if (!*now) return "what was changed outside is told to be gone";
    return planned(subject, **now, subject.inputs, subject.inputs) != PlannedAction::None ? "" : "the change is not seen";
}

Verdict sees_absence(Subject& subject) {
    auto seen = create(subject);
    if (!seen.ok()) return seen.error().text();
    subject.remove_outside();
    auto now = read(subject, seen->key, subject.inputs);
    if (!now.ok()) return now.error().text();
    return !*now ? "" : "what was removed outside is still told to be there";
}

Verdict deletes_and_deletes_again(Subject& subject) {
    auto seen = create(subject);
    if (!seen.ok()) return seen.error().text();
    for (int i = 0; i < 2; ++i) {
        Intent intent = intent_of(subject, Action::Delete, subject.inputs, &*seen);
        auto gone = act(subject, intent);
        if (!gone.ok()) return fmt::format("delete {}: {}", i + 1, gone.error().text());
        if (*gone) return "something is left after a delete";
        auto found = subject.connection->find(intent, {});
        if (!found.ok() || found->kind != Found::Kind::Done) return "a finished delete is not found as done";
    }
    if (!subject.type->outside_effects) return {};
    auto now = read(subject, seen->key, subject.inputs);
    return now.ok() && !*now ? "" : "what was deleted is still there";
}

Verdict refuses_foreign(Subject& subject) {
    subject.make_foreign();
    Intent intent = intent_of(subject, Action::Create, subject.inputs, nullptr);
    intent.found_absent_before = false;
    auto made = act(subject, intent);
    if (made.ok()) return "a foreign thing was taken over";
    auto found = subject.connection->find(intent, {});
    if (!found.ok()) return found.error().text();
    return found->kind == Found::Kind::Done || found->kind == Found::Kind::Partial ? "a foreign thing is found as ours" : "";
}

// The process dies after the request: the next one has the intent only.
Verdict finds_after_kill(Subject& subject) {
    Intent intent = intent_of(subject, Action::Create, subject.inputs, nullptr);
    auto before = subject.connection->find(intent, {});
    if (!before.ok() || before->kind != Found::Kind::Absent) return "a create that was never sent is not found as absent";
    auto started = subject.connection->start(intent, {});
    if (!started.ok()) return started.error().text();
    if (started->kind == Started::Kind::Running) intent.handle = started->handle;
    if (started->kind == Started::Kind::NextPhase) intent.phase = started->phase;
    for (int i = 0; i < 500; ++i) {
        auto found = subject.connection->find(intent, {});
        if (!found.ok()) return found.error().text();
        if (found->kind == Found::Kind::Done) return found->seen ? "" : "it is found, but not shown";
        if (found->kind == Found::Kind::Partial) return "";
        if (found->kind != Found::Kind::Running) {
            return fmt::format("what was started is not found (kind {})", static_cast<int>(found->kind));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return "it is told to be running for ever";
}

}

Result run(const MakeSubject& make) {
    struct Demand {
        const char* name;
        Verdict (*check)(Subject&);
        bool (*applies)(const Subject&);
    };
    static constexpr auto always = [](const Subject&) { return true; };
    static constexpr auto outside = [](const Subject& s) { return s.type->outside_effects; };
    const Demand demands[] = {
        {"create and read", creates_and_reads, always},
        {"empty second plan", second_plan_is_empty, always},
        {"update in place", updates_in_place, [](const Subject& s) { return !s.updated.is_null(); }},
        {"replace", plans_replacement, [](const Subject& s) { return !s.replaced.is_null(); }},
        {"change outside is drift", sees_drift, [](const Subject& s) { return bool(s.change_outside); }},
        {"removed outside is absent", sees_absence, [](const Subject& s) { return bool(s.remove_outside); }},
        {"delete, delete again", deletes_and_deletes_again, outside},
        {"foreign thing", refuses_foreign, [](const Subject& s) { return bool(s.make_foreign); }},
        {"kill after start", finds_after_kill, outside},
    };
    Result result;
    for (const Demand& demand : demands) {
        Subject subject = make();
        if (!demand.applies(subject)) {
            result.not_applicable.emplace_back(demand.name);
            continue;
        }
        Verdict verdict = demand.check(subject);
        if (verdict.empty()) {
            ++result.passed;
        } else {
            ++result.failed;
            std::fputs(fmt::format("{}: {}: {}\n", subject.name, demand.name, verdict).c_str(), stdout);
        }
    }
    return result;
}

}
