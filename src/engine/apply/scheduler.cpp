#include "engine/apply/scheduler.hpp"

#include "base/check.hpp"
#include "base/probe.hpp"
#include "base/worker_pool.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {
namespace {

using std::chrono::milliseconds;

// A commit costs a sync of the disk, whatever it holds. The bound keeps the first calls of a large
// plan from waiting for the last intent.
constexpr std::size_t kBatch = 512;              // intents and results of one transaction
constexpr milliseconds kIdle{100};               // how often the listener may redraw
constexpr milliseconds kCommitRetryTime{3000};   // for results that have nowhere to go

}

// The order is copied because it grows while it is run (`wait_for_owners`); the plan stays as
// shown.
Scheduler::Scheduler(const Plan& plan, LateEvaluation* late, provider::ProviderRegistry& registry,
                     state::Run& run, std::string workspace, base::WorkerPool& workers,
                     ApplyListener& listener, const ApplyOptions& options)
    : plan_(plan), late_(late), registry_(registry), now_(plan), order_(plan.order), run_(run),
      workspace_(std::move(workspace)), workers_(workers), listener_(listener), options_(options),
      clock_(options.clock != nullptr ? *options.clock : base::system_clock()) {
    nodes_.resize(order_.nodes().size());
    step_nodes_left_.assign(plan_.steps.size(), 0);
    did_.assign(plan_.steps.size(), StepAction::None);
    removed_.assign(plan_.steps.size(), false);
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
        nodes_[node].waits_for = order_.waits_for(node);
        ++step_nodes_left_[order_.nodes()[node].step];
    }
    number_heights();
    report_.run = run.number();
    report_.counts.done.unchanged = plan.summary.unchanged;
}

// What the longest chain waits for is started first.
void Scheduler::number_heights() {
    const auto& sequence = order_.sequence();
    for (std::size_t i = sequence.size(); i-- > 0;) {
        std::uint32_t height = 0;
        for (const Order::Edge& edge : order_.followers(sequence[i])) {
            height = std::max(height, nodes_[edge.follower].height + 1);
        }
        nodes_[sequence[i]].height = height;
    }
}

std::chrono::nanoseconds Scheduler::elapsed() const { return clock_.elapsed(); }

void Scheduler::run() {
    for (const state::Row& row : plan_.record_updates) {
        pending_.results.push_back(
            {.kind = state::StepResult::Kind::Write, .row = row, .token = {}});
    }
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
        if (nodes_[node].waits_for == 0) make_ready(node);
    }
    if (late_ != nullptr) {
        late_->on_answer([inbox = inbox_] {
            inbox->put({.kind = Message::Kind::Answered, .node = Order::kNone});
        });
    }
    for (;;) {
        bool progressed = launch();
        if (options_.second.stop_requested()) {
            base::probe("apply: interrupted twice");
            break;
        }
        if (in_flight_ == 0 && polling_.empty() && !late_waits_) {
            // Nothing is under way and nothing can begin: what is left was skipped, or waits for
            // what was.
            if (progressed) continue;
            if (!catch_up()) break;
            continue;
        }
        if (progressed && !ready_.empty()) {
            receive();
        } else {
            wait();
        }
        poll_due();
    }
    report_.interrupted =
        options_.first.stop_requested() &&
        std::any_of(nodes_.begin(), nodes_.end(), [](const NodeRun& node) {
            return node.state != NodeState::Done && node.state != NodeState::Stopped;
        });
    leave_begun();
    write_the_rest();
    report_.appeared.assign(appeared_.begin(), appeared_.end());
    for (std::uint32_t left : step_nodes_left_) {
        // Whatever was neither done nor reported was not begun.
        if (left != 0 && left != Order::kNone) ++report_.counts.skipped;
    }
}

void Scheduler::enter(std::uint32_t node, NodeState state) {
    NodeRun& run = nodes_[node];
    CHECK(may_follow(run.state, state));
    if (run.state == NodeState::Queued) --queued_of_link_[run.link];
    if (state == NodeState::Queued) ++queued_of_link_[run.link];
    run.state = state;
}

void Scheduler::make_ready(std::uint32_t node) {
    enter(node, NodeState::Ready);
    // Of equal heights the lower number goes first (hence the complement): runs are alike each
    // time.
    ready_.emplace(nodes_[node].height, ~node);
}

// A lost lease or a state that cannot be written stops only what is new: the calls that are out
// are durable intents, and their answers are wanted.
bool Scheduler::may_start() const {
    return !options_.first.stop_requested() && !state_broken_ && !lease_lost_ &&
           !(failed_ && options_.stop_on_failure);
}

