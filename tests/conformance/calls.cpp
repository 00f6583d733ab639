#include "calls.hpp"

#include "base/ids.hpp"

#include <fmt/core.h>

#include <chrono>
#include <thread>

namespace conformance {
namespace {

using infra::Action;
using infra::Found;
using infra::Intent;
using infra::Seen;
using infra::Started;
using infra::Value;

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

Intent Trial::update_intent(const Seen& seen, const Value& prior, const Value& inputs) const {
    Intent out = intent(Action::Update, inputs);
    out.key = seen.key;
    out.prior = prior;
    out.prior_outputs = seen.outputs;
    return out;
}

Intent Trial::delete_intent(const Seen& seen, const Value& inputs) const {
    Intent out = intent(Action::Delete, inputs);
    out.key = seen.key;
    out.prior = inputs;
    out.prior_outputs = seen.outputs;
    return out;
}

void Trial::note(const base::Result<Started>& started, Intent& intent) {
    if (!started.ok()) return;
    if (started->kind == Started::Kind::Running) {
        has_run_in_background_ = true;
        if (!started->handle.empty()) intent.handle = started->handle;
    }
    if (started->kind == Started::Kind::NextPhase) {
        has_taken_phases_ = true;
        intent.phase = started->phase;
        intent.handle.clear();
    }
}

base::Result<Started> Trial::start(Intent& intent) {
    auto started = connection_->start(intent, {});
    note(started, intent);
    return started;
}

base::Result<Started> Trial::poll(Intent& intent) {
    std::this_thread::sleep_for(kStep);
    auto started = connection_->poll(intent, {});
    note(started, intent);
    return started;
}

base::Result<std::optional<Seen>> Trial::finish(Intent& intent, base::Result<Started> started) {
    for (int i = 0; i < kMostSteps; ++i) {
        if (!started.ok()) return std::move(started).error();
        switch (started->kind) {
            case Started::Kind::Done: return std::move(started->seen);
            case Started::Kind::NextPhase: started = start(intent); break;
            case Started::Kind::Running: started = poll(intent); break;
        }
    }
    return base::internal("it does not come to an end");
}

base::Result<std::optional<Seen>> Trial::act(Intent& intent) {
    return finish(intent, start(intent));
}

base::Result<Seen> Trial::create(const Value& inputs) {
    Intent intent = create_intent(inputs);
    auto seen = TRY(act(intent));
    if (!seen) return base::internal("a create says nothing of what it made");
    return std::move(*seen);
}

base::Result<std::optional<Seen>> Trial::read(const std::string& key, const Value& recorded) {
    return connection_->read(type(), key, recorded, {});
}

infra::PlannedAction Trial::plan(const Seen& seen, const Value& recorded, const Value& wanted) {
    const infra::Change change{
        .type = type(), .prior = seen, .recorded_inputs = recorded, .inputs = wanted};
    auto planned = connection_->plan(change);
    // Never asked for where there is something already.
    return planned.ok() ? planned->action : infra::PlannedAction::Create;
}

base::Result<Found> Trial::find_settled(const Intent& intent) {
    for (int i = 0; i < kMostSteps; ++i) {
        Found found = TRY(connection_->find(intent, {}));
        if (found.kind != Found::Kind::Running) return found;
        std::this_thread::sleep_for(kStep);
    }
    return base::internal("it is told to be running for ever");
}

std::string_view name_of(Found::Kind kind) {
    switch (kind) {
        case Found::Kind::Absent: return "absent";
        case Found::Kind::Done: return "done";
        case Found::Kind::Running: return "running";
        case Found::Kind::Partial: return "partial";
        case Found::Kind::Foreign: return "foreign";
        case Found::Kind::Unsure: return "unsure";
    }
    return "?";
}

std::string_view name_of(infra::PlannedAction action) {
    switch (action) {
        case infra::PlannedAction::None: return "nothing";
        case infra::PlannedAction::Create: return "create";
        case infra::PlannedAction::Update: return "update";
        case infra::PlannedAction::Replace: return "replace";
        case infra::PlannedAction::MayReplace: return "may-replace";
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
