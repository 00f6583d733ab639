#include "engine/apply/scheduler.hpp"

#include "base/probe.hpp"
#include "state/recovery.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace engine {
namespace {

using std::chrono::milliseconds;

// Polls begin fast, as what runs on this machine is done in a moment, and slow down by half each
// time: a cloud takes many seconds, and its rate limit counts each request.
constexpr milliseconds kFirstPoll{20};
constexpr milliseconds kSlowestPoll{2000};
// Nothing was sent yet, for want of a rate budget or of a turn; asking again is cheap.
constexpr milliseconds kQueuedAgain{100};   // how often a connection is asked for a turn

}

void Scheduler::on_message(Message& message) {
    NodeRun& run = nodes_[message.node];
    --calls_of_link_[run.link];
    if (message.kind == Message::Kind::Probed) {
        run.open->intent.found_absent_before = message.found_absent;
        run.probed = true;
        make_ready(message.node);
        return;
    }
    if (message.outcome->ok()) {
        on_started(message.node, std::move(*message.outcome).value());
    } else {
        on_failed(message.node, message.outcome->error(), message.found);
    }
}

void Scheduler::on_started(std::uint32_t node, provider::OperationResult started) {
    NodeRun& run = nodes_[node];
    provider::Intent& intent = run.open->intent;
    switch (started.kind) {
        case provider::OperationResult::Kind::Done:
            if (run.action == provider::Action::Delete) {
                finish_remover(node);
            } else if (started.seen) {
                finish_maker(node, *started.seen);
                // Without what it made there is no key, and no row could be written: the intent
                // stays open, and `find` tells later. It is a mistake in a provider.
            } else {
                on_failed(node,
                          base::internal(fmt::format("the provider of {} did not say what it made",
                                                     intent.type)),
                          {});
            }
            return;
        case provider::OperationResult::Kind::Running: poll_later(node, std::move(started)); return;
        case provider::OperationResult::Kind::Queued:
            enter(node, NodeState::Queued);
            ask_later(node, started.wakes ? kSlowestPoll : kQueuedAgain);
            return;
        case provider::OperationResult::Kind::NextPhase:
            // Durable before the call that belongs to it, so that `find` knows which part was
            // asked for last.
            intent.phase = std::move(started.phase);
            intent.handle.clear();
            pending_.phases.push_back({.token = intent.token, .phase = intent.phase, .handle = {}});
            ++calls_of_link_[run.link];
            to_call_.push_back(node);
            return;
    }
}

void Scheduler::poll_later(std::uint32_t node, provider::OperationResult started) {
    NodeRun& run = nodes_[node];
    provider::Intent& intent = run.open->intent;
    // What wakes may be over in a moment: that it is waited for is told when it takes long.
    const bool takes_long = !started.wakes || elapsed() - run.started >= kSlowestPoll;
    if (takes_long && !std::exchange(run.is_wait_told, true)) tell(node, StepEvent::Kind::Waiting);
    enter(node, NodeState::Polling);
    if (!started.handle.empty() && started.handle != intent.handle) {
        intent.handle = std::move(started.handle);
        pending_.phases.push_back(
            {.token = intent.token, .phase = intent.phase, .handle = intent.handle});
    }
    auto longest = std::chrono::nanoseconds(kSlowestPoll);
    run.poll_after = started.wakes ? longest
                                   : std::clamp(run.poll_after * 3 / 2,
                                                std::chrono::nanoseconds(kFirstPoll), longest);
    ask_later(node, run.poll_after);
}

