#include "engine/apply/node.hpp"

#include "base/check.hpp"

namespace engine {

std::string_view name_of(NodeState state) {
    switch (state) {
        case NodeState::Waiting: return "waiting";
        case NodeState::Ready: return "ready";
        case NodeState::Probing: return "probing";
        case NodeState::Committing: return "committing";
        case NodeState::Calling: return "calling";
        case NodeState::Queued: return "queued";
        case NodeState::Polling: return "polling";
        case NodeState::Done: return "done";
        case NodeState::Stopped: return "stopped";
    }
    UNREACHABLE();
}

namespace {

struct Transition {
    NodeState from;
    NodeState to;
};

// Each transition in which something outside may begin goes through Committing: there is no way
// from Ready to Calling. And none leads out of Done or Stopped, so that a late answer cannot undo
// a result.
constexpr Transition kTransitions[] = {
    {NodeState::Waiting, NodeState::Ready},     // the last that it waited for is done
    {NodeState::Waiting, NodeState::Stopped},   // one of those failed: it is skipped
    {NodeState::Ready, NodeState::Waiting},     // values that came late showed another owner
    {NodeState::Ready, NodeState::Probing},     // names prove nothing without a look beforehand
    {NodeState::Ready, NodeState::Committing},
    {NodeState::Ready, NodeState::Done},      // nothing to do, or nothing outside
    {NodeState::Ready, NodeState::Stopped},   // refused, skipped, or its inputs failed
    {NodeState::Probing, NodeState::Ready},
    {NodeState::Committing, NodeState::Ready},     // the state could not be written: no call
    {NodeState::Committing, NodeState::Calling},   // the intent is durable
    {NodeState::Calling, NodeState::Calling},      // the next phase, or the queue was full
    {NodeState::Calling, NodeState::Queued},
    {NodeState::Calling, NodeState::Polling},
    {NodeState::Calling, NodeState::Done},
    {NodeState::Calling, NodeState::Stopped},
    {NodeState::Queued, NodeState::Calling},
    // There is no such way back from Calling: the request may have been sent.
    {NodeState::Queued, NodeState::Ready},   // nothing may start any more: it was not begun
    {NodeState::Polling, NodeState::Calling},
    {NodeState::Polling, NodeState::Stopped},   // it is not waited for any more
};

}

bool may_follow(NodeState from, NodeState to) {
    for (const Transition& transition : kTransitions) {
        if (transition.from == from && transition.to == to) return true;
    }
    return false;
}

}
