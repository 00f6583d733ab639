#include "engine/plan/order.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

namespace engine {

std::string_view name_of(StepAction action) {
    switch (action) {
        case StepAction::None: return "none";
        case StepAction::Update: return "update";
        case StepAction::MayReplace: return "may-replace";
        case StepAction::Replace: return "replace";
        case StepAction::Create: return "create";
        case StepAction::Delete: return "delete";
    }
    return "none";
}

namespace {

bool contains(const std::vector<std::uint32_t>& steps, std::uint32_t step) {
    return std::find(steps.begin(), steps.end(), step) != steps.end();
}

bool is_attached_to(const OrderStep& step, std::uint32_t owner) {
    return std::ranges::find(step.attached_to, owner, &OrderStep::Attached::owner) !=
           step.attached_to.end();
}

bool stays(const OrderStep& step) {
    return step.action == StepAction::Update || step.action == StepAction::MayReplace;
}

}

std::string_view explain(Order::Why why) {
    switch (why) {
        case Order::Why::Reads: return "because it reads its outputs";
        case Order::Why::DependedOn: return "because it depended on it";
        case Order::Why::Attached: return "because it is attached to it";
        case Order::Why::ReplaceOrder: return "as the order of replacement says";
        case Order::Why::Follows: return "because it names it";
        case Order::Why::Taken: return "because it takes its place";
        case Order::Why::Detached: return "because it detaches first";
    }
    return "";
}

// Nobody waits for what is only followed if that goes in circles.
static std::vector<OrderStep> without_follows(std::vector<OrderStep> steps,
                                              const std::vector<bool>& of) {
    for (std::uint32_t i = 0; i < steps.size(); ++i) {
        if (!of[i]) continue;
        steps[i].follows.clear();
        steps[i].followed_before.clear();
        steps[i].goes_after.clear();
    }
    return steps;
}

// First as few detached as possible: each is a call of its own at the platform. Only where that
// goes in circles are those of the circles detached first that can be, as then nothing of them need
// wait. Example: `a` has the address that `b` is to have, and the other way round. Either could be
// given it only when the other one is without. So: detach `a`, detach `b`, update `a`, update `b`.
base::Result<Order> Order::create(const std::vector<OrderStep>& steps) {
    const std::vector<bool> none(steps.size(), false);
    Order eager = arrange(steps, none, NewThings::Eager);
    if (eager.sequence_.size() == eager.nodes_.size()) return eager;
    Order order = arrange(steps, none, NewThings::Lazy);
    if (order.sequence_.size() == order.nodes_.size()) return order;
    const std::vector<bool> in_circles = order.steps_in_circles(steps.size());
    for (std::uint32_t i = 0; i < steps.size(); ++i) {
        if (in_circles[i] && steps[i].follows_any())
            return create(without_follows(steps, in_circles));
    }
    const std::vector<bool> detached = order.detachable_in_circles(steps);
    Order detaching = arrange(steps, detached, NewThings::Lazy);
    if (detaching.sequence_.size() == detaching.nodes_.size()) return detaching;
    // A new `b` has the name of the old `a`, and `c` read `a` and is to read `b`: that `c` lets go
    // of `a` before `a` goes is wished for, not needed.
    Order loose =
        arrange(steps, detached, NewThings::Lazy, detaching.steps_in_circles(steps.size()));
    if (loose.sequence_.size() == loose.nodes_.size()) return loose;
    return order.cycle(steps);
}

// From a file or another process: nothing of it may be trusted, as nodes and edges are used as
// indexes, and a circle would leave an apply waiting for itself.
base::Result<Order> Order::from_parts(std::size_t steps, std::vector<Node> nodes,
                                      std::vector<std::vector<Edge>> edges) {
    Order order;
    order.makers_.assign(steps, kNone);
    order.removers_.assign(steps, kNone);
    order.detachers_.assign(steps, kNone);
    if (edges.size() != nodes.size()) {
        return base::invalid_argument("an order has not one list of followers for each node");
    }
    for (std::uint32_t at = 0; at < nodes.size(); ++at) {
        const Node& node = nodes[at];
        if (node.step >= steps || (node.removes && node.detaches)) {
            return base::invalid_argument("an order names a step that there is not");
        }
        auto& of = node.detaches  ? order.detachers_
                   : node.removes ? order.removers_
                                  : order.makers_;
        if (of[node.step] != kNone) {
            return base::invalid_argument("an order does the same twice");
        }
        of[node.step] = at;
    }
    // The counts are made anew and not read, so that they cannot contradict the edges.
    order.nodes_ = std::move(nodes);
    order.edges_ = std::move(edges);
    order.waits_for_.assign(order.nodes_.size(), 0);
    for (const std::vector<Edge>& followers : order.edges_) {
        for (const Edge& next : followers) {
            if (next.follower >= order.nodes_.size()) {
                return base::invalid_argument("an order names a node that there is not");
            }
            ++order.waits_for_[next.follower];
        }
    }
    if (!order.sort()) return base::invalid_argument("an order goes in circles");
    return order;
}

Order Order::arrange(const std::vector<OrderStep>& steps, const std::vector<bool>& detached,
                     NewThings new_things, const std::vector<bool>& loose) {
    Order order;
    order.add_nodes(steps, detached);
    order.add_edges(steps, new_things, loose);
    order.sort();
    return order;
}

void Order::add_edge(std::uint32_t first, std::uint32_t then) { edge(first, then, Why::Reads); }

// Whether the step, which outlives what it is attached to, is detached in a phase of its own: when
// its update would not do it, or waits for what comes instead.
bool Order::must_detach(const std::vector<OrderStep>& steps, std::uint32_t index) const {
    const OrderStep& step = steps[index];
    if (!stays(step)) return false;
    return std::ranges::any_of(step.attached_to, [&](const OrderStep::Attached& to) {
        const OrderStep& owner = steps[to.owner];
        if (!removes(owner.action)) return false;
        // A deletion has nothing that comes instead, and where the new one is made first, the
        // update is done before the old one goes: in neither case does the update wait for
        // something that waits for it.
        return to.must_detach || (owner.action != StepAction::Delete && !owner.create_first &&
                                  contains(step.reads, to.owner));
    });
}

void Order::add_nodes(const std::vector<OrderStep>& steps, const std::vector<bool>& detached) {
    nodes_.reserve(steps.size());
    makers_.assign(steps.size(), kNone);
    removers_.assign(steps.size(), kNone);
    detachers_.assign(steps.size(), kNone);
    for (std::uint32_t step = 0; step < steps.size(); ++step) {
        if (detached[step] || must_detach(steps, step)) {
            // In this order the numbers of the nodes are those of a run of one step after the
            // other, which the scheduler falls back on among nodes of equal height.
            detachers_[step] = static_cast<std::uint32_t>(nodes_.size());
            nodes_.push_back({.step = step, .removes = false, .detaches = true});
        }
        if (removes(steps[step].action)) {
            removers_[step] = static_cast<std::uint32_t>(nodes_.size());
            nodes_.push_back({.step = step, .removes = true});
        }
        if (steps[step].action != StepAction::Delete) {
            makers_[step] = static_cast<std::uint32_t>(nodes_.size());
            nodes_.push_back({.step = step, .removes = false});
        }
    }
    edges_.resize(nodes_.size());
    waits_for_.assign(nodes_.size(), 0);
}

void Order::add_edges(const std::vector<OrderStep>& steps, NewThings new_things,
                      const std::vector<bool>& loose) {
    for (std::uint32_t index = 0; index < steps.size(); ++index) {
        const OrderStep& step = steps[index];
        std::uint32_t maker = makers_[index];
        std::uint32_t remover = removers_[index];
        if (maker != kNone && remover != kNone) {
            edge(step.create_first ? maker : remover, step.create_first ? remover : maker,
                 Why::ReplaceOrder);
        }
        add_detach_edges(steps, index);
        add_taken_edges(steps, index);
        for (std::uint32_t owner : step.reads) {
            // Rule 1: what is read is made first.
            if (maker != kNone && makers_[owner] != kNone) edge(makers_[owner], maker, Why::Reads);
            // Whether it comes to a replacement is known only then.
            // The delete half waits too: before the values are known it might delete what only had
            // to be changed.
            if (step.action == StepAction::MayReplace && makers_[owner] != kNone) {
                edge(makers_[owner], remover, Why::Reads);
            }
            // Nothing is lost before it is certain that there is what comes instead of it needs.
            const bool is_new =
                steps[owner].action == StepAction::Create || steps[owner].is_outlived;
            if (step.action == StepAction::Replace && new_things == NewThings::Eager && is_new &&
                !step.create_first && makers_[owner] != kNone) {
                edge(makers_[owner], remover, Why::Reads);
            }
            add_removal_edges(step, index, owner, steps[owner], false);
        }
        for (const std::uint32_t owner : step.follows) {
            if (maker != kNone && makers_[owner] != kNone)
                edge(makers_[owner], maker, Why::Follows);
        }
        for (const std::uint32_t owner : step.goes_after) {
            if (remover != kNone && makers_[owner] != kNone)
                edge(makers_[owner], remover, Why::DependedOn);
        }
        for (const std::uint32_t owner : step.followed_before) {
            add_removal_edges(step, index, owner, steps[owner], true);
        }
        // Rule 2, of the world as it is: what depended on a thing goes before the thing. It
        // follows the recorded dependencies, since the old objects know nothing of the new
        // program.
        for (std::uint32_t owner : step.read_before) {
            // Once is enough: a dependency that stays is in both lists.
            if (contains(step.reads, owner) && remover != kNone) continue;
            // Its change is no reason for the old one to wait; its own removal still is.
            if (!loose.empty() && loose[index] && remover == kNone) continue;
            // Detached, it does not depend on it any more.
            if (detachers_[index] != kNone && is_attached_to(step, owner)) continue;
            add_removal_edges(step, index, owner, steps[owner], true);
        }
    }
}

void Order::add_detach_edges(const std::vector<OrderStep>& steps, std::uint32_t index) {
    const OrderStep& step = steps[index];
    const std::uint32_t detacher = detachers_[index];
    if (detacher != kNone) {
        // Both halves of a replace come after it is detached, or its delete would race with a
        // call at the same object.
        edge(detacher, makers_[index], Why::Detached);
        if (removers_[index] != kNone) edge(detacher, removers_[index], Why::Detached);
    }
    for (const OrderStep::Attached& to : step.attached_to) {
        const std::uint32_t goes = removers_[to.owner];
        if (goes == kNone || to.owner == index) continue;
        if (detacher == kNone) {
            // Its update is what detaches it, or its removal. Where the update reads the new one
            // as well, this edge would be one half of a circle: the old thing then waits for
            // nobody, and it is the platform that says whether it can go.
            const bool is_removed =
                step.action == StepAction::Delete || step.action == StepAction::Replace;
            if (is_removed) edge(removers_[index], goes, Why::Attached);
            if (step.action == StepAction::Update && !contains(step.reads, to.owner)) {
                edge(makers_[index], goes, Why::Attached);
            }
            continue;
        }
        edge(detacher, goes, Why::Attached);
        if (to.attaches_again) {
            edge(goes, makers_[index], Why::DependedOn);
            // What comes instead may be what it is attached to now.
            const std::uint32_t comes = makers_[to.owner];
            if (comes != kNone && !contains(step.reads, to.owner)) {
                edge(comes, makers_[index], Why::Reads);
            }
        }
        if (steps[to.owner].action != StepAction::MayReplace) continue;
        // Nothing is detached before it is known that the other one goes.
        for (std::uint32_t decides : steps[to.owner].reads) {
            if (makers_[decides] != kNone && decides != index) {
                edge(makers_[decides], detacher, Why::Reads);
            }
        }
    }
}

// It can have it when the other one has let go: by being detached, removed or changed.
void Order::add_taken_edges(const std::vector<OrderStep>& steps, std::uint32_t index) {
    if (makers_[index] == kNone) return;
    for (const std::uint32_t from : steps[index].takes_from) {
        std::uint32_t frees = detachers_[from];
        if (frees == kNone) {
            frees = stays(steps[from]) ? makers_[from] : removers_[from];
        }
        if (frees != kNone && from != index) edge(frees, makers_[index], Why::Taken);
    }
}

// What has to happen to a dependent before the thing it depended on goes away.
void Order::add_removal_edges(const OrderStep& step, std::uint32_t index, std::uint32_t owner,
                              const OrderStep& owner_step, bool recorded) {
    std::uint32_t goes = removers_[owner];
    if (goes == kNone || owner == index || owner_step.is_outlived) return;
    // The dependent goes too, and before: a platform refuses to delete a network with servers in
    // it. What may be replaced is not certain to go, so nothing can be made to wait for its going.
    if (removers_[index] != kNone && step.action != StepAction::MayReplace) {
        edge(removers_[index], goes, Why::DependedOn);
        return;
    }
    // The dependent stays and is changed. If the owner is deleted for good or makes its new one
    // first, the change comes before the old one goes, so that the dependent is never left with
    // nothing. If the old one goes first, the dependent needs the new one for its change, so it
    // cannot come before.
    bool outlives = owner_step.action == StepAction::Delete || owner_step.create_first;
    if (recorded && outlives && step.action != StepAction::Create) {
        edge(makers_[index], goes, Why::DependedOn);
    }
}

void Order::edge(std::uint32_t first, std::uint32_t then, Why why) {
    edges_[first].push_back({.follower = then, .why = why});
    ++waits_for_[then];
}

// Kahn's algorithm. By number where nothing else decides, so that plans are alike each time. What
// is in a circle, or behind one, never gets into the sequence: that is how circles are found.
bool Order::sort() {
    std::vector<std::uint32_t> waiting = waits_for_;
    sequence_.reserve(nodes_.size());
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
        if (waiting[node] == 0) sequence_.push_back(node);
    }
    for (std::size_t at = 0; at < sequence_.size(); ++at) {
        for (const Edge& next : edges_[sequence_[at]]) {
            if (--waiting[next.follower] == 0) sequence_.push_back(next.follower);
        }
    }
    return sequence_.size() == nodes_.size();
}