void Scheduler::on_failed(std::uint32_t node, const base::Error& error,
                          const std::optional<provider::LookupResult>& found) {
    NodeRun& run = nodes_[node];
    const provider::CallFailure* failure = provider::call_failure_of(error);
    const bool is_certain = provider::is_without_effect(error);
    auto stop = [&](StepEvent::Kind kind, std::string_view more = {}) {
        const bool is_failed = kind == StepEvent::Kind::Failed;
        StopReason why = reason_of(error);
        why.message += more;
        stop_node(node, kind, is_failed ? state::Outcome::Failed : state::Outcome::Unsure,
                  std::move(why));
    };
    if (run.pure) return stop(StepEvent::Kind::Failed);
    // Neither the call nor the look after it says anything certain: the intent stays open, and its
    // address is blocked until recovery has found out.
    if (!found && !is_certain) {
        base::probe("apply: neither the call nor the look tells anything");
        return stop(StepEvent::Kind::Unsure);
    }
    static const provider::LookupResult kNothing{
        .kind = provider::LookupResult::Kind::Absent, .seen = {}, .handle = {}, .reason = {}};
    const provider::LookupResult& there = found ? *found : kNothing;
    if (there.kind == provider::LookupResult::Kind::Running) {
        poll_later(node, {.kind = provider::OperationResult::Kind::Running,
                          .seen = {},
                          .handle = there.handle,
                          .phase = {}});
        return;
    }
    // A request that was answered, even by a refusal, cannot act any more.
    state::OpenIntent judged = *run.open;
    bool answered = error.code() != base::Code::Unavailable &&
                    error.code() != base::Code::DeadlineExceeded &&
                    error.code() != base::Code::Cancelled;
    if (answered || is_certain) judged.call_deadline = {};
    if (is_certain || (failure != nullptr && failure->is_over)) judged.effect_lag = {};
    state::Decision decision = state::decide(judged, there, clock_.now());
    using Kind = state::Decision::Kind;
    if (decision.kind == Kind::WriteDone) {
        base::probe("apply: the answer was lost, the effect was not");
        if (run.action == provider::Action::Delete) return finish_remover(node);
        if (there.seen) return finish_maker(node, *there.seen);
    }
    // Absent for certain, or there in part: the intent is closed in the next commit, with a row in
    // the second case, so that the thing is not lost although the step failed.
    if (decision.closes()) {
        pending_.results.push_back(std::move(decision.result));
        return stop(StepEvent::Kind::Failed,
                    decision.kind == Kind::WriteIncomplete
                        ? "; it is there in part: the next apply finishes it"
                        : "");
    }
    base::probe("apply: an intent stays open");
    // The intent stays open. It is asked about again by the next command, not here: waiting for
    // its horizon would hold up the end of this run for minutes.
    stop(StepEvent::Kind::Unsure, decision.reason.empty() ? "" : "; " + decision.reason);
}

void Scheduler::finish_detach(std::uint32_t node, const provider::ObservedResource& seen) {
    state::Row row = state::row_of(*nodes_[node].open, seen);
    // What the call left alone is still recorded as the program's: its update may have to let go
    // of it.
    const Step& planned = step_of(node);
    if (const auto* recorded = planned.recorded->inputs.as_record()) {
        for (const auto& [name, value] : *recorded) {
            if (row.inputs.find(name) == nullptr) row.inputs.set(name, value);
        }
    }
    // A row of its own, durable before the owner goes: if the run dies between, the state says
    // truly that nothing is held any more, and the next plan takes it up from there.
    pending_.results.push_back({.kind = state::StepResult::Kind::Write,
                                .row = row,
                                .token = nodes_[node].open->intent.token});
    detached_.insert_or_assign(order_.nodes()[node].step, std::move(row));
    finish_node(node, StepAction::None);
}

