#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

// What is to happen to one resource, weakest first: approval of one covers those before it that
// can be what it turns out to be.
enum class StepAction : std::uint8_t { None, Update, MayReplace, Replace, Create, Delete };

std::string_view name_of(StepAction action);

inline bool removes(StepAction action) {
    return action == StepAction::Delete || action == StepAction::Replace ||
           action == StepAction::MayReplace;
}

// What the order needs to know of a step. Steps are named by their index.
struct OrderStep {
    // Something that goes away, which its recorded inputs attach it to.
    struct Attached {
        std::uint32_t owner = 0;
        bool must_detach = false;      // its update alone would not detach it
        bool attaches_again = false;   // by its update, when the other one is gone
    };
    bool follows_any() const {
        return !follows.empty() || !followed_before.empty() || !goes_after.empty();
    }

    std::string_view address;
    StepAction action = StepAction::None;
    bool create_first = false;          // of a replace
    std::vector<std::uint32_t> reads;   // steps of what the new program reads, and `after`
    // Of what the program reads only inputs of: it comes after them where that closes no circle.
    std::vector<std::uint32_t> follows;
    // Of what has its new one first: until that is there, this one stays.
    std::vector<std::uint32_t> goes_after;
    std::vector<std::uint32_t> followed_before;   // of those that the recorded row followed
    std::vector<std::uint32_t> read_before;       // steps of what the recorded row depended on
    std::vector<Attached> attached_to;
    std::vector<std::uint32_t> takes_from;   // steps of what has now what only one can have
    bool is_taken_from = false;              // it can be detached from what others take
    bool is_outlived = false;                // what depended on it needs it no more
};

// Nodes and what waits for what. A step is one node; a replace is two; an update of what is
// attached to a thing that goes away detaches it first, in a node of its own (ENGINE §4).
class Order {
public:
    struct Node {
        std::uint32_t step = 0;
        bool removes = false;    // the delete, or the delete half of a replace
        bool detaches = false;   // from what goes away; its update follows
    };
    enum class Why : std::uint8_t {
        Reads,
        DependedOn,
        Attached,
        ReplaceOrder,
        Detached,
        Taken,
        Follows,
    };
    struct Edge {
        std::uint32_t follower = 0;
        Why why = Why::Reads;
    };
    static constexpr std::uint32_t kNone = UINT32_MAX;

    // A cycle is refused, with the shortest loop and the reason of each edge.
    static base::Result<Order> create(const std::vector<OrderStep>& steps);

    // The same again, from what nodes() and followers() told of `steps` steps. InvalidArgument for
    // parts that do not fit together or go in circles.
    static base::Result<Order> from_parts(std::size_t steps, std::vector<Node> nodes,
                                          std::vector<std::vector<Edge>> edges);

    const std::vector<Node>& nodes() const { return nodes_; }
    const std::vector<Edge>& followers(std::uint32_t node) const { return edges_[node]; }
    std::uint32_t waits_for(std::uint32_t node) const { return waits_for_[node]; }
    // The node that makes or changes the step's resource; the one that removes it. Or kNone.
    std::uint32_t maker(std::uint32_t step) const { return makers_[step]; }
    std::uint32_t remover(std::uint32_t step) const { return removers_[step]; }
    std::uint32_t detacher(std::uint32_t step) const { return detachers_[step]; }
    // Nodes such that each comes after those it waits for.
    const std::vector<std::uint32_t>& sequence() const { return sequence_; }
    // An edge that appears while applying (a branch was decided). The first must not have run yet.
    void add_edge(std::uint32_t first, std::uint32_t then);

private:
    // Those of `detached` are detached first, not only where that cannot be otherwise.
    // Changes of those of `loose` need not come before what they read of goes; empty: none.
    // Those of `loose` ones, if any, that only change are no reason for what goes away to wait;
    // with Eager, what is new and a replacement needs is there before the old one goes.
    enum class NewThings : std::uint8_t { Eager, Lazy };
    static Order arrange(const std::vector<OrderStep>& steps, const std::vector<bool>& detached,
                         NewThings new_things, const std::vector<bool>& loose = {});
    std::vector<bool> nodes_in_circles() const;
    std::vector<bool> steps_in_circles(std::size_t steps) const;
    // Steps that wait for themselves and could be detached first.
    std::vector<bool> detachable_in_circles(const std::vector<OrderStep>& steps) const;
    bool must_detach(const std::vector<OrderStep>& steps, std::uint32_t index) const;
    void add_nodes(const std::vector<OrderStep>& steps, const std::vector<bool>& detached);
    void add_edges(const std::vector<OrderStep>& steps, NewThings new_things,
                   const std::vector<bool>& loose);
    void add_detach_edges(const std::vector<OrderStep>& steps, std::uint32_t index);
    void add_taken_edges(const std::vector<OrderStep>& steps, std::uint32_t index);
    void add_removal_edges(const OrderStep& step, std::uint32_t index, std::uint32_t owner,
                           const OrderStep& owner_step, bool recorded);
    void edge(std::uint32_t first, std::uint32_t then, Why why);
    bool sort();
    base::Error cycle(const std::vector<OrderStep>& steps) const;

    std::vector<Node> nodes_;
    std::vector<std::vector<Edge>> edges_;
    std::vector<std::uint32_t> waits_for_;
    std::vector<std::uint32_t> makers_;
    std::vector<std::uint32_t> removers_;
    std::vector<std::uint32_t> detachers_;
    std::vector<std::uint32_t> sequence_;
};

// Of what comes second: "because it reads its outputs".
std::string_view explain(Order::Why why);

}