// Of what is left when nothing more can come first, whatever nothing else waits for is no part of a
// circle, but behind one.
std::vector<bool> Order::nodes_in_circles() const {
    std::vector<bool> is_left(nodes_.size(), true);
    for (const std::uint32_t node : sequence_) is_left[node] = false;
    std::vector<std::vector<std::uint32_t>> before(nodes_.size());
    std::vector<std::uint32_t> waiting(nodes_.size(), 0);   // how many wait for it
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
        for (const Edge& next : edges_[node]) {
            if (!is_left[node] || !is_left[next.follower]) continue;
            before[next.follower].push_back(node);
            ++waiting[node];
        }
    }
    std::vector<std::uint32_t> work;
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
        if (is_left[node] && waiting[node] == 0) work.push_back(node);
    }
    while (!work.empty()) {
        const std::uint32_t node = work.back();
        work.pop_back();
        is_left[node] = false;
        for (const std::uint32_t first : before[node]) {
            if (--waiting[first] == 0) work.push_back(first);
        }
    }
    return is_left;
}

std::vector<bool> Order::steps_in_circles(std::size_t steps) const {
    const std::vector<bool> is_left = nodes_in_circles();
    std::vector<bool> out(steps, false);
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
        if (is_left[node]) out[nodes_[node].step] = true;
    }
    return out;
}

std::vector<bool> Order::detachable_in_circles(const std::vector<OrderStep>& steps) const {
    std::vector<bool> out = steps_in_circles(steps.size());
    for (std::uint32_t index = 0; index < steps.size(); ++index) {
        const OrderStep& step = steps[index];
        const bool can = !step.attached_to.empty() || step.is_taken_from;
        out[index] = out[index] && can && stays(step);
    }
    return out;
}

}
