#include "engine/apply/approval.hpp"
#include "engine/apply/scheduler.hpp"
#include "engine/plan/detach.hpp"

#include <fmt/core.h>

#include <algorithm>

// What a ready node comes to: an intent to be made durable, nothing to do, or a reason to stop.
namespace engine {

// Steps are by address; a superseded generation that is deleted has the same address as the change
// of the newest, and no maker.
std::uint32_t Scheduler::node_of(std::string_view address) const {
    auto step = std::lower_bound(
        plan_.steps.begin(), plan_.steps.end(), address,
        [](const Step& at, std::string_view wanted) { return at.address < wanted; });
    for (; step != plan_.steps.end() && step->address == address; ++step) {
        std::uint32_t node = order_.maker(static_cast<std::uint32_t>(step - plan_.steps.begin()));
        if (node != Order::kNone) return node;
    }
    return Order::kNone;
}

Scheduler::Prepared Scheduler::prepare(std::uint32_t node) {
    // It was prepared before: there was no room at its connection, it has been probed, or its
    // batch could not be written. Token and intent stay, as a probe's answer belongs to them.
    if (nodes_[node].open != nullptr) return Prepared::Start;
    const Step& step = step_of(node);
    const Order::Node& what = order_.nodes()[node];
    const bool is_half = (what.removes || what.detaches) && step.action != StepAction::Delete;
    // Results of this very batch may have made its last value known. Its intent becomes durable in
    // the transaction that holds them, so a chain of steps costs one commit a link and not two.
    if (cells_set_ && (is_half || now_[what.step].inputs->has_unknown())) {
        evaluate_on();
        if (nodes_[node].state != NodeState::Ready) return Prepared::Stopped;
    }
    // The platform was asked, and until it answers nobody knows what this step is.
    if (late_waits_) {
        ready_.emplace(nodes_[node].height, ~node);
        return Prepared::Wait;
    }
    // What would come afterwards cannot come any more: then nothing is taken away for it.
    if (is_half) {
        const std::uint32_t maker = order_.maker(what.step);
        if (maker != Order::kNone && nodes_[maker].state == NodeState::Stopped) {
            stop_node(node, StepEvent::Kind::Skipped, state::Outcome::Skipped,
                      {.message = "what was to come instead cannot be made"});
            return Prepared::Stopped;
        }
    }
    if (what.detaches) return prepare_detach(node, step);
    return what.removes ? prepare_remover(node, step) : prepare_maker(node, step);
}

Scheduler::Prepared Scheduler::prepare_maker(std::uint32_t node, const Step& step) {
    const std::uint32_t index = order_.nodes()[node].step;
    const StepNow now = now_[index];
    if (now.inputs->has_unknown()) return wait_for_owners(node);
    std::string beyond = beyond_approval(step, now);
    if (!beyond.empty()) {
        stop_node(node, StepEvent::Kind::Refused, state::Outcome::Refused,
                  {.message = std::move(beyond)});
        return Prepared::Stopped;
    }
    // A row whose old thing is gone has to be made, whatever the comparison with it says. And one
    // that was detached is not as it was, so that "nothing changes" is not true of it any
    // more.
    const bool makes_new =
        removed_[index] || now.action == StepAction::Create || now.action == StepAction::Replace;
    if (!makes_new && now.action == StepAction::None && !detached_.contains(index)) {
        finish_unchanged(node);
        return Prepared::Done;
    }
    const provider::ProviderInstance* instance = instance_of(node, step.connection);
    if (instance == nullptr) return Prepared::Stopped;
    prepare_intent(node, {.action = makes_new ? provider::Action::Create : provider::Action::Update,
                          .type = registry_.type(step.type),
                          .instance = instance});
    return Prepared::Start;
}

// Those that it comes to. Whether something is replaced is known by now: where an update turned out
// to be enough, nothing is detached.
std::vector<Detach> Scheduler::due_detaches(const Step& step) const {
    std::vector<Detach> out = step.detaches;
    std::erase_if(out, [&](const Detach& detach) {
        if (!detach.may) return false;
        const auto owner =
            std::ranges::lower_bound(plan_.steps, detach.address, {}, &Step::address);
        const StepNow now = now_[static_cast<std::uint32_t>(owner - plan_.steps.begin())];
        const bool stays = now.action == StepAction::Update || now.action == StepAction::None;
        return stays && !now.inputs->has_unknown();
    });
    return out;
}

// An update to what is there, detached: what else is to change comes with the update that follows.
Scheduler::Prepared Scheduler::prepare_detach(std::uint32_t node, const Step& step) {
    const std::vector<Detach> due = due_detaches(step);
    if (due.empty()) {
        finish_node(node, StepAction::None);
        return Prepared::Done;
    }
    const provider::ProviderInstance* instance = instance_of(node, step.connection);
    if (instance == nullptr) return Prepared::Stopped;
    const provider::ResourceType* type = registry_.type(step.type);
    prepare_intent(node, {.action = provider::Action::Update, .type = type, .instance = instance});
    provider::Intent& intent = nodes_[node].open->intent;
    // What is there and not what is wanted: that needs values of the thing that comes instead,
    // which does not exist yet. What is detached is all that changes by this call.
    intent.inputs = without_left_alone(*type, detached(*type, inputs_seen(step), due), due);
    intent.is_followed = true;
    nodes_[node].open->dependencies = step.recorded->dependencies;
    return Prepared::Start;
}

// The recorded inputs, as they were seen where that differs: nothing is set back on the way.
value::Value Scheduler::inputs_seen(const Step& step) const {
    value::Value out = step.recorded->inputs;
    const auto observed =
        std::ranges::lower_bound(plan_.observed, step.address, {}, &Observed::address);
    if (observed == plan_.observed.end() || observed->address != step.address) return out;
    const value::Value::Record* seen = observed->seen.inputs.as_record();
    if (seen == nullptr) return out;
    for (const auto& [name, value] : *seen) {
        const value::Value* recorded = out.find(name);
        if (recorded == nullptr || recorded->same_as(value)) continue;
        value::Value now = value;
        if (recorded->is_secret()) now.mark_secret();
        out.set(name, std::move(now));
    }
    return out;
}

Scheduler::Prepared Scheduler::prepare_remover(std::uint32_t node, const Step& step) {
    const std::uint32_t index = order_.nodes()[node].step;
    // A Delete was decided by the plan alone; the delete half of a replace is decided here,
    // perhaps with values that came late. It is the moment at which something is lost, so it is
    // looked at last.
    if (step.action != StepAction::Delete) {
        const StepNow now = now_[index];
        const bool is_known = !now.inputs->has_unknown();
        // Whether it has to go is still not known, and it is not taken away on a guess.
        if (now.action == StepAction::MayReplace && !is_known) return wait_for_owners(node);
        // With values now known the milder thing may do; what has unknown inputs here is certain.
        const bool may_keep = did_[index] == StepAction::Update ||
                              now.action == StepAction::Update || now.action == StepAction::None;
        if (may_keep && is_known) {
            finish_node(node, StepAction::None);
            return Prepared::Done;
        }
        std::string beyond = is_known ? beyond_approval(step, now) : "";
        if (!beyond.empty()) {
            stop_node(node, StepEvent::Kind::Refused, state::Outcome::Refused,
                      {.message = std::move(beyond)});
            return Prepared::Stopped;
        }
    }
    // By the recorded connection: the program may want it elsewhere, the old thing is where it was
    // made.
    const provider::ProviderInstance* instance = instance_of(node, step.recorded->connection);
    if (instance == nullptr) return Prepared::Stopped;
    prepare_intent(node, {.action = provider::Action::Delete,
                          .type = registry_.type(step.recorded->type),
                          .instance = instance});
    return Prepared::Start;
}

// The way to the platform; null after the node was stopped, as there is none.
provider::ProviderInstance* Scheduler::instance_of(std::uint32_t node,
                                                   const provider::ConnectionRef& connection) {
    auto found = registry_.instance_of(connection);
    if (found.ok()) {
        nodes_[node].link = *found;
        return *found;
    }
    stop_node(node, StepEvent::Kind::Failed, state::Outcome::Failed, reason_of(found.error()));
    return nullptr;
}

// A branch was decided by a value that came late: there is another owner to wait for.
Scheduler::Prepared Scheduler::wait_for_owners(std::uint32_t node) {
    bool waits = false;
    // `reads` is what the last evaluation touched: a branch that has just been decided may have
    // led to a resource that the plan did not know this one to depend on.
    for (const std::string& owner : *now_[order_.nodes()[node].step].reads) {
        const std::uint32_t maker = node_of(owner);
        if (maker == Order::kNone || maker == node || nodes_[maker].state == NodeState::Done)
            continue;
        if (nodes_[maker].state == NodeState::Stopped) {
            stop_node(node, StepEvent::Kind::Skipped, state::Outcome::Skipped,
                      {.message = fmt::format("it waits for {}", owner)});
            return Prepared::Stopped;
        }
        order_.add_edge(maker, node);
        ++nodes_[node].waits_for;
        waits = true;
    }
    // All that it reads is done and yet a value is missing: it stands behind a deferral, which the
    // next round opens, or behind a resource that was left out of this plan.
    if (!waits) {
        stop_node(node, StepEvent::Kind::Skipped, state::Outcome::Skipped,
                  {.message = "it needs a value that this run does not make known"});
        return Prepared::Stopped;
    }
    enter(node, NodeState::Waiting);
    return Prepared::Wait;
}

void Scheduler::prepare_intent(std::uint32_t node, const IntentRequest& request) {
    NodeRun& run = nodes_[node];
    const std::uint32_t step = order_.nodes()[node].step;
    const auto detached = detached_.find(step);
    IntentRequest whole = request;
    if (detached != detached_.end()) whole.detached = &detached->second;
    run.action = request.action;
    run.open = make_intent(plan_.steps[step], now_[step], whole);
    run.pure = is_pure(whole);
    run.probed = !needs_probe(whole, *run.open);
    run.started = elapsed();
    provider::Intent& intent = run.open->intent;
    intent.token = run_.new_token();   // also where nothing is recorded of it: ids are made from it
    intent.run = run_.id();
    intent.workspace = workspace_;
    intent.environment = options_.environment;
    run.open->opened = clock_.now();
}

}