std::size_t Scheduler::room(const provider::ProviderInstance& link) const {
    const std::size_t most = std::max<std::size_t>(1, link.connection->capabilities().max_parallel);
    // Each that is queued is asked again and again: beyond some rounds of them, more of them only
    // cost. Not fewer, as those at the head may all wait for one thing, and others for another.
    constexpr std::size_t kQueuedRounds = 32;
    const auto queued = queued_of_link_.find(&link);
    if (queued != queued_of_link_.end() && queued->second >= kQueuedRounds * most) return 0;
    auto calls = calls_of_link_.find(&link);
    return calls == calls_of_link_.end() ? most : most - std::min(most, calls->second);
}

// Only as many as can go, so that a thousand that wait cost nothing each time that one has ended.
void Scheduler::take_those_with_room() {
    for (auto& [link, waiting] : no_room_) {
        for (std::size_t left = room(*link); left > 0 && !waiting.empty(); --left) {
            ready_.push(waiting.top());
            waiting.pop();
        }
    }
}

// Prepares what is ready, makes intents durable together with the results that came in, and hands
// the calls out. Tells whether anything happened.
bool Scheduler::launch() {
    bool progressed = false;
    take_those_with_room();
    while (!ready_.empty() && may_start() && !late_waits_ &&
           pending_.open.size() + pending_.results.size() < kBatch) {
        std::uint32_t node = ~ready_.top().second;
        ready_.pop();
        if (nodes_[node].state != NodeState::Ready) continue;
        Prepared prepared = prepare(node);
        if (prepared != Prepared::Start) {
            progressed = true;
            continue;
        }
        const NodeRun& run = nodes_[node];
        if (run.link != nullptr && !run.pure && room(*run.link) == 0) {
            // The link's own queue and not `ready_`: those would be prepared and put back at each
            // turn.
            no_room_[nodes_[node].link].emplace(nodes_[node].height, ~node);
            continue;
        }
        progressed = true;
        if (nodes_[node].pure) {
            call_pure(node);
        } else if (!nodes_[node].probed) {
            // The look comes before the intent is durable. It changes nothing, and its answer is
            // part of what is made durable.
            probe(node);
            ++calls_of_link_[nodes_[node].link];
        } else {
            enter(node, NodeState::Committing);
            pending_.open.push_back(*nodes_[node].open);
            to_call_.push_back(node);
            ++calls_of_link_[nodes_[node].link];
        }
    }
    evaluate_on();
    if (!pending_.empty()) progressed = commit() || progressed;
    return progressed;
}

// On failure nothing is lost: results and phases stay for the next time, intents are taken back.
bool Scheduler::commit() {
    auto written = run_.commit(pending_);
    if (!written.ok()) {
        // Somebody else has taken the lease over (`state` says Conflict): nothing of ours may be
        // written any more, not even later.
        base::probe("apply: a batch cannot be written");
        lease_lost_ = lease_lost_ || written.error().code() == base::Code::Conflict;
        if (!state_broken_) broken_since_ = elapsed();
        state_broken_ = true;
        if (!report_.fatal) report_.fatal = std::move(written).error();
        // The calls of these were not made, so their intents may be forgotten. The first error
        // stays: it is the cause, the later ones follow from it.
        pending_.open.clear();
        std::erase_if(to_call_, [&](std::uint32_t node) {
            // Phases of what is Calling stay in the list: their operations are begun, and their
            // next call is made after a commit that succeeds.
            if (nodes_[node].state != NodeState::Committing) return false;
            --calls_of_link_[nodes_[node].link];
            make_ready(node);
            return true;
        });
        return false;
    }
    pending_ = {};
    if (state_broken_ && !lease_lost_) {
        base::probe("apply: the state can be written again");
        state_broken_ = false;
        report_.fatal.reset();
        report_.warnings.push_back(
            "the state could not be written for a while; all of it is written now");
    }
    // Only here do calls begin: what they rest on is durable now.
    for (std::uint32_t node : to_call_) call(node);
    to_call_.clear();
    return true;
}

void Scheduler::wait() {
    std::unique_lock lock(inbox_->mutex);
    auto until = kIdle;
    if (!polling_.empty()) {
        auto left = std::chrono::duration_cast<milliseconds>(polling_.begin()->first - elapsed());
        until = std::clamp(left, milliseconds{1}, until);
    }
    inbox_->arrived.wait_for(lock, until, [&] { return !inbox_->messages.empty(); });
    lock.unlock();
    receive();
    listener_.idle();
}

void Scheduler::receive() {
    std::deque<Message> messages;
    {
        const std::lock_guard lock(inbox_->mutex);
        messages.swap(inbox_->messages);
    }
    for (Message& message : messages) {
        if (message.kind == Message::Kind::Answered) {
            cells_set_ = true;
            continue;
        }
        if (message.kind == Message::Kind::Woken) {
            on_woken(message.node);
            continue;
        }
        --in_flight_;
        on_message(message);
    }
    evaluate_on();
}

