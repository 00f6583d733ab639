#include "engine/apply/executor.hpp"

#include "base/worker_pool.hpp"
#include "state/recovery.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPoll{20};
constexpr milliseconds kSlowestPoll{2000};
constexpr milliseconds kQueueFull{10};

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}

std::uint32_t Executor::node_of(std::string_view address) const {
    auto step = std::lower_bound(
        plan_.steps.begin(), plan_.steps.end(), address,
        [](const Step& at, std::string_view wanted) { return at.address < wanted; });
    for (; step != plan_.steps.end() && step->address == address; ++step) {
        std::uint32_t node = order_.maker(static_cast<std::uint32_t>(step - plan_.steps.begin()));
        if (node != Order::kNone) return node;
    }
    return Order::kNone;
}

Executor::Prepared Executor::prepare(std::uint32_t node) {
    if (nodes_[node].open != nullptr) return Prepared::Start;
    const Step& step = step_of(node);
    if (cells_set_ && planner_.resource(step.resource).inputs.has_unknown()) {
        evaluate_on();
        if (nodes_[node].state != NodeState::Ready) return Prepared::Stopped;
    }
    const Resource& resource = planner_.resource(step.resource);
    if (order_.nodes()[node].releases) return prepare_releaser(node, resource, step);
    return order_.nodes()[node].removes ? prepare_remover(node, resource, step)
                                        : prepare_maker(node, resource, step);
}

Executor::Prepared Executor::prepare_maker(std::uint32_t node, const Resource& resource,
                                           const Step& step) {
    if (resource.inputs.has_unknown()) return wait_for_owners(node, resource);
    std::string beyond = beyond_approval(resource, step);
    if (!beyond.empty()) {
        stop_node(node, StepEvent::Kind::Refused, state::Outcome::Refused, std::move(beyond));
        return Prepared::Stopped;
    }
    bool makes_new = removed_[order_.nodes()[node].step] || resource.action == StepAction::Create ||
                     resource.action == StepAction::Replace;
    bool let_go = released_.contains(order_.nodes()[node].step);
    if (!makes_new && resource.action == StepAction::None && !let_go) {
        finish_unchanged(node, resource);
        return Prepared::Done;
    }
    nodes_[node].action = makes_new ? provider::Action::Create : provider::Action::Update;
    nodes_[node].link = resource.link;
    prepare_intent(node, resource, step, *resource.type);
    return Prepared::Start;
}

// An update to the recorded inputs, without those that hold what is about to go away.
Executor::Prepared Executor::prepare_releaser(std::uint32_t node, const Resource& resource,
                                              const Step& step) {
    bool any_goes = std::ranges::any_of(step.releases, [&](const Release& release) {
        auto owner = std::ranges::lower_bound(plan_.steps, release.address, {}, &Step::address);
        const Resource& blocked = planner_.resource(owner->resource);
        bool stays = blocked.action == StepAction::Update || blocked.action == StepAction::None;
        return owner->action != StepAction::MayReplace || !stays || blocked.inputs.has_unknown();
    });
    if (!any_goes) {
        finish_node(node, StepAction::None);
        return Prepared::Done;
    }
    nodes_[node].action = provider::Action::Update;
    nodes_[node].link = resource.link;
    prepare_intent(node, resource, step, *resource.type);
    provider::Intent& intent = nodes_[node].open->intent;
    intent.inputs = resource.row->inputs;
    if (value::Value::Record* members = intent.inputs.as_record()) {
        std::erase_if(*members, [&](const value::Value::Member& member) {
            return std::ranges::find(step.releases, member.first, &Release::input) !=
                   step.releases.end();
        });
    }
    nodes_[node].open->dependencies = resource.row->dependencies;
    return Prepared::Start;
}

