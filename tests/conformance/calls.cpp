#include "calls.hpp"

#include "base/ids.hpp"

#include <fmt/core.h>

#include <chrono>
#include <thread>

namespace conformance {
namespace {

using provider::Action;
using provider::Intent;
using provider::LookupResult;
using provider::ObservedResource;
using provider::OperationResult;
using value::Value;

constexpr int kMostSteps = 2000;
constexpr std::chrono::milliseconds kStep{10};

}

base::Result<void> Trial::restart() {
    connection_.reset();
    connection_ = TRY(subject_.connect());
    return {};
}

Intent Trial::intent(Action action, const Value& inputs) const {
    Intent out;
    out.token = base::random_token(8);
    out.run = "1-conformance";
    out.workspace = "w";
    out.environment = "default";
    out.address = "subject";
    out.action = action;
    out.type = subject_.type->name;
    out.inputs = inputs;
    return out;
}

Intent Trial::create_intent(const Value& inputs) const {
    Intent out = intent(Action::Create, inputs);
    const Value* key = inputs.find(type().key);
    if (key != nullptr && key->as_string() != nullptr) {
        out.key = *key->as_string();
        out.found_absent_before = true;
    }
    return out;
}

Intent Trial::update_intent(const ObservedResource& seen, const Value& prior,
                            const Value& inputs) const {
    Intent out = intent(Action::Update, inputs);
    out.key = seen.key;
    out.prior = prior;
    out.prior_outputs = seen.outputs;
    return out;
}

Intent Trial::delete_intent(const ObservedResource& seen, const Value& inputs) const {
    Intent out = intent(Action::Delete, inputs);
    out.key = seen.key;
    out.prior = inputs;
    out.prior_outputs = seen.outputs;
    return out;
}

void Trial::note(const base::Result<OperationResult>& started, Intent& intent) {
    if (!started.ok()) return;
    if (started->kind == OperationResult::Kind::Running) {
        has_run_in_background_ = true;
        if (!started->handle.empty()) intent.handle = started->handle;
    }
    if (started->kind == OperationResult::Kind::NextPhase) {
        has_taken_phases_ = true;
        intent.phase = started->phase;
        intent.handle.clear();
    }
}

base::Result<OperationResult> Trial::start(Intent& intent) {
    auto started = connection_->start(intent, {});
    note(started, intent);
    return started;
}

base::Result<OperationResult> Trial::poll(Intent& intent) {
    std::this_thread::sleep_for(kStep);
    auto started = connection_->poll(intent, {});
    note(started, intent);
    return started;
}

base::Result<std::optional<ObservedResource>> Trial::finish(Intent& intent,
                                                            base::Result<OperationResult> started) {
    for (int i = 0; i < kMostSteps; ++i) {
        if (!started.ok()) return std::move(started).error();
        switch (started->kind) {
            case OperationResult::Kind::Done: return std::move(started->seen);
            case OperationResult::Kind::NextPhase: started = start(intent); break;
            case OperationResult::Kind::Running: started = poll(intent); break;
            case OperationResult::Kind::Queued:
                std::this_thread::sleep_for(kStep);
                started = start(intent);
                break;
        }
    }
    return base::internal("it does not come to an end");
}

base::Result<std::optional<ObservedResource>> Trial::act(Intent& intent) {
    return finish(intent, start(intent));
}

base::Result<ObservedResource> Trial::create(const Value& inputs) {
    Intent intent = create_intent(inputs);
    auto seen = TRY(act(intent));
    if (!seen) return base::internal("a create says nothing of what it made");
    return std::move(*seen);
}

base::Result<std::optional<ObservedResource>> Trial::read(const std::string& key,
                                                          const Value& recorded) {
    return connection_->read(type(), key, recorded, {});
}

provider::PlannedAction Trial::plan(const ObservedResource& seen, const Value& recorded,
                                    const Value& wanted) {
    const provider::Change change{
        .type = type(), .prior = seen, .recorded_inputs = recorded, .inputs = wanted};
    auto planned = connection_->plan(change, {});
    // Never asked for where there is something already.
    return planned.ok() ? planned->action : provider::PlannedAction::Create;
}

base::Result<LookupResult> Trial::find_when_ended(const Intent& intent) {
    for (int i = 0; i < kMostSteps; ++i) {
        LookupResult found = TRY(connection_->find(intent, {}));
        if (found.kind != LookupResult::Kind::Running) return found;
        std::this_thread::sleep_for(kStep);
    }
    return base::internal("it is told to be running for ever");
}

std::string_view name_of(LookupResult::Kind kind) {
    switch (kind) {
        case LookupResult::Kind::Absent: return "absent";
        case LookupResult::Kind::Done: return "done";
        case LookupResult::Kind::Running: return "running";
        case LookupResult::Kind::Partial: return "partial";
        case LookupResult::Kind::Foreign: return "foreign";
        case LookupResult::Kind::Unsure: return "unsure";
    }
    return "?";
}

std::string_view name_of(provider::PlannedAction action) {
    switch (action) {
        case provider::PlannedAction::None: return "nothing";
        case provider::PlannedAction::Create: return "create";
        case provider::PlannedAction::Update: return "update";
        case provider::PlannedAction::Replace: return "replace";
        case provider::PlannedAction::MayReplace: return "may-replace";
    }
    return "?";
}

Verdict expect_count(const Subject& subject, int count, std::string_view when) {
    if (!subject.count) return "";
    const int there = subject.count();
    if (there == count) return "";
    return fmt::format("{} there are {} real things, expected {}", when, there, count);
}

}