void Scheduler::poll_due() {
    if (nothing_more_begins()) take_back_queued();
    const std::chrono::nanoseconds moment = elapsed();
    while (!polling_.empty() && polling_.begin()->first <= moment) {
        std::uint32_t node = polling_.begin()->second;
        polling_.erase(polling_.begin());
        // It would begin, and for now nothing may.
        if (nodes_[node].state == NodeState::Queued && !may_start()) {
            nodes_[node].is_woken = false;
            ask_later(node, kIdle);
            continue;
        }
        // Polls are not held to `max_parallel`: an operation that goes on should not be asked
        // about later because others want to begin.
        ++calls_of_link_[nodes_[node].link];
        call(node);
    }
}

// For good. That the state cannot be written may pass (a disk that is full), but not for ever.
bool Scheduler::nothing_more_begins() const {
    return options_.first.stop_requested() || lease_lost_ ||
           (failed_ && options_.stop_on_failure) ||
           (state_broken_ && elapsed() - broken_since_ > kCommitRetryTime);
}

void Scheduler::ask_later(std::uint32_t node, std::chrono::nanoseconds pause) {
    NodeRun& run = nodes_[node];
    run.ask_at = elapsed() + (run.is_woken ? std::chrono::nanoseconds(0) : pause);
    polling_.emplace(run.ask_at, node);
}

// Its connection has more to tell than it answered last, or than it is answering just now.
void Scheduler::on_woken(std::uint32_t node) {
    NodeRun& run = nodes_[node];
    run.is_woken = true;
    if (polling_.erase({run.ask_at, node}) != 0) ask_later(node, {});
}

// What nobody has begun must not be begun by asking for it.
void Scheduler::take_back_queued() {
    std::erase_if(polling_, [&](const Poll& poll) {
        if (nodes_[poll.second].state != NodeState::Queued) return false;
        take_back(poll.second);
        return true;
    });
}

// Its connection has sent nothing: it is as if it had not been begun.
void Scheduler::take_back(std::uint32_t node) {
    base::probe("apply: what was queued is taken back");
    // Closed as Absent, without a horizon: the connection has told that nothing was sent, so
    // nothing can act later. Left open, it would block its address for the next plan without
    // reason.
    state::StepResult nothing{.kind = state::StepResult::Kind::Keep, .row = {}, .token = {}};
    const provider::Intent& intent = nodes_[node].open->intent;
    nothing.token = intent.token;
    // The lease that it is written under: without it the whole batch would be refused.
    nothing.row.address = intent.address;
    nothing.row.generation = intent.generation;
    nothing.outcome = state::Outcome::Absent;
    pending_.results.push_back(std::move(nothing));
    nodes_[node].open.reset();
    enter(node, NodeState::Ready);
}

// Cells became known: whatever touched them is evaluated again, before anything of it starts.
void Scheduler::evaluate_on() {
    if (!cells_set_) return;
    cells_set_ = false;
    LateEvaluation::Advance advance = late_->advance();
    late_waits_ = advance.is_waiting;
    for (const Problem& problem : advance.problems) {
        std::string message = problem.diagnostic ? problem.diagnostic->message : problem.message;
        std::uint32_t node = node_of(problem.address);
        // A call that is out is not called back by a problem of its inputs: it goes on with those
        // that it has, and the problem is told.
        if (node == Order::kNone || nodes_[node].state > NodeState::Ready) {
            report_.warnings.push_back(std::move(message));
        } else {
            stop_node(node, StepEvent::Kind::Failed, state::Outcome::Failed,
                      {.message = std::move(message),
                       .help = problem.help,
                       .advice = problem.advice,
                       .code = problem.code});
        }
    }
    for (LateStep& step : advance.steps) {
        const std::uint32_t node = node_of(step.address);
        if (node != Order::kNone) now_.take(order_.nodes()[node].step, std::move(step));
    }
    appeared_.insert(advance.appeared.begin(), advance.appeared.end());
    if (advance.outputs) report_.outputs = std::move(advance.outputs);
}

// Once, when nothing is left to do: what touched several cells of which some never became known.
bool Scheduler::catch_up() {
    if (late_ == nullptr || caught_up_) return false;
    caught_up_ = true;
    if (!late_->catch_up()) return false;
    cells_set_ = true;
    evaluate_on();
    return true;
}

// Results must not be lost: the state may become writable again (a disk that was full).
void Scheduler::write_the_rest() {
    // Intents whose calls were never made. They must not be written now, as nobody would close
    // them.
    pending_.open.clear();
    auto deadline = elapsed() + kCommitRetryTime;
    while (!pending_.empty() && !lease_lost_) {
        if (commit() || elapsed() > deadline || options_.second.stop_requested()) break;
        std::unique_lock lock(inbox_->mutex);
        inbox_->arrived.wait_for(lock, milliseconds{200}, [] { return false; });
    }
    if (pending_.empty()) return;
    base::probe("apply: results stay unwritten");
    std::string text = state::readable(pending_);
    while (!text.empty()) {
        std::size_t end = text.find('\n');
        report_.unwritten.push_back(text.substr(0, end));
        text.erase(0, end == std::string::npos ? text.size() : end + 1);
    }
}

}
