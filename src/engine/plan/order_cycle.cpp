#include "engine/plan/order.hpp"

#include <fmt/core.h>

#include <deque>
#include <unordered_map>

// What is told of steps that wait for each other in a circle.
namespace engine {
namespace {

std::string describe(const OrderStep& step, const Order::Node& node) {
    std::string_view verb = "update";
    if (node.detaches) {
        verb = "detach";
    } else if (node.removes) {
        verb = "delete";
    } else if (step.action != StepAction::Update) {
        verb = "create";
    }
    return fmt::format("{} {}", verb, step.address);
}

}

// Only for the message, after the sort has failed. A breadth-first search finds the shortest loop
// through one node; from a hundred nodes it is short enough to be read, and a plan of ten thousand
// steps in one knot does not take minutes.
base::Error Order::cycle(const std::vector<OrderStep>& steps) const {
    std::vector<bool> sorted(nodes_.size(), false);
    for (std::uint32_t node : sequence_) sorted[node] = true;
    // The shortest way back to any node that is left: breadth first from each of a few.
    std::vector<std::pair<std::uint32_t, Why>> best;
    std::uint32_t best_start = kNone;
    std::size_t tries = 0;
    for (std::uint32_t start = 0; start < nodes_.size() && tries < 100; ++start) {
        if (sorted[start]) continue;
        ++tries;
        std::unordered_map<std::uint32_t, std::pair<std::uint32_t, Why>> came_from;
        std::deque<std::uint32_t> queue{start};
        while (!queue.empty() && !came_from.contains(start)) {
            std::uint32_t node = queue.front();
            queue.pop_front();
            for (const Edge& next : edges_[node]) {
                if (sorted[next.follower] || came_from.contains(next.follower)) continue;
                came_from.emplace(next.follower, std::pair{node, next.why});
                // Nodes that are sorted are in no loop.
                queue.push_back(next.follower);
            }
        }
        if (!came_from.contains(start)) continue;
        std::vector<std::pair<std::uint32_t, Why>> loop;
        for (std::uint32_t node = start; loop.empty() || node != start;) {
            loop.emplace_back(node, came_from.at(node).second);
            node = came_from.at(node).first;
        }
        if (best.empty() || loop.size() < best.size()) {
            best = std::move(loop);
            best_start = start;
        }
    }
    std::string text = "the steps wait for each other in a circle:";
    std::uint32_t node = best_start;
    for (std::size_t i = 0; i < best.size(); ++i) {
        std::uint32_t before = i + 1 < best.size() ? best[i + 1].first : best_start;
        text += fmt::format(
            "\n  {} waits for {}, {}", describe(steps[nodes_[node].step], nodes_[node]),
            describe(steps[nodes_[before].step], nodes_[before]), explain(best[i].second));
        node = before;
    }
    return base::invalid_argument(std::move(text))
        .with_help("make one of the changes in an apply of its own");
}

}
