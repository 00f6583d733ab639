#include "engine/apply/scheduler.hpp"

#include "base/last_catch.hpp"
#include "base/worker_pool.hpp"

// The calls that workers make for one node. Nothing of the scheduler is touched by them: what they
// find out goes into the inbox.
namespace engine {

constexpr std::chrono::milliseconds kQueueFull{10};   // until a place in the pool's queue is free

provider::CallContext Scheduler::context_of(std::uint32_t node) const {
    const NodeRun& run = nodes_[node];
    return {.stop = options_.second,
            .timeout = run.open->call_deadline,
            .wake = [inbox = inbox_,
                     node] { inbox->put({.kind = Message::Kind::Woken, .node = node}); },
            .patience = options_.waits,
            .who = run.link->record->label()};
}

void Scheduler::probe(std::uint32_t node) {
    NodeRun& run = nodes_[node];
    enter(node, NodeState::Probing);
    // The intent is shared with the worker and not changed by this thread until its message came.
    auto job = [inbox = inbox_, node, open = run.open, connection = run.link->connection.get(),
                type = registry_.type(run.open->intent.type),
                context = context_of(node)](const std::stop_token&) {
        auto seen = base::last_catch([&] {
            return connection->read(*type, open->intent.key, open->intent.inputs, context);
        });
        Message message{.kind = Message::Kind::Probed,
                        .node = node,
                        .found_absent = seen.ok() && !seen->has_value(),
                        .outcome = {},
                        .found = {}};
        inbox->put(std::move(message));
    };
    if (workers_.submit(std::move(job)).ok()) {
        ++in_flight_;
        return;
    }
    --calls_of_link_[run.link];
    // Recovery may then be unable to claim the thing as ours, which asks a person and harms
    // nothing. To wait would hold up all that is ready behind it.
    run.probed = true;   // the queue is full: go without
    make_ready(node);
}

void Scheduler::call(std::uint32_t node) {
    NodeRun& run = nodes_[node];
    if (run.state == NodeState::Committing) {
        tell(node, StepEvent::Kind::Started);
        run_.note_begun(run.open->intent.token);
    }
    enter(node, NodeState::Calling);
    run.is_woken = false;
    auto job = [inbox = inbox_, node, open = run.open, connection = run.link->connection.get(),
                context = context_of(node)](const std::stop_token&) {
        const provider::Intent& intent = open->intent;
        Message message{.kind = Message::Kind::Called,
                        .node = node,
                        .found_absent = false,
                        .outcome = {},
                        .found = {}};
        // A handle says that the platform has begun: a second `start` would make it twice.
        message.outcome = base::last_catch([&] {
            return intent.handle.empty() ? connection->start(intent, context)
                                         : connection->poll(intent, context);
        });
        // Asked by the same worker at once, while what the platform shows is fresh. "Failed" may
        // be a lost answer to a request that was carried out.
        if (!message.outcome->ok()) {
            auto found = base::last_catch([&] { return connection->find(intent, context); });
            if (found.ok()) message.found = std::move(found).value();
        }
        inbox->put(std::move(message));
    };
    if (workers_.submit(std::move(job)).ok()) {
        ++in_flight_;
        return;
    }
    --calls_of_link_[run.link];
    ask_later(node, kQueueFull);
}

// Nothing outside: the result is computed here and now.
void Scheduler::call_pure(std::uint32_t node) {
    NodeRun& run = nodes_[node];
    auto started = base::last_catch(
        [&] { return run.link->connection->start(run.open->intent, {.stop = options_.second}); });
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

}