Executor::Prepared Executor::prepare_remover(std::uint32_t node, const Resource& resource,
                                             const Step& step) {
    std::uint32_t index = order_.nodes()[node].step;
    if (step.action != StepAction::Delete) {
        // With values now known the milder thing may do; what has unknown inputs here is certain.
        bool may_keep = did_[index] == StepAction::Update ||
                        resource.action == StepAction::Update ||
                        resource.action == StepAction::None;
        if (may_keep && !resource.inputs.has_unknown()) {
            finish_node(node, StepAction::None);
            return Prepared::Done;
        }
        std::string beyond = resource.inputs.has_unknown() ? "" : beyond_approval(resource, step);
        if (!beyond.empty()) {
            stop_node(node, StepEvent::Kind::Refused, state::Outcome::Refused, std::move(beyond));
            return Prepared::Stopped;
        }
    }
    provider::ProviderInstance* link = resource.row_link;
    if (link == nullptr) {
        auto found = planner_.registry().link_of(*resource.row->connection);
        if (!found.ok()) {
            stop_node(node, StepEvent::Kind::Failed, state::Outcome::Failed, found.error().text());
            return Prepared::Stopped;
        }
        link = *found;
    }
    nodes_[node].action = provider::Action::Delete;
    nodes_[node].link = link;
    prepare_intent(node, resource, step, *planner_.registry().type(resource.row->type));
    return Prepared::Start;
}

// A branch was decided by a value that came late: there is another owner to wait for.
Executor::Prepared Executor::wait_for_owners(std::uint32_t node, const Resource& resource) {
    bool waits = false;
    for (std::uint32_t owner : resource.reads) {
        std::uint32_t step = planner_.resource(owner).step;
        if (step == Order::kNone) continue;
        std::uint32_t maker = order_.maker(step);
        if (maker == Order::kNone || maker == node || nodes_[maker].state == NodeState::Done)
            continue;
        if (nodes_[maker].state == NodeState::Stopped) {
            stop_node(node, StepEvent::Kind::Skipped, state::Outcome::Skipped,
                      fmt::format("it waits for {}", planner_.resource(owner).address));
            return Prepared::Stopped;
        }
        order_.add_edge(maker, node);
        ++nodes_[node].waits_for;
        waits = true;
    }
    if (!waits) {
        stop_node(node, StepEvent::Kind::Skipped, state::Outcome::Skipped,
                  "it needs a value that this run does not make known");
        return Prepared::Stopped;
    }
    nodes_[node].state = NodeState::Waiting;
    return Prepared::Wait;
}

// Why what it has come to is more than was shown, or "".
std::string Executor::beyond_approval(const Resource& resource, const Step& step) const {
    if (resource.failed) return "its inputs are refused, now that they are known";
    if (step.action == StepAction::Create) return {};
    bool approved_replace = removes(step.action);
    if (!approved_replace &&
        (resource.action == StepAction::Replace || resource.action == StepAction::Create ||
         resource.action == StepAction::MayReplace)) {
        return "with values now known it would be replaced; only an update was approved";
    }
    for (const std::string& input : resource.change.changed) {
        if (!contains(step.changed, input)) {
            return fmt::format(
                "with values now known `{}` would change too, which was not approved", input);
        }
    }
    return {};
}

void Executor::prepare_intent(std::uint32_t node, const Resource& resource, const Step& step,
                              const provider::ResourceType& type) {
    NodeRun& run = nodes_[node];
    const provider::Capabilities& capabilities = run.link->connection->capabilities();
    auto open = std::make_shared<state::OpenIntent>();
    provider::Intent& intent = open->intent;
    run.pure = !type.outside_effects || !capabilities.outside_effects;
    run.started = now();
    intent.token = run_.new_token();   // also where nothing is recorded of it: ids are made from it
    intent.run = run_.id();
    intent.workspace = workspace_;
    intent.environment = options_.environment;
    intent.address = step.address;
    intent.action = run.action;
    intent.type = type.name;
    const value::Value* wanted_key =
        type.input(type.key) != nullptr ? resource.inputs.find(type.key) : nullptr;
    if (run.action == provider::Action::Create) {
        intent.generation = step.generation;
        if (wanted_key != nullptr && wanted_key->as_string() != nullptr)
            intent.key = *wanted_key->as_string();
    } else {
        intent.generation = resource.row->generation;
        intent.key = resource.row->key;
        auto released = released_.find(order_.nodes()[node].step);
        const state::Row& row = released != released_.end() ? released->second : *resource.row;
        intent.prior = row.inputs;
        intent.prior_outputs = row.outputs;
    }
    intent.inputs = run.action == provider::Action::Delete ? resource.row->inputs : resource.inputs;
    open->connection =
        run.action == provider::Action::Delete ? resource.row->connection : run.link->record;
    open->lifecycle = resource.lifecycle_value;
    if (run.action == provider::Action::Delete) {
        open->dependencies = resource.row->dependencies;
    } else {
        open->dependencies = dependencies_of(planner_, resource);
    }
    open->call_deadline = resource.lifecycle.timeout.value_or(capabilities.call_deadline);
    open->effect_lag = capabilities.effect_lag;
    open->effects_die_with_process = capabilities.effects_die_with_process;
    open->opened = clock_.now();
    // Without tags only a look just before proves later that a thing of that name is ours.
    bool needs_probe =
        run.action == provider::Action::Create && !capabilities.tags && !intent.key.empty();
    run.probed = run.pure || !needs_probe;
    run.open = std::move(open);
}