void Scheduler::finish_maker(std::uint32_t node, const provider::ObservedResource& seen) {
    NodeRun& run = nodes_[node];
    if (order_.nodes()[node].detaches) {
        finish_detach(node, seen);
        return;
    }
    std::uint32_t step = order_.nodes()[node].step;
    const Step& planned = plan_.steps[step];
    state::StepResult written{.kind = state::StepResult::Kind::Write,
                              .row = state::row_of(*run.open, seen)};
    if (run.pure) {
        written.row.token.clear();
    } else {
        written.token = run.open->intent.token;
    }
    pending_.results.push_back(std::move(written));
    if (run.action == provider::Action::Create && planned.recorded &&
        plan_.steps[step].action == StepAction::Create) {
        // What was recorded is gone; its row goes with the making of the new one.
        state::StepResult gone{.kind = state::StepResult::Kind::Remove, .row = {}, .token = {}};
        gone.row.address = planned.recorded->address;
        gone.row.generation = planned.recorded->generation;
        pending_.results.push_back(std::move(gone));
    }
    warn_of_surprises(step, seen.outputs);
    // What reads these outputs is evaluated after the whole batch: a value is used for a further
    // effect only when it is durable, and many results of one moment cost one evaluation.
    if (late_ != nullptr && late_->set_outputs(planned.address, seen.outputs)) cells_set_ = true;
    bool updated = run.action == provider::Action::Update;
    StepAction did = updated ? StepAction::Update : plan_.steps[step].action;
    if (did == StepAction::MayReplace) base::probe("apply: what may be replaced is replaced");
    finish_node(node, did == StepAction::MayReplace ? StepAction::Replace : did);
}

void Scheduler::finish_remover(std::uint32_t node) {
    const state::OpenIntent& open = *nodes_[node].open;
    state::StepResult result{.kind = state::StepResult::Kind::Remove};
    if (!nodes_[node].pure) result.token = open.intent.token;
    result.row.address = open.intent.address;
    result.row.generation = open.intent.generation;
    pending_.results.push_back(std::move(result));
    removed_[order_.nodes()[node].step] = true;
    finish_node(node, StepAction::Delete);
}

// Outputs that planning took for known and that came out otherwise.
void Scheduler::warn_of_surprises(std::uint32_t step, const value::Value& outputs) {
    const value::Value::Record* planned = plan_.steps[step].outputs.as_record();
    if (planned == nullptr || late_ == nullptr) return;
    for (const auto& [name, shown] : *planned) {
        const value::Value* now = shown.has_unknown() ? nullptr : now_[step].outputs->find(name);
        const value::Value* actual = outputs.find(name);
        if (now == nullptr || actual == nullptr || now->same_as(*actual) || now->has_unknown())
            continue;
        report_.warnings.push_back(fmt::format(
            "`{}` of {} came out otherwise than planned; the next plan takes it into account", name,
            plan_.steps[step].address));
    }
}

void Scheduler::finish_unchanged(std::uint32_t node) {
    const value::Value outputs = *now_[order_.nodes()[node].step].outputs;
    if (late_ != nullptr && late_->set_outputs(step_of(node).address, outputs)) cells_set_ = true;
    finish_node(node, StepAction::None);
}

void Scheduler::finish_node(std::uint32_t node, StepAction did) {
    std::uint32_t step = order_.nodes()[node].step;
    enter(node, NodeState::Done);
    const Order::Node& what = order_.nodes()[node];
    bool decides = what.removes ? plan_.steps[step].action == StepAction::Delete : !what.detaches;
    if (decides) did_[step] = did;
    if (nodes_[node].open != nullptr) {
        tell(node, StepEvent::Kind::Done);
    } else if (!what.removes && !what.detaches) {
        tell(node, StepEvent::Kind::Unchanged);
    }
    nodes_[node].open.reset();
    // kNone marks a step that was reported as not done by its other half: it is not counted twice.
    if (step_nodes_left_[step] != Order::kNone && --step_nodes_left_[step] == 0) {
        report_.counts.done.count(did_[step], plan_.steps[step].is_look_up);
    }
    for (const Order::Edge& edge : order_.followers(node)) {
        NodeRun& follower = nodes_[edge.follower];
        if (--follower.waits_for == 0 && follower.state == NodeState::Waiting)
            make_ready(edge.follower);
    }
}