void Executor::probe(std::uint32_t node) {
    NodeRun& run = nodes_[node];
    run.state = NodeState::Probing;
    const Resource& resource = planner_.resource(step_of(node).resource);
    auto job = [inbox = inbox_, node, open = run.open, connection = run.link->connection.get(),
                type = resource.type, stop = options_.second](const std::stop_token&) {
        auto seen = connection->read(*type, open->intent.key, open->intent.inputs,
                                     {.stop = stop, .timeout = open->call_deadline});
        Message message{.kind = Message::Kind::Probed,
                        .node = node,
                        .found_absent = seen.ok() && !seen->has_value(),
                        .outcome = {},
                        .found = {}};
        const std::lock_guard lock(inbox->mutex);
        inbox->messages.push_back(std::move(message));
        inbox->arrived.notify_one();
    };
    if (workers_.submit(std::move(job)).ok()) {
        ++in_flight_;
        return;
    }
    --calls_of_link_[run.link];
    run.probed = true;   // the queue is full: go without
    make_ready(node);
}

void Executor::call(std::uint32_t node) {
    NodeRun& run = nodes_[node];
    if (run.state == NodeState::Committing) tell(node, StepEvent::Kind::Started);
    run.state = NodeState::Calling;
    auto job = [inbox = inbox_, node, open = run.open, connection = run.link->connection.get(),
                stop = options_.second](const std::stop_token&) {
        const provider::Intent& intent = open->intent;
        const provider::CallContext context{.stop = stop, .timeout = open->call_deadline};
        Message message{.kind = Message::Kind::Called,
                        .node = node,
                        .found_absent = false,
                        .outcome = {},
                        .found = {}};
        message.outcome = intent.handle.empty() ? connection->start(intent, context)
                                                : connection->poll(intent, context);
        if (!message.outcome->ok()) {
            auto found = connection->find(intent, context);
            if (found.ok()) message.found = std::move(found).value();
        }
        const std::lock_guard lock(inbox->mutex);
        inbox->messages.push_back(std::move(message));
        inbox->arrived.notify_one();
    };
    if (workers_.submit(std::move(job)).ok()) {
        ++in_flight_;
        return;
    }
    --calls_of_link_[run.link];
    polling_.emplace(now() + kQueueFull, node);
}

// Nothing outside: the result is computed here and now.
void Executor::call_pure(std::uint32_t node) {
    NodeRun& run = nodes_[node];
    auto started = run.link->connection->start(run.open->intent, {.stop = options_.second});
    if (!started.ok()) {
        on_failed(node, started.error(),
                  provider::LookupResult{.kind = provider::LookupResult::Kind::Absent,
                                         .seen = {},
                                         .handle = {},
                                         .reason = {}});
        return;
    }
    on_started(node, std::move(started).value());
}

void Executor::on_message(Message& message) {
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

void Executor::on_started(std::uint32_t node, provider::OperationResult started) {
    NodeRun& run = nodes_[node];
    provider::Intent& intent = run.open->intent;
    switch (started.kind) {
        case provider::OperationResult::Kind::Done:
            if (run.action == provider::Action::Delete) {
                finish_remover(node);
            } else if (started.seen) {
                finish_maker(node, *started.seen);
            } else {
                on_failed(node,
                          base::internal(fmt::format("the provider of {} did not say what it made",
                                                     intent.type)),
                          {});
            }
            return;
        case provider::OperationResult::Kind::Running: poll_later(node, std::move(started)); return;
        case provider::OperationResult::Kind::NextPhase:
            intent.phase = std::move(started.phase);
            intent.handle.clear();
            pending_.phases.push_back({.token = intent.token, .phase = intent.phase, .handle = {}});
            ++calls_of_link_[run.link];
            to_call_.push_back(node);
            return;
    }
}

void Executor::poll_later(std::uint32_t node, provider::OperationResult started) {
    NodeRun& run = nodes_[node];
    provider::Intent& intent = run.open->intent;
    if (run.state != NodeState::Polling && run.poll_after.count() == 0)
        tell(node, StepEvent::Kind::Waiting);
    run.state = NodeState::Polling;
    if (!started.handle.empty() && started.handle != intent.handle) {
        intent.handle = std::move(started.handle);
        pending_.phases.push_back(
            {.token = intent.token, .phase = intent.phase, .handle = intent.handle});
    }
    auto longest = std::chrono::nanoseconds(kSlowestPoll);
    run.poll_after =
        std::clamp(run.poll_after * 3 / 2, std::chrono::nanoseconds(kFirstPoll), longest);
    polling_.emplace(now() + run.poll_after, node);
}

void Executor::on_failed(std::uint32_t node, const base::Error& error,
                         const std::optional<provider::LookupResult>& found) {
    NodeRun& run = nodes_[node];
    const provider::CallFailure* failure = provider::call_failure_of(error);
    const std::string input = failure != nullptr ? failure->input : std::string();
    const bool is_certain = provider::is_without_effect(error);
    auto stop = [&](StepEvent::Kind kind, std::string_view more = {}) {
        const bool is_failed = kind == StepEvent::Kind::Failed;
        stop_node(node, kind, is_failed ? state::Outcome::Failed : state::Outcome::Unsure,
                  error.text() + std::string(more), std::string(error.help()), input);
    };
    if (run.pure) return stop(StepEvent::Kind::Failed);
    if (!found && !is_certain) return stop(StepEvent::Kind::Unsure);
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
        // The answer was lost, the effect was not.
        if (run.action == provider::Action::Delete) return finish_remover(node);
        if (there.seen) return finish_maker(node, *there.seen);
    }
    if (decision.closes()) {
        pending_.results.push_back(std::move(decision.result));
        return stop(StepEvent::Kind::Failed,
                    decision.kind == Kind::WriteIncomplete
                        ? "; it is there in part: the next apply finishes it"
                        : "");
    }
    stop(StepEvent::Kind::Unsure, decision.reason.empty() ? "" : "; " + decision.reason);
}

void Executor::finish_releaser(std::uint32_t node, const provider::ObservedResource& seen) {
    state::Row row = state::row_of(*nodes_[node].open, seen);
    pending_.results.push_back({.kind = state::StepResult::Kind::Write,
                                .row = row,
                                .token = nodes_[node].open->intent.token});
    released_.insert_or_assign(order_.nodes()[node].step, std::move(row));
    finish_node(node, StepAction::None);
}

void Executor::finish_maker(std::uint32_t node, const provider::ObservedResource& seen) {
    NodeRun& run = nodes_[node];
    if (order_.nodes()[node].releases) {
        finish_releaser(node, seen);
        return;
    }
    std::uint32_t step = order_.nodes()[node].step;
    const Resource& resource = planner_.resource(plan_.steps[step].resource);
    state::StepResult written{.kind = state::StepResult::Kind::Write,
                              .row = state::row_of(*run.open, seen)};
    if (run.pure) {
        written.row.token.clear();
    } else {
        written.token = run.open->intent.token;
    }
    pending_.results.push_back(std::move(written));
    if (run.action == provider::Action::Create && resource.row != nullptr &&
        plan_.steps[step].action == StepAction::Create) {
        // What was recorded is gone; its row goes with the making of the new one.
        state::StepResult gone{.kind = state::StepResult::Kind::Remove, .row = {}, .token = {}};
        gone.row.address = resource.row->address;
        gone.row.generation = resource.row->generation;
        pending_.results.push_back(std::move(gone));
    }
    for (std::size_t i = 0; i < resource.cell_known.size(); ++i) {
        const std::string& name = resource.type->outputs[i].name;
        const value::Value* planned =
            resource.cell_known[i] ? resource.change.outputs.find(name) : nullptr;
        const value::Value* actual = seen.outputs.find(name);
        if (planned == nullptr || actual == nullptr || planned->same_as(*actual) ||
            planned->has_unknown())
            continue;
        report_.warnings.push_back(fmt::format(
            "`{}` of {} came out otherwise than planned; the next plan takes it into account", name,
            resource.address));
    }
    if (planner_.set_outputs(plan_.steps[step].resource, seen.outputs)) cells_set_ = true;
    bool updated = run.action == provider::Action::Update;
    StepAction did = updated ? StepAction::Update : plan_.steps[step].action;
    finish_node(node, did == StepAction::MayReplace ? StepAction::Replace : did);
}