void Scheduler::stop_node(std::uint32_t node, StepEvent::Kind kind, state::Outcome outcome,
                          StopReason why) {
    const Step& step = step_of(node);
    std::uint32_t index = order_.nodes()[node].step;
    enter(node, NodeState::Stopped);
    // A replace whose first half failed is one failure; its other half says nothing of its own.
    if (step_nodes_left_[index] != Order::kNone) {
        step_nodes_left_[index] = Order::kNone;
        ++(kind == StepEvent::Kind::Skipped ? report_.counts.skipped : report_.counts.failed);
        base::Time at = clock_.now();
        auto took =
            std::chrono::duration_cast<std::chrono::microseconds>(elapsed() - nodes_[node].started);
        bool began = nodes_[node].open != nullptr;
        const std::string kept =
            why.help.empty() ? why.message : fmt::format("{} ({})", why.message, why.help);
        pending_.steps.push_back({.address = step.address,
                                  .generation = step.generation,
                                  .action = nodes_[node].action,
                                  .outcome = outcome,
                                  .message = kept,
                                  .started = began ? at - took : at,
                                  .ended = at});
        tell(node, kind, std::move(why));
    }
    // Its intent is not closed by this. That is done by a result with its token, where there is
    // one.
    nodes_[node].open.reset();
    // Not after a skip: its own followers are found by whoever skipped it, in a loop and without
    // recursion, as chains can be as long as a plan.
    if (kind != StepEvent::Kind::Skipped) {
        failed_ = true;
        skip_followers(node);
    }
}

// After the second interrupt, or where the state cannot be written: what was begun and is not
// waited for any more. Its intent stays open, and its next phase is not begun, also if what is left
// can be written in the end.
void Scheduler::leave_begun() {
    to_call_.clear();
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
        const NodeState state = nodes_[node].state;
        if (state != NodeState::Calling && state != NodeState::Polling) continue;
        stop_node(node, StepEvent::Kind::Unsure, state::Outcome::Unsure,
                  {.message = "it was begun, and its end was not waited for",
                   .advice = base::Advice{.next = base::Next::FindOut},
                   .code = base::Code::Cancelled});
    }
}

void Scheduler::skip_followers(std::uint32_t node) {
    std::vector<std::uint32_t> work{node};
    while (!work.empty()) {
        std::uint32_t at = work.back();
        work.pop_back();
        for (const Order::Edge& edge : order_.followers(at)) {
            if (nodes_[edge.follower].state != NodeState::Waiting) continue;
            stop_node(edge.follower, StepEvent::Kind::Skipped, state::Outcome::Skipped,
                      {.message = fmt::format("it waits for {}", step_of(at).address)});
            work.push_back(edge.follower);
        }
    }
}

Scheduler::StopReason Scheduler::reason_of(const base::Error& error) {
    const provider::CallFailure* failure = provider::call_failure_of(error);
    StopReason out{.message = error.text(), .help = std::string(error.help())};
    if (error.advice() != nullptr) out.advice = *error.advice();
    out.code = error.code();
    if (failure != nullptr) out.input = failure->input;
    return out;
}

void Scheduler::tell(std::uint32_t node, StepEvent::Kind kind, StopReason why) {
    bool began = nodes_[node].open != nullptr;
    StepEvent event{.kind = kind,
                    .step = &step_of(node),
                    .action = nodes_[node].action,
                    .detaches = order_.nodes()[node].detaches,
                    .message = std::move(why.message),
                    .help = std::move(why.help),
                    .advice = std::move(why.advice),
                    .code = why.code,
                    .place = {},
                    .took = began ? elapsed() - nodes_[node].started : std::chrono::nanoseconds{0}};
    if (kind >= StepEvent::Kind::Failed && kind != StepEvent::Kind::Skipped) {
        event.place =
            late_ != nullptr ? late_->place_of(event.step->address, why.input) : event.step->place;
    }
    listener_.on_step(event);
    if (kind >= StepEvent::Kind::Failed) report_.not_done.push_back(std::move(event));
}

}