void Executor::finish_remover(std::uint32_t node) {
    const state::OpenIntent& open = *nodes_[node].open;
    state::StepResult result{.kind = state::StepResult::Kind::Remove};
    if (!nodes_[node].pure) result.token = open.intent.token;
    result.row.address = open.intent.address;
    result.row.generation = open.intent.generation;
    pending_.results.push_back(std::move(result));
    removed_[order_.nodes()[node].step] = true;
    finish_node(node, StepAction::Delete);
}

void Executor::finish_unchanged(std::uint32_t node, const Resource& resource) {
    const value::Value outputs = resource.change.outputs;
    if (planner_.set_outputs(step_of(node).resource, outputs)) cells_set_ = true;
    finish_node(node, StepAction::None);
}

void Executor::finish_node(std::uint32_t node, StepAction did) {
    std::uint32_t step = order_.nodes()[node].step;
    nodes_[node].state = NodeState::Done;
    const Order::Node& what = order_.nodes()[node];
    bool decides = what.removes ? plan_.steps[step].action == StepAction::Delete : !what.releases;
    if (decides) did_[step] = did;
    if (nodes_[node].open != nullptr) {
        tell(node, StepEvent::Kind::Done);
    } else if (!what.removes && !what.releases) {
        tell(node, StepEvent::Kind::Unchanged);
    }
    nodes_[node].open.reset();
    if (step_nodes_left_[step] != Order::kNone && --step_nodes_left_[step] == 0) {
        report_.counts.done.count(did_[step]);
    }
    for (const Order::Edge& edge : order_.followers(node)) {
        NodeRun& follower = nodes_[edge.follower];
        if (--follower.waits_for == 0 && follower.state == NodeState::Waiting)
            make_ready(edge.follower);
    }
}

void Executor::stop_node(std::uint32_t node, StepEvent::Kind kind, state::Outcome outcome,
                         std::string message, std::string help, std::string_view input) {
    const Step& step = step_of(node);
    std::uint32_t index = order_.nodes()[node].step;
    nodes_[node].state = NodeState::Stopped;
    if (step_nodes_left_[index] != Order::kNone) {
        step_nodes_left_[index] = Order::kNone;
        ++(kind == StepEvent::Kind::Skipped ? report_.counts.skipped : report_.counts.failed);
        base::Time at = clock_.now();
        auto took =
            std::chrono::duration_cast<std::chrono::microseconds>(now() - nodes_[node].started);
        bool began = nodes_[node].open != nullptr;
        const std::string kept = help.empty() ? message : fmt::format("{} ({})", message, help);
        pending_.steps.push_back({.address = step.address,
                                  .generation = step.generation,
                                  .action = nodes_[node].action,
                                  .outcome = outcome,
                                  .message = kept,
                                  .started = began ? at - took : at,
                                  .ended = at});
        tell(node, kind, std::move(message), std::move(help), input);
    }
    nodes_[node].open.reset();
    if (kind != StepEvent::Kind::Skipped) {
        failed_ = true;
        skip_followers(node);
    }
}

void Executor::skip_followers(std::uint32_t node) {
    std::vector<std::uint32_t> work{node};
    while (!work.empty()) {
        std::uint32_t at = work.back();
        work.pop_back();
        for (const Order::Edge& edge : order_.followers(at)) {
            if (nodes_[edge.follower].state != NodeState::Waiting) continue;
            stop_node(edge.follower, StepEvent::Kind::Skipped, state::Outcome::Skipped,
                      fmt::format("it waits for {}", step_of(at).address));
            work.push_back(edge.follower);
        }
    }
}

void Executor::tell(std::uint32_t node, StepEvent::Kind kind, std::string message, std::string help,
                    std::string_view input) {
    bool began = nodes_[node].open != nullptr;
    StepEvent event{.kind = kind,
                    .step = &step_of(node),
                    .action = nodes_[node].action,
                    .releases = order_.nodes()[node].releases,
                    .message = std::move(message),
                    .help = std::move(help),
                    .place = {},
                    .took = began ? now() - nodes_[node].started : std::chrono::nanoseconds{0}};
    if (kind >= StepEvent::Kind::Failed && kind != StepEvent::Kind::Skipped) {
        event.place = planner_.place_of(planner_.resource(event.step->resource), input);
    }
    listener_.on_step(event);
    if (kind >= StepEvent::Kind::Failed) report_.not_done.push_back(std::move(event));
}

}
